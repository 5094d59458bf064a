"""Uses the pages of networks in headless Chromium, as a reader would.

Arguments: the browser, axe-core's script ("-" for none), a folder of pages NAME.html
with what the library answers, NAME.json ({"x": [[784 levels]], "y": [[10]]}), and
optionally a folder for screenshots. One JSON line a page.
"""

import json
import os
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# Last: a file there has the name of a module of Python's own.
sys.path.append(os.path.join(ROOT, "cli/tests/installed/html"))

from chromium import chromium  # noqa: E402
from findings import findings  # noqa: E402

DIFFERENCE = """((x, y) => Math.max(...x.map((image, i) =>
  Math.max(...Array.from(chiffres.probabilities(image), (v, k) => Math.abs(v - y[i][k]))))))(%s, %s)"""
STATE = """(() => ({
  lecture: document.getElementById("lecture").textContent,
  garde: document.getElementById("garde").textContent,
  duree: parseFloat(document.getElementById("duree").textContent),
  traits: chiffres.drawing.strokes.length,
  image: chiffres.prepare() && Array.from(chiffres.prepare()),
  barres: [...document.querySelectorAll("#barres tr td:last-child")].map(td => td.textContent),
  justes: document.querySelectorAll("#confusion td.juste, #confusion td.faux").length,
  cartes: [...document.querySelectorAll("#couches canvas")].map(c => c.getAttribute("aria-label")),
  large: document.documentElement.scrollWidth > document.documentElement.clientWidth,
}))()"""
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


class Reader:
    """A hand on the page: the mouse, a finger, the keyboard."""

    def __init__(self, tab):
        self.tab = tab

    def open(self, page):
        self.tab.events.clear()
        self.tab.ask("Page.navigate", url="file://" + page)
        self.tab.wait("Page.loadEventFired")
        self.look()

    def look(self):
        """What the page shows, once it has drawn itself."""
        self.tab.value(FRAMES)
        answer = self.tab.ask("Runtime.evaluate", expression=STATE, returnByValue=True)
        return answer["result"]["value"]

    def places(self, stroke):
        """Where the points of a stroke, in the picture's pixels, are on the screen."""
        box = self.tab.value(
            "(() => { const c = document.getElementById('dessin'); c.scrollIntoView();"
            "const b = c.getBoundingClientRect(); return [b.left, b.top, b.width / 280]; })()"
        )
        return [(box[0] + x * box[2], box[1] + y * box[2]) for x, y in stroke]

    def mouse(self, stroke):
        places = self.places(stroke)
        event = lambda kind, x, y, buttons: self.tab.ask(  # noqa: E731
            "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", buttons=buttons, clickCount=1
        )
        event("mousePressed", *places[0], 1)
        for place in places[1:]:
            event("mouseMoved", *place, 1)
        event("mouseReleased", *places[-1], 0)

    def finger(self, stroke):
        places = self.places(stroke)
        event = lambda kind, points: self.tab.ask(  # noqa: E731
            "Input.dispatchTouchEvent", type=kind, touchPoints=[{"x": x, "y": y} for x, y in points]
        )
        event("touchStart", places[:1])
        for place in places[1:]:
            event("touchMove", [place])
        event("touchEnd", [])

    def key(self, key, code=None, modifiers=0):
        text = key if len(key) == 1 and not modifiers & 2 else None
        fields = {"key": key, "code": code or key, "modifiers": modifiers}
        fields["windowsVirtualKeyCode"] = {"Tab": 9, " ": 32}.get(key, ord(key[0]) if len(key) == 1 else 0)
        self.tab.ask("Input.dispatchKeyEvent", type="keyDown", **fields, **({"text": text} if text else {}))
        self.tab.ask("Input.dispatchKeyEvent", type="keyUp", **fields)

    def click(self, selector):
        self.tab.value(f"document.querySelector({json.dumps(selector)}).click()")


SEVEN = [(60, 60), (120, 58), (200, 60), (170, 130), (140, 200), (130, 240)]
BAR = [(110, 150), (190, 150)]


def dense(stroke, parts=8):
    """The stroke with more points, as a hand gives them."""
    pairs = list(zip(stroke, stroke[1:]))
    between = lambda a, b, t: tuple(p + (q - p) * t / parts for p, q in zip(a, b))  # noqa: E731
    return [between(a, b, t) for a, b in pairs for t in range(parts)] + [stroke[-1]]


def use(reader, page, downloads):
    """One visit: what was seen at each step."""
    tab, seen = reader.tab, {}
    reader.open(page)
    seen["empty"] = reader.look()
    reader.mouse(dense(SEVEN))
    seen["mouse"] = reader.look()
    reader.finger(dense(BAR))
    seen["finger"] = reader.look()
    reader.key("z", "KeyZ", modifiers=2)
    seen["undone"] = reader.look()
    reader.click("#etiquettes button:nth-child(8)")
    seen["kept"] = reader.look()
    # By keyboard alone: down the middle, kept as a 1.
    tab.value("document.getElementById('dessin').focus()")
    reader.key(" ", "Space")
    for _ in range(16):
        reader.key("ArrowDown")
    reader.key(" ", "Space")
    seen["keyboard"] = reader.look()
    reader.key("1", "Digit1")
    seen["second"] = reader.look()
    tab.ask("Browser.setDownloadBehavior", behavior="allow", downloadPath=downloads)
    tab.value("document.getElementById('feuille').click()")
    file = os.path.join(downloads, "mes_chiffres.png")
    for _ in range(300):
        if os.path.exists(file):
            break
        time.sleep(0.1)
    seen["downloaded"] = os.path.exists(file)
    reader.mouse(dense(SEVEN))
    seen["last"] = reader.look()
    return seen


def shoot(tab, path, width, height):
    import base64

    tab.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500)
    tab.value("dispatchEvent(new Event('resize'))")
    tab.value(FRAMES)
    shot = tab.ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
    with open(path, "wb") as file:
        file.write(base64.b64decode(shot["data"]))


def main(browser, axe_file, folder, shots=None):
    axe = None if axe_file == "-" else open(axe_file, encoding="utf-8").read()
    with chromium(browser) as tab:
        reader = Reader(tab)
        for page in sorted(name for name in os.listdir(folder) if name.endswith(".html")):
            path = os.path.join(folder, page)
            tab.ask("Emulation.setDeviceMetricsOverride", width=1000, height=900, deviceScaleFactor=1, mobile=False)
            seen = use(reader, path, folder)
            answers = json.load(open(path.replace(".html", ".json"), encoding="utf-8"))
            x, y, seen["difference"] = answers["x"], answers["y"], 0
            for start in range(0, len(x), 100):
                part = slice(start, start + 100)
                worst = tab.value(DIFFERENCE % (json.dumps(x[part]), json.dumps(y[part])))
                # A NaN does not come through JSON.
                seen["difference"] = max(seen["difference"], 9 if worst is None else worst)
            seen["images"] = len(x)
            for theme in ["light", "dark"]:
                tab.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
                tab.value(FRAMES)
                seen[theme] = findings(tab, axe)
                if shots:
                    name = os.path.join(shots, page.replace(".html", f"-{theme}"))
                    shoot(tab, name + ".png", 1000, 900)
                    shoot(tab, name + "-phone.png", 375, 800)
            tab.ask("Emulation.setDeviceMetricsOverride", width=375, height=800, deviceScaleFactor=1, mobile=True)
            tab.value("dispatchEvent(new Event('resize'))")
            seen["phone"] = reader.look()
            print(json.dumps({"page": page, **seen}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
