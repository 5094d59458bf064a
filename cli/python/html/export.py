"""Exports notebooks as pages that need nothing but themselves, for `cargo tp html`.

Arguments: for each notebook its file, the page to write and the folder that its
images are sought in. nbconvert does the work; beside this file are the page's
template, its style sheet, the formulas (LaTeX becomes MathML, which every browser
draws by itself), and what a page's prose and outputs need to be read by everyone.
"""

import html
import os
import re
import sys
from pathlib import Path

import nbformat
from jinja2 import DictLoader
from nbconvert import HTMLExporter

from formulas import on_a_deep_stack
from marks import Marks
from page import Page

HERE = Path(__file__).parent
MARKERS = re.compile(r"^[^\S\n]*(?:(?://|#|<!--)\s*)?(?:BEGIN|END) SOLUTION[^\S\n]*(?:-->)?[^\S\n]*\n?", re.MULTILINE)


def one_stream(outputs):
    """Outputs with what a program printed in pieces as one, as JupyterLab shows it."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def rendered(notebook, page, tool, marks):
    """The text of a notebook's page, and its title."""
    for cell in notebook.cells:
        cell.source = MARKERS.sub("", cell.source)
        if cell.cell_type == "code":
            cell.outputs = one_stream(cell.outputs)
    notebook.metadata.setdefault("language_info", {"name": "rust"})["pygments_lexer"] = "rust"
    template, style = ((HERE / name).read_text(encoding="utf-8") for name in ["page.html.j2", "page.css"])
    exporter = HTMLExporter(extra_loaders=[DictLoader({"tp.html.j2": template})], template_file="tp.html.j2")
    for name, work in [
        ("enter", page.enter),
        ("prose", page.markdown),
        ("bundle", page.bundle),
        ("stream", page.stream),
        ("raw", page.raw),
        ("points", marks.points),
        ("anchor", marks.anchor),
        ("comment", marks.comment),
    ]:
        exporter.register_filter(name, work)
    name = os.path.basename(page.source)
    body, _ = exporter.from_notebook_node(notebook, resources={"style": style, "file": name, "tool": tool})
    title = page.formulas.words(page.title or os.path.splitext(name)[0])
    contents = page.contents()
    if page.scripts:
        # A script that stands outside its frame does not run there either.
        body = re.sub(r"<script\b", "&lt;script", body, flags=re.IGNORECASE)
    # Its mark stands in the head, before all that the notebook says.
    body = body.replace("@scripts@", page.policy(), 1)
    for mark, text in [
        ("<!--titre-->", html.escape(title)),
        (
            "<!--sommaire-->",
            f'<nav class="sommaire" aria-label="Sommaire"><details><summary>Sommaire</summary>{contents}</details></nav>'
            if contents
            else "",
        ),
        ("<!--bilan-->", marks.table()),
    ]:
        body = body.replace(mark, text, 1)
    return page.with_own_anchors(page.formulas.drawn(body)), title


def export(source, target, folder):
    page = Page(source, folder)
    body, title = rendered(nbformat.read(source, as_version=4), page, "cargo tp html", Marks(page))
    os.makedirs(os.path.dirname(os.path.abspath(target)), exist_ok=True)
    draft = f"{target}.{os.getpid()}"
    with open(draft, "w", encoding="utf-8", errors="replace") as file:
        file.write(body)
    os.replace(draft, target)
    print(title, flush=True)


def main(*paths):
    for source, target, folder in zip(*[iter(paths)] * 3, strict=True):
        export(source, target, folder)


if __name__ == "__main__":
    on_a_deep_stack(main, *sys.argv[1:])
