"""A titled block of a few lines that opens the place it tells about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.cells import cut, visible, width_of
from screens.widgets.ink import Inked

_GAP = "  "


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words of one meaning; untrusted plain text."""

    text: str
    tone: Tone = Tone.PLAIN
    glyph: str = ""


Line = tuple[Piece, ...]
"""Pieces side by side; what does not fit is cut at the end."""


class Titled(Inked):
    """A line with a title on the left and a note on the right; others build on it."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._title = ""
        self._note: Piece | None = None
        self._lines: tuple[Line, ...] = ()

    def show(self, title: str, lines: Sequence[Line] = (), note: Piece | None = None) -> None:
        """Show these words; nothing is painted where they are the same."""
        if (title, tuple(lines), note) != (self._title, self._lines, self._note):
            self._title, self._lines, self._note = title, tuple(lines), note
            self.refresh()

    @property
    def lit(self) -> bool:
        """Whether the keyboard is here."""
        return self.has_focus

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        line = self._heading(width) if y == 0 else self._body(y - 1, width)
        return line.adjust_cell_length(width).apply_style(self.rich_style)

    def _heading(self, width: int) -> Strip:
        lit = self.lit
        style = self.ink.tone(Tone.ACCENT if lit else Tone.PLAIN) + Style(bold=True, reverse=lit)
        sign = self.glyphs["cursor"] if lit else " "
        title = cut(f"{sign}{visible(self._title)} ", width)
        note = "" if self._note is None else self._words(self._note)
        note = cut(f" {note} ", max(0, width - width_of(title) - 1)) if note else ""
        rule = self.glyphs["rule"] * max(0, width - width_of(title) - width_of(note))
        tone = self._note.tone if self._note else Tone.DIM
        end = Segment(note, self.ink.tone(tone))
        return Strip([Segment(title, style), Segment(rule, self.ink.rule), end])

    def _body(self, at: int, width: int) -> Strip:
        if at >= len(self._lines):
            return Strip.blank(width)
        left = width - 1
        segments = [Segment(" ")]
        for index, piece in enumerate(self._lines[at]):
            words = cut((_GAP if index else "") + self._words(piece), left)
            segments.append(Segment(words, self.ink.tone(piece.tone)))
            left -= width_of(words)
            if left <= 1:
                break
        return Strip(segments)

    def _words(self, piece: Piece) -> str:
        sign = f"{self.glyphs[piece.glyph]} " if piece.glyph else ""
        return sign + visible(piece.text)


class Heading(Titled):
    """The title line of the widget below it, lit while that has the keyboard."""

    DEFAULT_CSS = "Heading { height: 1; }"

    def __init__(self, of: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._of = of

    @property
    def lit(self) -> bool:
        focused = self.screen.focused
        return focused is not None and focused.id == self._of


class Summary(Titled):
    """Lines without a title; never has the keyboard."""

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        return self._body(y, width).adjust_cell_length(width).apply_style(self.rich_style)


class Panel(Titled, can_focus=True):
    """Lines that Enter or a double click opens."""

    @dataclass
    class Chosen(Message):
        """Enter on the panel."""

        panel: Panel

        @property
        def control(self) -> Panel:
            return self.panel

    def action_open(self) -> None:
        self.post_message(self.Chosen(self))

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2:
            self.action_open()
