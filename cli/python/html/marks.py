"""What cells are worth and, once nbgrader has marked them, what they got."""

import html
import re

# What nbgrader itself notes of an answer that is as it was handed out.
UNANSWERED = "No response."


class Marks:
    """The points of one page, with a table of them at its head if there are marks."""

    def __init__(self, page, unread=(), penalty=0):
        self.page = page
        # The cells that wait for the teacher.
        self.unread = set(unread)
        self.penalty = penalty
        # Of each marked cell: the heading above it, its points, their maximum.
        self.rows = {}

    def points(self, cell):
        """The label of a graded cell."""
        grading = of_nbgrader(cell)
        if not grading.get("grade"):
            return ""
        most = amount(grading.get("points"))
        label = f"{number(most)}\u00a0{'point' if most < 2 else 'points'}"
        if "score" not in grading:
            return label
        name = str(grading.get("grade_id"))
        got = None if name in self.unread else amount(grading["score"])
        above = self.page.headings[-1][2] if self.page.headings else self.page.title or name
        self.rows.setdefault(name, (above, got, most))
        return f"{'à lire' if got is None else number(got)} / {label}"

    def anchor(self, cell):
        """Where the table's link to a cell leads."""
        self.points(cell)
        name = str(of_nbgrader(cell).get("grade_id"))
        return f' id="{anchor_of(name)}"' if name in self.rows else ""

    def comment(self, cell):
        """What the teacher wrote to an answer."""
        grading = of_nbgrader(cell)
        text = grading.get("comment")
        # In another cell it is none that nbgrader put there.
        if not text or not isinstance(text, str) or not (grading.get("solution") or grading.get("task")):
            return ""
        if text == UNANSWERED:
            return '<div class="texte alert"><p>Sans réponse.</p></div>'
        return (
            '<div class="texte alert"><p><strong>Commentaire de l’enseignant</strong></p>\n'
            f"{self.page.markdown(text)}</div>"
        )

    def table(self):
        """All marks, each with a link to its cell."""
        if not self.rows:
            return ""
        lines = [
            f'<tr><td><a href="#{anchor_of(name)}">{html.escape(self.page.formulas.words(above))}</a></td>'
            f"<td>{'à lire' if got is None else number(got)}</td><td>{number(most)}</td></tr>"
            for name, (above, got, most) in self.rows.items()
        ]
        if self.penalty > 0:
            lines.append(f"<tr><td>Pénalité de retard</td><td>−{number(self.penalty)}</td><td></td></tr>")
        got = sum(got or 0 for _, got, _ in self.rows.values()) - self.penalty
        most = sum(most for _, _, most in self.rows.values())
        waiting = sum(got is None for _, got, _ in self.rows.values())
        answers = "réponse reste" if waiting == 1 else "réponses restent"
        rest = f" {waiting}\u00a0{answers} à lire." if waiting else ""
        return (
            f'<section class="texte" aria-label="Notes"><p><strong>Note\u00a0: {number(got)} / {number(most)}.</strong>{rest}</p>\n'
            "<details><summary>Exercice par exercice</summary>"
            '<div class="table"><table><thead><tr><th>Exercice</th><th>Points</th><th>Sur</th></tr></thead><tbody>'
            f"{''.join(lines)}</tbody></table></div></details></section>"
        )


def of_nbgrader(cell):
    """nbgrader's metadata of a cell; what is written by hand may be anything."""
    grading = cell.metadata.get("nbgrader")
    return grading if isinstance(grading, dict) else {}


def amount(points):
    return float(points) if isinstance(points, (int, float)) else 0.0


def anchor_of(name):
    return "note-" + re.sub(r"[^A-Za-z0-9_-]", "-", name)


def number(value):
    """As French writes it, with two decimals at most."""
    return f"{round(value, 2):g}".replace(".", ",").replace("-", "−")
