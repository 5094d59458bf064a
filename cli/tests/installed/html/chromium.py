"""A tab of headless Chromium, driven by the browser's own protocol."""

import contextlib
import json
import os
import subprocess
import tempfile
import time

import websocket


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


@contextlib.contextmanager
def chromium(browser):
    """A new tab of a browser of its own, which ends with it."""
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
            yield tab
        finally:
            process.terminate()
            process.wait()
