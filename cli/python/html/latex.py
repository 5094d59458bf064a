r"""MathJax's LaTeX, as notebooks have it, in the words that math-core reads.

Definitions hold for the rest of the page, as in JupyterLab; macros with an
optional argument get it written out; text keeps its formulas and its `%`; some
environments have another name. What is not known here goes on as it is:
math-core refuses what it cannot draw, and nothing is drawn by halves.
"""

import re

TEXT = {"mbox": "text", "hbox": "text", "textnormal": "text", "textup": "text", "text": "text", "textrm": "textrm",
        "textbf": "textbf", "textit": "textit", "textsf": "textsf", "texttt": "texttt"}
# Environments that math-core has under another name; the braces' number of columns goes.
ENVIRONMENTS = {"split": "aligned", "alignedat": "aligned", "alignat": "align", "alignat*": "align*", "xalignat": "align",
                "flalign": "align", "flalign*": "align*", "smallmatrix": "matrix", "eqnarray": "align", "eqnarray*": "align*"}
SIZES = "tiny|Tiny|scriptsize|footnotesize|small|normalsize|large|Large|LARGE|huge|Huge"
NUMBERED = r"\\begin\{(equation|align|alignat|gather|multline|flalign|eqnarray)\*?\}"
END = r"(?![A-Za-z])"


def group(text, place):
    """The argument at a place: what braces hold, or one character or command; and its end."""
    place = re.compile(r"\s*").match(text, place).end()
    if text[place : place + 1] != "{":
        token = re.compile(r"\\(?:[A-Za-z]+|[\s\S])|[^\\]").match(text, place)
        return (token[0], token.end()) if token else ("", place)
    depth = 0
    for token in re.compile(r"\\[\s\S]|[{}]").finditer(text, place):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if depth == 0:
            return text[place + 1 : token.start()], token.end()
    return text[place + 1 :], len(text)


def bracket(text, place):
    """The optional argument at a place, or None; and its end."""
    found = re.compile(r"\s*\[((?:[^\[\]{}\\]|\\[\s\S]|\{(?:[^{}]|\{[^{}]*\})*\})*)\]").match(text, place)
    return (found[1], found.end()) if found else (None, place)


def rewrite(text, pattern, change):
    """Changes each place where a pattern stands; `change` gives the new text and where the old one ends."""
    pieces, place = [], 0
    pattern = re.compile(pattern)
    while match := pattern.search(text, place):
        pieces.append(text[place : match.start()])
        new, place = change(match)
        pieces.append(new)
    return "".join(pieces) + text[place:]


class Dialect:
    """What a page's formulas have defined so far."""

    def __init__(self):
        # The macros with an optional argument, and what stands for it when it is not given.
        self.optional = {}
        self.defined = set()

    def translate(self, latex, display):
        """A formula, in math-core's words."""
        latex = re.sub(r"\\require\s*(\[[^\]]*\])?\s*\{[^}]*\}", "", latex)
        latex = self.definitions(latex)
        for name, default in self.optional.items():
            latex = rewrite(latex, r"(?<!\\gdef)" + re.escape(name) + END, lambda use: argument(latex, use, default))
        latex = texts(latex)
        latex = environments(latex)
        latex = re.sub(
            r"\\mathop\s*\{\s*(?:\\(?:mathrm|text|textrm)\s*\{([^{}\\]*)\}|\\rm\s+([^{}\\]*))\s*\}(?:\s*\\limits)?",
            lambda m: f"\\operatorname*{{{m[1] or m[2]}}}",
            latex,
        )
        latex = re.sub(rf"\\(?:(?:{SIZES}|strut|mathstrut|smash|displaylimits){END}|\(|\))", " ", latex)
        latex = re.sub(r"\\(?:mathnormal)" + END, r"\\mathit", latex)
        latex = re.sub(r"\\pmb" + END, r"\\boldsymbol", latex)
        latex = re.sub(r"\\hfill?" + END, r"\\quad", latex)
        latex = re.sub(r"\\unicode\s*\{\s*(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))\s*\}", character, latex)
        latex = re.sub(r"\\ref\s*\{", r"\\eqref{", latex)
        if not display and r"\begin" not in latex:
            latex = re.sub(r"\\label\s*\{[^{}]*\}", "", latex)
        # Outside its environment, an equation's label or number is an error there.
        if display and re.search(r"\\(label|tag)" + END, latex) and not re.search(NUMBERED, latex):
            latex = rf"\begin{{equation}}{latex}\end{{equation}}"
        return latex.strip()

    def definitions(self, latex):
        r"""Every definition as `\gdef`, which holds for what follows whatever encloses it."""
        latex = rewrite(latex, r"\\(new|renew|provide)command\s*\*?" + END, lambda m: self.command(latex, m))
        latex = rewrite(latex, r"\\DeclareMathOperator\s*(\*?)", lambda m: self.operator(latex, m))
        latex = re.sub(r"\\def" + END, r"\\gdef", latex)
        return re.sub(r"(?<!\\global)\\let" + END, r"\\global\\let", latex)

    def command(self, latex, start):
        name, place = group(latex, start.end())
        count, place = bracket(latex, place)
        default, place = bracket(latex, place)
        body, place = group(latex, place)
        name = name.strip()
        known = start[1] == "provide" and name in self.defined
        if not re.fullmatch(r"\\([A-Za-z]+|[^A-Za-z])", name) or known:
            return ("" if known else start[0] + latex[start.end() : place]), place
        self.defined.add(name)
        self.optional.pop(name, None)
        if default is not None:
            self.optional[name] = default
        parameters = "".join(f"#{number + 1}" for number in range(int(count) if (count or "").isdigit() else 0))
        return f"\\gdef{name}{parameters}{{{self.definitions(body)}}}", place

    def operator(self, latex, start):
        name, place = group(latex, start.end())
        body, place = group(latex, place)
        self.defined.add(name.strip())
        return f"\\gdef{name.strip()}{{\\operatorname{start[1]}{{{body}}}}}", place


