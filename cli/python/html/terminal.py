r"""What a program printed, as a terminal shows it in the end.

`\r` goes back to the start of the line and what follows writes over it, so that
a progress bar shows its last state; `\b` goes back by a character; the codes
that move the cursor or erase do so. Colours stay, for nbconvert to make HTML of.
"""

import re

TOKENS = re.compile(
    r"\x1b\[(?P<arguments>[0-9;:?<=>]*)[ -/]*(?P<command>[@-~])"
    r"|(?P<other>\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?)"
    r"|(?P<control>[\r\n\x08\x07\x0b\x0c])|(?P<text>[^\x1b\r\n\x08\x07\x0b\x0c]+)"
)
# No program goes up farther than a screen, nor to the right for ever.
FARTHEST = 1000


def last_state(text):
    """The text with what was written over or erased gone."""
    text = re.sub("\r+\n", "\n", text)
    if not re.search("[\r\x08\x07\x0b\x0c]|\x1b(?!\\[[0-9;]*m)", text):
        return text
    screen = Screen()
    for token in TOKENS.finditer(text):
        if token["text"]:
            screen.write(token["text"])
        elif token["control"]:
            screen.control(token["control"])
        elif token["command"]:
            screen.command(token["command"], token["arguments"])
    return screen.text()


class Screen:
    """Lines of characters, each with the colours it was written in."""

    def __init__(self):
        self.lines = [[]]
        self.row = self.column = 0
        self.style = ""

    def write(self, text):
        line = self.lines[self.row]
        line.extend([(" ", "")] * (self.column - len(line)))
        line[self.column : self.column + len(text)] = [(character, self.style) for character in text]
        self.column += len(text)

    def control(self, character):
        if character == "\n":
            self.down(1)
            self.column = 0
        elif character == "\r":
            self.column = 0
        elif character == "\b":
            self.column = max(0, self.column - 1)
        elif character in "\v\f":
            self.down(1)

    def command(self, command, arguments):
        """A code of a terminal: colours, erasing, moves of the cursor; others show nothing."""
        number = int(arguments) if arguments.isdigit() else None
        count = min(max(number or 1, 1), FARTHEST)
        line = self.lines[self.row]
        if command == "m":
            codes = re.split("[;:]", arguments)
            self.style = "" if codes in ([""], ["0"]) else self.style + f"\x1b[{arguments}m"
        elif command == "K" and number != 1:
            del line[0 if number == 2 else self.column :]
        elif command == "K":
            line[: self.column + 1] = [(" ", "")] * min(self.column + 1, len(line))
        elif command == "J":
            del line[0 if number in (2, 3) else self.column :]
            del self.lines[self.row + 1 :]
            if number in (2, 3):
                self.lines, self.row, self.column = [[]], 0, 0
        elif command in "AF":
            self.row = max(0, self.row - count)
        elif command in "BE":
            self.down(count)
        elif command == "C":
            self.column = min(self.column + count, len(line) + FARTHEST)
        elif command == "D":
            self.column = max(0, self.column - count)
        elif command in "G`":
            self.column = count - 1
        if command in "EF":
            self.column = 0

    def down(self, count):
        self.row += count
        while len(self.lines) <= self.row:
            self.lines.append([])

    def text(self):
        pieces, style = [], ""
        for number, line in enumerate(self.lines):
            if number:
                pieces.append("\n")
            for character, own in line:
                if own != style:
                    pieces.append("\x1b[0m" + own)
                    style = own
                pieces.append(character)
        return "".join(pieces) + ("\x1b[0m" if style else "")
