"""Draws over the shape of images with the mouse, on a network's page in headless Chromium.

Arguments: the browser, the page, a file of images ([[784 levels]]). One JSON line an image:
the digit read, the page's own time for the last stroke in milliseconds, and the picture
that was drawn, in base64.
"""

import json
import sys

from browser import Reader, chromium
from shape import strokes

DRAWN = """({
  read: +document.getElementById("lecture").textContent.match(/lit un (\\d)/)?.[1],
  time: parseFloat(document.getElementById("duree").textContent),
  grey: btoa(String.fromCharCode(...chiffres.drawing.grey.subarray(0, 39201)))
    + btoa(String.fromCharCode(...chiffres.drawing.grey.subarray(39201))),
})"""


def main(browser, page, images):
    with chromium(browser) as tab:
        tab.ask("Emulation.setDeviceMetricsOverride", width=1000, height=900, deviceScaleFactor=1, mobile=False)
        reader = Reader(tab)
        reader.open(page)
        for image in json.load(open(images, encoding="utf-8")):
            reader.click("#effacer")
            for stroke in strokes(image):
                # Every third point: a hand gives no more.
                reader.mouse([*stroke[:-1:3], stroke[-1]])
            reader.look()
            answer = tab.ask("Runtime.evaluate", expression=DRAWN, returnByValue=True)
            print(json.dumps(answer["result"]["value"]), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
