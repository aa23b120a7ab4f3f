"""Which columns a list shows, in what order and how wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.present.table import Tone
from screens.widgets.cells import visible
from screens.widgets.dialogs import Dialog

LEAST_WIDTH = 3
MOST_WIDTH = 200


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column under its translated title, and whether it is shown.

    Attributes:
        width: cells a person gave it; `None` is as many as it needs.
        drawn: cells it takes now, from which it is made wider or narrower.
    """

    id: str
    title: str
    shown: bool
    width: int | None = None
    drawn: int = 10


class ColumnsDialog(Dialog[tuple[ColumnChoice, ...] | None]):
    """Space shows or hides, `<` `>` move, `h` `l` size; Enter answers those shown; Esc `None`.

    The last column shown cannot be hidden.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel"),
        Binding("j,down", "step(1)"),
        Binding("k,up", "step(-1)"),
        Binding("space", "flip"),
        Binding("less_than_sign,shift+up,comma", "shift(-1)"),
        Binding("greater_than_sign,shift+down,full_stop", "shift(1)"),
        Binding("h,left,minus", "size(-1)"),
        Binding("l,right,plus", "size(1)"),
        Binding("H,shift+left", "size(-10)"),
        Binding("L,shift+right", "size(10)"),
        Binding("a,equals_sign", "fit"),
        Binding("enter", "keep"),
    ]

    def __init__(self, title: str, hint: str, choices: Sequence[ColumnChoice]) -> None:
        super().__init__()
        self._words = (title, hint)
        self._choices = list(choices)
        self._at = 0

    def compose(self) -> ComposeResult:
        title, hint = self._words
        with VerticalScroll(can_focus=False):
            yield Static(visible(title), markup=False, classes="dialog--title")
            yield Static(visible(hint), markup=False, classes="dialog--body")
            yield Static(self._text(), markup=False, id="columns")

    def _text(self) -> Text:
        ink, text = self.ink, Text()
        for at, choice in enumerate(self._choices):
            here = at == self._at
            style = ink.tone(Tone.PLAIN if choice.shown else Tone.DIM)
            sign = "x" if choice.shown else " "
            size = "" if choice.width is None else f"  {choice.width}"
            line = f"{'>' if here else ' '} [{sign}] {visible(choice.title)}{size}\n"
            text.append(line, style + Style(bold=True) if here else style)
        text.rstrip()
        return text

    def action_step(self, step: int) -> None:
        self._at = max(0, min(self._at + step, len(self._choices) - 1))
        self._paint()

    def action_shift(self, step: int) -> None:
        to = self._at + step
        if 0 <= to < len(self._choices):
            moved = self._choices
            moved[self._at], moved[to] = moved[to], moved[self._at]
            self._at = to
            self._paint()

    def action_flip(self) -> None:
        choice = self._choices[self._at]
        if choice.shown and len(self._shown) == 1:
            return
        self._choices[self._at] = replace(choice, shown=not choice.shown)
        self._paint()

    def action_size(self, by: int) -> None:
        choice = self._choices[self._at]
        width = (choice.width or choice.drawn) + by
        self._choices[self._at] = replace(choice, width=min(max(width, LEAST_WIDTH), MOST_WIDTH))
        self._paint()

    def action_fit(self) -> None:
        """As wide as what is in it again."""
        self._choices[self._at] = replace(self._choices[self._at], width=None)
        self._paint()

    def action_keep(self) -> None:
        self.dismiss(self._shown)

    def action_cancel(self) -> None:
        self.dismiss(None)

    @property
    def _shown(self) -> tuple[ColumnChoice, ...]:
        return tuple(choice for choice in self._choices if choice.shown)

    def _paint(self) -> None:
        self.query_one("#columns", Static).update(self._text())
        above = self.query_one("#columns", Static).virtual_region.y
        self.query_one(VerticalScroll).scroll_to(
            y=max(0, above + self._at - self.size.height // 2), animate=False
        )
