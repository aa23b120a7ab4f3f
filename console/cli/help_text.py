"""Help pages by terminal cells: Chinese takes two a character and has no blanks to break at."""

from __future__ import annotations

from collections.abc import Iterable

import click

from console.cells import cell_width

_FIRST_COLUMN = 30


class Formatter(click.HelpFormatter):
    """Writes paragraphs and lists of definitions."""

    def write_text(self, text: str) -> None:
        room = max(self.width - self.current_indent, 11)
        lead = " " * self.current_indent
        for paragraph in text.split("\n"):
            for line in wrapped(paragraph, room):
                self.write(f"{lead}{line}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = _FIRST_COLUMN, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        first = min(max(cell_width(term) for term, _ in rows), col_max) + col_spacing
        lead = " " * self.current_indent
        room = max(self.width - first - self.current_indent, 10)
        for term, text in rows:
            lines = wrapped(text, room)
            if cell_width(term) > first - col_spacing:
                self.write(f"{lead}{term}\n")
                head = " " * first
            else:
                head = term + " " * (first - cell_width(term))
            for number, line in enumerate(lines):
                self.write(f"{lead}{head if number == 0 else ' ' * first}{line}".rstrip() + "\n")


def wrapped(text: str, cells: int) -> list[str]:
    """The text in lines of at most `cells` cells, broken at blanks or between wide characters."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and cell_width(line.rstrip() + piece.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    """Words with the blank after them; each wide character alone."""
    pieces: list[str] = []
    word = ""
    for character in text:
        wide = cell_width(character) == 2
        # A sign that closes a sentence stays with what is before it.
        if wide and character not in "，。：；！？、）」":
            if word:
                pieces.append(word)
            word = character
        elif character == " " or (word and cell_width(word[-1]) == 2 and not wide):
            if character == " ":
                pieces.append(word + character)
                word = ""
            else:
                pieces.append(word)
                word = character
        else:
            word += character
    return [*pieces, word] if word else pieces
