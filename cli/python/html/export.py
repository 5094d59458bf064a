"""Exports notebooks as pages that need nothing but themselves, for `cargo tp html`.

Arguments: the page's template, its style sheet, then source and target of each
notebook. nbconvert does the work; here are the formulas (LaTeX becomes MathML,
which every browser draws by itself), the table of contents, and what outputs
lack to be read without seeing them.
"""

import html
import os
import re
import sys
import unicodedata
import xml.etree.ElementTree as ET

import bs4
import nbformat
from jinja2 import DictLoader
from latex2mathml.converter import convert
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

MATHML = "http://www.w3.org/1998/Math/MathML"
ET.register_namespace("", MATHML)

# Operators whose index stands below them in a displayed formula.
LIMITS = {"max", "min", "lim", "sup", "inf", "arg max", "arg min", "argmax", "argmin"}


def formula(latex, display, warn):
    """LaTeX as MathML, or as it is where it cannot be read."""
    try:
        math = ET.fromstring(convert(latex.strip(), display=display))
    except Exception as error:  # the converter has no error type of its own
        warn(f"formule laissée en LaTeX ({error}) : {latex.strip()}")
        return f'<code class="latex">{html.escape(latex.strip())}</code>'
    tag = "{%s}" % MATHML
    for parent in math.iter():
        children = list(parent)
        # \mathrm{ReLU}: one word, not four letters.
        if len(children) > 1 and all(
            child.tag == tag + "mi" and child.get("mathvariant") == "normal" for child in children
        ):
            word = "".join(child.text or "" for child in children)
            for child in children:
                parent.remove(child)
            ET.SubElement(parent, tag + "mi").text = word
        # 0{,}5: a decimal comma has no space behind it.
        if parent.tag == tag + "mrow" and [child.text for child in children] == [","]:
            children[0].set("lspace", "0")
            children[0].set("rspace", "0")
        if (
            display == "block"
            and parent.tag == tag + "msub"
            and children[0].tag == tag + "mo"
            and (children[0].text or "").replace("\u2009", " ") in LIMITS
        ):
            parent.tag = tag + "munder"
    return ET.tostring(math, encoding="unicode")


class Renderer(IPythonRenderer):
    """Markdown with MathML, and headings that the table of contents knows."""

    def __init__(self, page, **options):
        super().__init__(escape=False, embed_images=True, exclude_anchor_links=True, **options)
        self.page = page

    # The parent parses each fragment to embed its images, and so closes every
    # tag at once: <kbd>Maj</kbd> arrives here in three pieces.
    def block_html(self, html):
        return super().block_html(html) if "<img" in html else html

    def inline_html(self, html):
        return super().inline_html(html) if "<img" in html else html

    def block_math(self, body):
        return f'<div class="formule" tabindex="0">{formula(body, "block", self.page.warn)}</div>'

    def inline_math(self, body):
        return formula(body, "inline", self.page.warn)

    def latex_environment(self, name, body):
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def heading(self, text, level, **attrs):
        anchor = self.page.anchor(text, level)
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'


