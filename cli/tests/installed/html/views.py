"""Opens pages in headless Chromium and tells what is wrong with them.

Arguments: the browser, axe-core's script ("-" for none), the pages. One JSON
line a page and theme: what it asked of other hosts, its console errors, its
images without words, and axe-core's serious findings.
"""

import json
import sys

from chromium import chromium
from findings import findings


def inspect(tab, page, axe, theme):
    tab.events.clear()
    tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
    tab.ask("Page.navigate", url="file://" + page)
    tab.wait("Page.loadEventFired")
    return {"page": page, "theme": theme, **findings(tab, axe)}


def main(browser, axe_file, *pages):
    axe = None
    if axe_file != "-":
        with open(axe_file, encoding="utf-8") as file:
            axe = file.read()
    with chromium(browser) as tab:
        for page in pages:
            for theme in ["light", "dark"]:
                print(json.dumps(inspect(tab, page, axe, theme)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
