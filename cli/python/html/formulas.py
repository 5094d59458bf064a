"""The formulas of a page: found as JupyterLab finds them, drawn as MathML.

A formula is taken out of the text before Markdown sees it, as JupyterLab does:
a `|` in it divides no table, a `_` emphasises nothing. A mark keeps its place.
When the whole page is there, all formulas become MathML at once, since one may
use a macro of an earlier cell, or refer to an equation of a later one.
"""

import dataclasses
import functools
import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import math_core

from latex import Dialect

# What keeps a formula's place: two characters that no text has, a number between.
MARK = re.compile("\ue000(\\d+)\ue001")
# The same in an address, where Markdown writes its bytes.
MARK_IN_TAG = re.compile("(?:\ue000|%EE%80%80)(\\d+)(?:\ue001|%EE%80%81)")

# Where a formula, or what hides its `$`, may begin in Markdown; and in text.
CODE = r"(?P<fence>^[ >]*(?P<ticks>`{3,}|~{3,})[^`\n]*\n(?s:.*?)(?:^[ >]*(?P=ticks)[`~]*[ \t]*$|\Z))|(?P<quote>`+)|"
FORMULA = r"|\\begin\{(?P<name>[A-Za-z]+\*?)\}|(?P<reference>\\(?:eq)?ref\{[^{}\n]*\})|(?P<escape>\\[\s\S])|(?P<dollars>\$\$?)"
IN_MARKDOWN = re.compile(CODE + r"\\\\(?P<bracket>[(\[])" + FORMULA, re.MULTILINE)
IN_TEXT = re.compile(r"\\(?P<bracket>[(\[])" + FORMULA)
# Longer than any formula, in characters: a text full of openings takes no time.
LONGEST = 20_000
BRACKETS = {"(": ")", "[": "]"}


LITERAL = re.compile(r"<(code|pre|script|style|textarea)\b", re.IGNORECASE)
LITERAL_END = re.compile(r"</(code|pre|script|style|textarea)\b", re.IGNORECASE)
# What math-core says, and how it is told.
REASONS = [
    (r'Unknown command "(.*)"', "commande inconnue « {} »"),
    (r'Unknown environment "(.*)"', "environnement inconnu « {} »"),
    (r"Duplicate subscript or superscript", "deux indices ou deux exposants à la suite"),
    (r"Expected closing token \"(.*)\"", "« {} » manque"),
    (r'Unexpected "(.*)"', "« {} » inattendu"),
    (r"Delimited parameters", "« \\def » à paramètres délimités"),
    (r"Not valid in text mode", "signe ou commande de formule dans un texte"),
    (r"Not valid in math mode", "commande de texte dans une formule"),
    (r"Expected argument", "un argument manque"),
    (r"Too deep", "formule trop longue ou trop imbriquée"),
    (r"Unknown color", "couleur inconnue"),
    (r"Found more than one label", "plusieurs étiquettes sur une ligne"),
    (r"Too many expansions", "une macro qui se contient elle-même, ou trop de macros"),
    (r'Found "(.*?)", which may only', "« {} » n'a pas sa place ici"),
]


@dataclasses.dataclass
class Formula:
    """A formula of a page."""

    latex: str
    # Whether it stands on its own line.
    display: bool
    # Its text with its delimiters.
    source: str
    cell: int


