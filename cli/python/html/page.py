"""One page: its prose, its outputs, its table of contents."""

import base64
import hashlib
import html
import json
import os
import re
import sys
import unicodedata
import urllib.parse

import bs4
from mistune import InlineParser
from nbconvert.filters import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser

from blocks import balanced
from formulas import MARK, Formulas
from terminal import last_state

# The forms of an output, the richest first.
FORMS = [
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "text/latex",
    *(IMAGES := ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"]),
    "application/json",
    "text/plain",
]
# What tells the page of a network, which a notebook shows in a frame, and its script.
NETWORK = 'content="mnist_tp page"'
SCRIPT = re.compile(r'<script type="module">(.*?)</script>', re.DOTALL)
IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
SOURCE = re.compile(r"""(\bsrc\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)


class Renderer(IPythonRenderer):
    """Markdown with the images in the page, and headings that the table of contents knows."""

    def __init__(self, page, **options):
        super().__init__(escape=False, embed_images=True, exclude_anchor_links=True, **options)
        self.page = page

    def _html_embed_images(self, html):
        # The parent parses each fragment by itself, and so closes every tag at
        # once: <kbd>Maj</kbd> arrives here in three pieces.
        return IMAGE.sub(self.image_tag, html)

    def image_tag(self, match):
        """An image as HTML has it, its file or attachment in the page."""

        def embedded(found):
            url = html.unescape(next(part for part in found.groups()[1:] if part is not None))
            return f'{found[1]}"{html.escape(self._embed_image_or_attachment(url))}"'

        tag = SOURCE.sub(embedded, match[0], count=1)
        return tag if re.search(r"\balt\s*=", tag, re.IGNORECASE) else f'<img alt="image"{tag[4:]}'

    def _embed_image_or_attachment(self, src):
        """The image as a `data:` address; where there is none, as it was."""
        if not src.startswith("attachment:"):
            return self._src_to_base64(src) or self._src_to_base64(urllib.parse.unquote(src)) or src
        name = src.removeprefix("attachment:")
        bundle = self.attachments.get(name) or self.attachments.get(urllib.parse.unquote(name))
        if not bundle:
            return src
        kind = next((form for form in ["image/svg+xml", *IMAGES] if form in bundle), next(iter(bundle)))
        data = joined(bundle[kind])
        if data.lstrip().startswith("<"):
            data = base64.b64encode(data.encode()).decode()
        return f"data:{kind};base64," + "".join(data.split())

    def _src_to_base64(self, src):
        if self.page.folder is None:
            return None
        return super()._src_to_base64(src) if os.path.isfile(os.path.join(self.path, src)) else None

    def heading(self, text, level, **attrs):
        anchor = self.page.anchor(text, level)
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'


class Page:
    """What one page gathers while nbconvert renders it."""

    def __init__(self, source, folder):
        self.source = source
        # Where images are sought; `None` where no file may be read: what a student hands in
        # could name any of the teacher's.
        self.folder = folder
        self.formulas = Formulas(self.warn)
        self.headings = []
        self.anchors = set()
        self.ids = set()
        self.scripts = set()
        self.title = None

    def enter(self, number):
        """A cell begins."""
        self.formulas.cell = number
        return ""

    def warn(self, message, cell=None):
        cell = cell or self.formulas.cell
        print(f"{os.path.basename(self.source)}, cellule {cell} : {message}", file=sys.stderr)

    def anchor(self, text, level):
        plain = bs4.BeautifulSoup(text, "html.parser").get_text().strip()
        base = plain_name(MARK.sub("", plain)) or "section"
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
        renderer = Renderer(self, path=self.folder or "", attachments=attachments)
        # The formulas are no longer in it.
        block, inline = MathBlockParser(), InlineParser(hard_wrap=False)
        block.rules.remove("multiline_math")
        text = MarkdownWithMath(renderer, block, inline).render(self.formulas.take(source))
        text = text.replace("<table>", '<div class="table"><table>').replace("</table>", "</table></div>")
        return self.checked(balanced(text))

    def latex(self, source):
        """What an output or a cell says in LaTeX: text with formulas, or one formula."""
        if "$" not in source and not re.search(r"\\[(\[]|\\begin\{", source):
            return self.formulas.keep(source, True, source)
        return html.escape(self.formulas.take(source, markdown=False), quote=False)

    def stream(self, text):
        return ansi2html(last_state(text))

    def raw(self, cell):
        """A cell that JupyterLab shows as it is, unless it says what it is."""
        kind = cell.metadata.get("raw_mimetype") or cell.metadata.get("format") or ""
        if kind == "text/html":
            return self.output(cell.source)
        if kind == "text/markdown":
            return f'<div class="texte">{self.markdown(cell.source)}</div>'
        if kind == "text/latex":
            return f'<div class="texte">{self.latex(cell.source)}</div>'
        return f'<pre class="sortie">{html.escape(cell.source)}</pre>' if cell.source.strip() else ""

    def bundle(self, data):
        """An output: the richest of its forms that a page without scripts can show."""
        form = next((form for form in FORMS if form in data), None)
        plain = joined(data.get("text/plain", ""))
        if form is None:
            kinds = ", ".join(data) or "vide"
            self.warn(f"sortie absente de la page ({kinds})")
            return f'<p class="absente">Sortie qui ne se montre que dans JupyterLab (<code>{html.escape(kinds)}</code>).</p>'
        if form == "application/json":
            text = json.dumps(data[form], ensure_ascii=False, indent=2)
            return f'<pre class="sortie">{html.escape(text)}</pre>'
        content = joined(data[form])
        if form == "text/html":
            return f'<div class="riche" tabindex="0">{self.output(content, plain)}</div>'
        if form == "text/markdown":
            return f'<div class="texte">{self.markdown(content)}</div>'
        if form == "image/svg+xml":
            return f'<div class="riche">{self.output(content, plain)}</div>'
        if form == "text/latex":
            return f'<div class="texte">{self.latex(content)}</div>'
        if form in IMAGES:
            words, content = html.escape(plain.strip() or "figure"), "".join(content.split())
            return f'<div class="riche"><img src="data:{form};base64,{content}" alt="{words}"></div>'
        return f'<pre class="sortie">{self.stream(content)}</pre>'

    def output(self, text, plain=""):
        """An HTML output: no script, no foreign file, every image with its words."""
        soup = bs4.BeautifulSoup(text, "html.parser")
        for script in soup.find_all("script"):
            script.decompose()
        for frame in soup.find_all("iframe"):
            self.frame(frame)
        words = (plain.strip() or "figure").splitlines()[0][:200]
        for image in soup.find_all("img"):
            if not image.has_attr("alt"):
                image["alt"] = words
        for drawing in soup.find_all("svg"):
            hidden = drawing.get("aria-hidden") == "true" or drawing.find_parent("svg")
            if not hidden and not drawing.find("title") and not drawing.get("aria-label"):
                drawing["role"], drawing["aria-label"] = "img", words
        for words in soup.find_all(string=re.compile(r"[$\\]")):
            if not words.find_parent(["code", "pre", "style", "svg", "math", "textarea"]):
                words.replace_with(self.formulas.take(words, markdown=False))
        return self.checked(self.with_own_ids(str(soup)))

    def frame(self, frame):
        """The page of a network may run its script in its frame, and nowhere else."""
        inner, sandbox = frame.get("srcdoc", ""), frame.get("sandbox")
        if NETWORK not in inner or sandbox is None or "allow-same-origin" in sandbox:
            return
        for script in SCRIPT.findall(inner):
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            self.scripts.add(f"'sha256-{digest}'")

    def policy(self):
        """What the page's policy allows beyond a page without scripts: those of its frames."""
        return "; script-src " + " ".join(sorted(self.scripts)) if self.scripts else ""

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
        for name in re.findall(r'<a\b[^>]*?\bhref="attachment:([^"]*)"', text):
            self.warn(f"fichier joint absent de la page : « {name} »")
        return text

    def with_own_anchors(self, text):
        """Links to a heading lead there, named as in JupyterLab (`#Une-partie-à-part`)."""

        def own(link):
            name = plain_name(urllib.parse.unquote(html.unescape(link[2])))
            known = f' id="{link[2]}"' in text or name not in self.anchors
            return link[0] if known else f'{link[1]}{name}"'

        return re.sub(r'(<a\b[^>]*?\shref="#)([^"]+)"', own, text)

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


def plain_name(text):
    """A heading's words in small letters without accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def joined(text):
    """A text, or the lines that the format allows in its place."""
    return "".join(text) if isinstance(text, list) else str(text)