class Page:
    """What one page gathers while nbconvert renders it."""

    def __init__(self, source):
        self.source = source
        self.headings = []
        self.anchors = set()
        self.ids = set()
        self.title = None

    def warn(self, message):
        print(f"{os.path.basename(self.source)} : {message}", file=sys.stderr)

    def anchor(self, text, level):
        plain = bs4.BeautifulSoup(text, "html.parser").get_text().strip()
        ascii_text = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
        base = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-") or "section"
        anchor, number = base, 2
        while anchor in self.anchors:
            anchor, number = f"{base}-{number}", number + 1
        self.anchors.add(anchor)
        if self.title is None and level == 1:
            self.title = plain
        else:
            self.headings.append((level, anchor, plain))
        return anchor

    def markdown(self, source, attachments=None):
        folder = os.path.dirname(os.path.abspath(self.source))
        renderer = Renderer(self, path=folder, attachments=attachments)
        text = MarkdownWithMath(renderer=renderer).render(source)
        text = text.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
        return self.checked(text)

    def output(self, text, plain=""):
        """An HTML output: no script, no foreign file, every image with its words."""
        soup = bs4.BeautifulSoup(text, "html.parser")
        for script in soup.find_all("script"):
            script.decompose()
        words = (plain or "figure").strip().splitlines()[0][:200]
        for image in soup.find_all("img"):
            if not image.has_attr("alt"):
                image["alt"] = words
        for drawing in soup.find_all("svg"):
            hidden = drawing.get("aria-hidden") == "true" or drawing.find_parent("svg")
            if not hidden and not drawing.find("title") and not drawing.get("aria-label"):
                drawing["role"], drawing["aria-label"] = "img", words
        return self.checked(self.with_own_ids(str(soup)))

    def with_own_ids(self, text):
        """The same figure shown twice must not share its identifiers."""
        ids = re.findall(r'\sid="([^"]+)"', text)
        clash = self.ids.intersection(ids)
        if clash:
            suffix = f"-{len(self.ids)}"
            for name in clash:
                quoted = re.escape(name)
                text = re.sub(
                    rf'((?:\s(?:id|aria-labelledby|aria-describedby|for)="(?:[^"]*\s)?)|#){quoted}(?=["\s)])',
                    rf"\g<1>{name}{suffix}",
                    text,
                )
        self.ids.update(re.findall(r'\sid="([^"]+)"', text))
        return text

    def checked(self, text):
        """Tells of images that would be fetched: the page's policy blocks them."""
        for url in re.findall(r'<(?:img|image|video|audio|source)\b[^>]*?\b(?:src|href)="([^"]+)"', text):
            if not url.startswith(("data:", "#")):
                self.warn(f"image absente de la page : « {url} » (fichier introuvable ou distant)")
        return text

    def contents(self):
        """The table of contents, as nested lists of the headings below the title."""
        headings = [heading for heading in self.headings if heading[0] <= 3]
        if not headings:
            return ""
        items, open_levels = [], []
        for level, anchor, text in headings:
            while open_levels and open_levels[-1] > level:
                items.append("</li></ol>")
                open_levels.pop()
            if open_levels and open_levels[-1] == level:
                items.append("</li>")
            else:
                items.append("<ol>")
                open_levels.append(level)
            items.append(f'<li><a href="#{anchor}">{html.escape(text)}</a>')
        items.append("</li></ol>" * len(open_levels))
        return "".join(items)


def points(cell):
    """The label of a graded cell."""
    grading = cell.metadata.get("nbgrader") or {}
    if not grading.get("grade"):
        return ""
    number = f"{float(grading.get('points', 0)):g}".replace(".", ",")
    unit = "point" if float(grading.get("points", 0)) < 2 else "points"
    return f"{number}\u00a0{unit}"


MARKERS = re.compile(r"^[^\S\n]*(?:(?://|#|<!--)\s*)?(?:BEGIN|END) SOLUTION[^\S\n]*(?:-->)?[^\S\n]*\n?", re.MULTILINE)


def export(source, target, template, style):
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        cell.source = MARKERS.sub("", cell.source)
    notebook.metadata.setdefault("language_info", {"name": "rust"})["pygments_lexer"] = "rust"
    page = Page(source)
    exporter = HTMLExporter(extra_loaders=[DictLoader({"tp.html.j2": template})], template_file="tp.html.j2")
    exporter.register_filter("prose", page.markdown)
    exporter.register_filter("html_output", page.output)
    exporter.register_filter("points", points)
    body, _ = exporter.from_notebook_node(notebook, resources={"style": style})
    name = os.path.basename(source)
    title = page.title or os.path.splitext(name)[0]
    contents = page.contents()
    for mark, text in [
        ("<!--titre-->", html.escape(title)),
        ("<!--fichier-->", html.escape(name)),
        ("<!--sommaire-->", f'<nav class="sommaire" aria-label="Sommaire"><details><summary>Sommaire</summary>{contents}</details></nav>' if contents else ""),
    ]:
        body = body.replace(mark, text)
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    draft = f"{target}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8") as file:
        file.write(body)
    os.replace(draft, target)
    print(title, flush=True)


def main(template, style, *paths):
    for source, target in zip(paths[::2], paths[1::2], strict=True):
        export(source, target, template, style)


if __name__ == "__main__":
    main(*sys.argv[1:])