def argument(latex, use, default):
    """A use of a macro whose first argument may be left out."""
    given, place = bracket(latex, use.end())
    return f"{use[0]}{{{default if given is None else given}}}", place


def character(match):
    code = int(match[1], 16) if match[1] else int(match[2])
    return chr(code) if 0x20 <= code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0]


def texts(latex):
    """Text: its formulas outside, its special characters as LaTeX wants them."""

    def change(start):
        body, end = group(latex, start.end() - 1)
        pieces = []
        for part in re.split(r"((?<!\\)\$(?:\\.|[^$\\])+\$|\\\((?:.(?!\\\)))*.\\\)|\\(?:eq)?ref\{[^}]*\})", body):
            if part.startswith(("$", "\\(")):
                inner = part[1:-1] if part[0] == "$" else part[2:-2]
                pieces.append("{" + texts(inner) + "}")
            elif re.match(r"\\(eq)?ref\{", part):
                pieces.append(part)
            elif part:
                pieces.append(f"\\{TEXT[start[1]]}{{{plain(part)}}}")
        return "".join(pieces) if len(pieces) == 1 else "{" + "".join(pieces) + "}", end

    return rewrite(latex, rf"\\({'|'.join(TEXT)})\s*\{{", change)


def plain(text):
    """Text without formulas: what is special in LaTeX and not in MathJax's text."""
    text = re.sub(r"\\(?:mbox|hbox|textnormal|textup)" + END, r"\\text", text)
    text = re.sub(rf"\\(?:{SIZES}){END}\s*", "", text)
    # In braces, so that the space behind is one.
    text = re.sub(r"(\\.)|([%_&])|#(?![1-9])", lambda m: m[1] or f"{{\\{m[0]}}}", text)
    return re.sub(r"(?<!\{)\\([%_&#$])", r"{\\\1}", text)


def environments(latex):
    """Environments and plain TeX's forms of them."""

    def rename(match):
        old = match[2]
        place = match.end()
        if old in ("alignat", "alignat*", "alignedat", "xalignat") and match[1] == "begin":
            _, place = group(latex, place)
        return f"\\{match[1]}{{{ENVIRONMENTS[old]}}}", place

    def form(match):
        body, end = group(latex, match.end())
        name = {"substack": "subarray"}.get(match[1], match[1])
        columns = "{c}" if name == "subarray" else ""
        return f"\\begin{{{name}}}{columns}{environments(body)}\\end{{{name}}}", end

    def three_columns(match):
        rows = re.split(r"(\\\\(?:\[[^\]]*\])?)", match[2])
        rows = [re.sub(r"(?<!\\)&(.*?)(?<!\\)&", r"&\1", row, count=1, flags=re.DOTALL) for row in rows]
        return f"\\begin{{{match[1]}}}{''.join(rows)}\\end{{{match[1]}}}"

    latex = re.sub(r"\\begin\{(eqnarray\*?)\}(.*?)\\end\{\1\}", three_columns, latex, flags=re.DOTALL)
    # Where a block stands beside its line, and what separates columns, are left out.
    latex = re.sub(r"(\\begin\{(?:aligned|alignedat|gathered|array|split)\})\s*\[[tbc]\]", r"\1", latex)
    columns = r"(\\begin\{array\}\s*\{)((?:[^{}]|\{[^{}]*\})*)\}"
    latex = re.sub(columns, lambda m: m[1] + re.sub(r"[@!<>]\s*\{[^{}]*\}", "", m[2]) + "}", latex)
    latex = re.sub(r"\\cr" + END, r"\\\\", latex)
    names = "|".join(re.escape(name) for name in ENVIRONMENTS)
    latex = rewrite(latex, rf"\\(begin|end)\s*\{{({names})\}}", rename)
    return rewrite(latex, r"\\(substack|matrix|pmatrix|cases)\s*(?=\{)", form)
