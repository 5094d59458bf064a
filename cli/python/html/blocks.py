"""Where a paragraph and a block end, as browsers see it.

Markdown lets HTML stand anywhere: a block opened in the middle of a line, an end
tag too many, an end tag that is missing. A browser ends the paragraph where a
block begins, and each of JupyterLab's cells by itself; the parser that a page goes
through afterwards pairs tags by their names alone.
"""

import re

# A comment, or a tag of something that ends a paragraph.
TAG = re.compile(
    r"<!--.*?-->|<(?P<end>/?)(?P<name>address|article|aside|blockquote|center|details|dialog|dir|div|dl|fieldset"
    r"|figcaption|figure|footer|form|header|hgroup|h[1-6]|hr|li|main|menu|nav|ol|p|pre|section|summary|table|ul)"
    r"""(?=[\s/>])(?:"[^"]*"|'[^']*'|[^'">])*>""",
    re.IGNORECASE | re.DOTALL,
)


def balanced(text):
    """A cell's HTML with every block closed once, in its place."""
    pieces, opened, place = [], [], 0

    def close(name):
        while opened:
            last = opened.pop()
            pieces.append(f"</{last}>")
            if last == name:
                return

    for tag in TAG.finditer(text):
        pieces.append(text[place : tag.start()])
        place = tag.end()
        name = (tag["name"] or "").lower()
        if tag["end"]:
            # Without its beginning it ends nothing.
            if name in opened:
                close(name)
            continue
        while name and opened and (opened[-1] == "p" or opened[-1] == name == "li"):
            close(opened[-1])
        if name not in ("", "hr"):
            opened.append(name)
        pieces.append(tag[0])
    pieces.append(text[place:])
    close(None)
    return "".join(pieces)
