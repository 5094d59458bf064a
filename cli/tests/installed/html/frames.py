"""What the frames of a page say to it: arguments: the browser, the page.

One JSON list: the messages that came within two seconds after the first one.
"""

import json
import sys

from chromium import chromium

MESSAGES = """new Promise(done => {
  const said = new Set();
  addEventListener("message", event => {
    if (said.size === 0) setTimeout(() => done([...said].sort()), 2000);
    said.add(event.data);
  });
  setTimeout(() => done([...said].sort()), 60000);
})"""


def main(browser, page):
    with chromium(browser) as tab:
        tab.ask("Page.navigate", url="file://" + page)
        tab.wait("Page.loadEventFired")
        print(json.dumps(tab.value(MESSAGES)))


if __name__ == "__main__":
    main(*sys.argv[1:])