class Formulas:
    """The formulas of one page, in order."""

    def __init__(self, warn):
        self.warn = warn
        self.found = []
        # The number of the cell that is being read.
        self.cell = None

    def take(self, text, markdown=True):
        """The text with a mark for each formula."""
        text = re.sub("[\ue000\ue001]", "\ufffd", text)
        start = IN_MARKDOWN if markdown else IN_TEXT
        pieces, place = [], 0
        while match := start.search(text, place):
            pieces.append(text[place : match.start()])
            place = match.end()
            formula = None
            if markdown and match["quote"]:
                # A span of code, if the same number of quotes ends it.
                end = re.compile(f"(?<!`){match['quote']}(?!`)|\n[ \t]*\n").search(text, place)
                place = end.end() if end and end[0].startswith("`") else place
                pieces.append(text[match.start() : place])
                continue
            if match["reference"]:
                formula = match[0], False, place
            elif match["dollars"]:
                formula = self.until(text, match, re.escape(match["dollars"]), match["dollars"] == "$$")
            elif match["bracket"]:
                end = ("\\\\" if markdown else "\\") + BRACKETS[match["bracket"]]
                formula = self.until(text, match, re.escape(end), match["bracket"] == "[")
            elif match["name"]:
                formula = self.environment(text, match)
            if formula is None:
                pieces.append(match[0])
                continue
            latex, display, place = formula
            source = text[match.start() : place]
            pieces.append(self.keep(unquoted(text, match.start(), latex), display, source))
        return "".join(pieces) + text[place:]

    def keep(self, latex, display, source):
        """A mark for a formula."""
        self.found.append(Formula(latex, display, source, self.cell))
        return f"\ue000{len(self.found) - 1}\ue001"

    @staticmethod
    def until(text, opening, end, display):
        """What is between delimiters: braces hide a delimiter; a blank line ends the search."""
        depth, last = 0, None
        tokens = re.compile(rf"(?P<end>{end})|\\[\s\S]|\$\$|[{{}}]" + ("" if display else r"|(?P<blank>\n[ \t>]*\n)"))
        for token in tokens.finditer(text, opening.end(), opening.end() + LONGEST):
            if token["end"]:
                last = token
                if depth <= 0:
                    break
            elif not display and token["blank"]:
                break
            else:
                depth += {"{": 1, "}": -1}.get(token[0], 0)
        if last is None or not text[opening.end() : last.start()].strip():
            return None
        return text[opening.end() : last.start()], display, last.end()

    @staticmethod
    def environment(text, opening):
        """`\\begin{name}` to its own `\\end{name}`."""
        depth = 1
        tokens = re.compile(r"\\(begin|end)\{" + re.escape(opening["name"]) + r"\}")
        for token in tokens.finditer(text, opening.end(), opening.end() + LONGEST):
            depth += 1 if token[1] == "begin" else -1
            if depth == 0:
                return text[opening.start() : token.end()], True, token.end()
        return None

    def drawn(self, page):
        """The page with its formulas in place of their marks."""
        drawings = self.drawings
        inside, pieces = 0, []
        for piece in re.split(r"(<[^<>]*>)", page):
            # An attribute is text; and what is code stays as it was written.
            if piece.startswith("<"):
                inside += bool(LITERAL.match(piece)) - bool(LITERAL_END.match(piece))
                piece = self.replaced(MARK_IN_TAG, lambda number: html.escape(self.found[number].source), piece)
            elif inside > 0:
                piece = self.replaced(MARK, lambda number: html.escape(self.found[number].source, quote=False), piece)
            else:
                piece = self.replaced(MARK, drawings.__getitem__, piece)
            pieces.append(piece)
        # Where a paragraph held nothing but definitions.
        return re.sub(r"<p>\s*</p>\n?", "", "".join(pieces))

    def words(self, text):
        """A text that can hold no formula: each is its own symbols."""
        drawings = self.drawings
        return self.replaced(MARK, lambda number: html.unescape(re.sub("<[^>]*>", "", drawings[number])), text)

    def replaced(self, marks, work, text):
        """The text with something in place of its marks; one that no formula left (a
        program may print anything) stays."""

        def one(mark):
            number = int(mark[1])
            return work(number) if number < len(self.found) else mark[0]

        return marks.sub(one, text)

    @functools.cached_property
    def drawings(self):
        """What each formula found so far is on the page."""
        converter = self.converter()
        dialect, translated, errors = Dialect(), [], {}
        for number, formula in enumerate(self.found):
            latex = formula.latex
            try:
                if len(latex) > LONGEST:
                    raise RecursionError
                latex = dialect.translate(latex, formula.display)
                converter.convert_with_global_state(latex, displaystyle=formula.display)
            except math_core.LatexError as error:
                errors[number] = str(error)
            except RecursionError:
                errors[number] = "0: Too deep"
            translated.append((latex, formula.display))
        good = [number for number in range(len(translated)) if number not in errors]
        # All at once, so that a formula may refer to a later one.
        whole = self.converter().convert_all([translated[number] for number in good])
        labels = set()
        drawn = {number: self.once(math, labels, number) for number, math in zip(good, whole, strict=True)}
        return [
            self.shown(formula, drawn.get(number), errors.get(number)) for number, formula in enumerate(self.found)
        ]

    def once(self, math, labels, number):
        """A formula whose labels no earlier one has."""

        def own(match):
            if match[1] not in labels:
                labels.add(match[1])
                return match[0]
            formula = self.found[number]
            self.warn(f"étiquette déjà prise : {formula.source.strip()}", formula.cell)
            return ""

        return re.sub(r' id="([^"]*)"', own, math)

    @staticmethod
    def converter():
        return math_core.LatexToMathML(
            global_group=True, fancy_error=False, allow_unreliable_rendering=True, id_prefix="formule-"
        )

    def shown(self, formula, math, error):
        """A formula as it stands on the page, and a warning where it is not as it should."""
        if error is not None:
            self.warn(f"formule laissée en LaTeX ({reason(error)}) : {formula.source.strip()}", formula.cell)
            return f'<code class="latex">{html.escape(formula.source.strip())}</code>'
        if ">(??)<" in math:
            self.warn(f"référence à une équation sans étiquette : {formula.source.strip()}", formula.cell)
        references = iter(re.findall(r"\\(eqref|ref)\b", formula.latex))
        # \\ref shows the number alone.
        math = re.sub(
            r'(<a href="#[^"]*">)\((.*?)\)(</a>)',
            lambda m: m[0] if next(references, "eqref") == "eqref" else m[1] + m[2] + m[3],
            math,
        )
        # A link inside a formula is none for who hears the page: a reference alone
        # is a link of the prose, in a formula it is its number.
        if alone := re.fullmatch(r"<math[^>]*><mtext>(<a [^>]*>[^<]*</a>)</mtext></math>", math):
            return alone[1]
        math = re.sub(r"</?a\b[^>]*>", "", math)
        if re.fullmatch(r"<math[^>]*></math>", math):
            return ""  # definitions alone
        if not formula.display:
            return math
        return f'<span class="formule" tabindex="0">{math}</span>'


def on_a_deep_stack(work, *arguments):
    """What a function gives: formulas nest as deeply as they like, and their converter
    needs a stack for it."""
    threading.stack_size(512 << 20)
    with ThreadPoolExecutor(1) as worker:
        return worker.submit(work, *arguments).result()


def reason(error):
    """math-core's reason, in French."""
    place, _, text = error.partition(": ")
    for pattern, french in REASONS:
        if found := re.match(pattern, text):
            return french.format(*found.groups())
    return "LaTeX incorrect, " + (text or error).rstrip(".")


def unquoted(text, start, latex):
    """A formula in a quotation: its lines without the `>` of theirs."""
    line = text[text.rfind("\n", 0, start) + 1 : start]
    return re.sub(r"\n[ \t]*(?:>[ \t]?)+", "\n", latex) if line.lstrip().startswith(">") else latex
