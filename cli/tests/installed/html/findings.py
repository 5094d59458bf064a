"""What is wrong with the page that a tab shows."""

import json

AXE = """axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations
  .filter(v => v.impact === 'serious' || v.impact === 'critical')
  .map(v => v.id + ' : ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + ' ' + (n.any[0] || {message: ''}).message).join(' | '))))"""
WORDLESS = """JSON.stringify([...document.querySelectorAll('img:not([alt]), svg')]
  .filter(e => e.tagName === 'IMG' || !(e.closest('[aria-hidden=true]') || e.parentElement.closest('svg')
     || e.getAttribute('aria-label') || e.querySelector('title')))
  .map(e => e.outerHTML.slice(0, 120)))"""


def findings(tab, axe):
    """What the page asked of others, its console errors, its images without words, and
    axe-core's serious findings (`axe`: its script, or None)."""
    wordless = json.loads(tab.value(WORDLESS))
    serious = []
    if axe:
        tab.ask("Runtime.evaluate", expression=axe)
        serious = json.loads(tab.value(AXE))
    tab.ask("Runtime.evaluate", expression="1")
    urls = [e["params"]["request"]["url"] for e in tab.events if e.get("method") == "Network.requestWillBeSent"]
    logs = [e["params"]["entry"]["text"] for e in tab.events if e.get("method") == "Log.entryAdded"]
    logs += [str(e["params"]) for e in tab.events if e.get("method") == "Runtime.exceptionThrown"]
    return {
        "foreign": [url for url in urls if not url.startswith(("file:", "data:", "blob:"))],
        "console": logs,
        "wordless": wordless,
        "findings": serious,
    }
