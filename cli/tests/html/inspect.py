"""Opens pages in headless Chromium and tells what is wrong with them.

Arguments: the browser, axe-core's script ("-" for none), the pages. One JSON
line a page and theme: what it asked of other hosts, its console errors, its
images without words, and axe-core's serious findings.
"""

import json
import os
import subprocess
import sys
import tempfile
import time

import websocket

AXE = """axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations
  .filter(v => v.impact === 'serious' || v.impact === 'critical')
  .map(v => v.id + ' : ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] || {message: ''}).message).join(' | '))))"""
WORDLESS = """JSON.stringify([...document.querySelectorAll('img:not([alt]), svg')]
  .filter(e => e.tagName === 'IMG' || !(e.closest('[aria-hidden=true]') || e.parentElement.closest('svg')
     || e.getAttribute('aria-label') || e.querySelector('title')))
  .map(e => e.outerHTML.slice(0, 120)))"""


class Tab:
    def __init__(self, url):
        self.socket = websocket.create_connection(url, timeout=120, suppress_origin=True)
        self.number, self.events = 0, []

    def ask(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                return message.get("result", {})
            self.events.append(message)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(json.loads(self.socket.recv()))

    def value(self, expression):
        answer = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"].get("value")


def inspect(tab, page, axe, theme):
    tab.events.clear()
    tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    tab.ask("Page.navigate", url="file://" + page)
    tab.wait("Page.loadEventFired")
    wordless = json.loads(tab.value(WORDLESS))
    findings = []
    if axe:
        tab.ask("Runtime.evaluate", expression=axe)
        findings = json.loads(tab.value(AXE))
    tab.ask("Runtime.evaluate", expression="1")
    urls = [e["params"]["request"]["url"] for e in tab.events if e.get("method") == "Network.requestWillBeSent"]
    logs = [e["params"]["entry"]["text"] for e in tab.events if e.get("method") == "Log.entryAdded"]
    logs += [str(e["params"]) for e in tab.events if e.get("method") == "Runtime.exceptionThrown"]
    return {
        "page": page,
        "theme": theme,
        "foreign": [url for url in urls if not url.startswith(("file:", "data:"))],
        "console": logs,
        "wordless": wordless,
        "findings": findings,
    }


def main(browser, axe_file, *pages):
    axe = None
    if axe_file != "-":
        with open(axe_file, encoding="utf-8") as file:
            axe = file.read()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        flags += ["--disable-component-update", "--no-first-run", "--remote-debugging-port=0"]
        process = subprocess.Popen(
            [browser, *flags, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port_file = os.path.join(profile, "DevToolsActivePort")
            for _ in range(1200):
                if os.path.exists(port_file) and os.path.getsize(port_file):
                    break
                time.sleep(0.1)
            port, path = open(port_file).read().split()
            whole = Tab(f"ws://127.0.0.1:{port}{path}")
            target = whole.ask("Target.createTarget", url="about:blank")["targetId"]
            tab = Tab(f"ws://127.0.0.1:{port}/devtools/page/{target}")
            for domain in ["Page", "Network", "Runtime", "Log"]:
                tab.ask(domain + ".enable")
            for page in pages:
                for theme in ["light", "dark"]:
                    print(json.dumps(inspect(tab, page, axe, theme)), flush=True)
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
