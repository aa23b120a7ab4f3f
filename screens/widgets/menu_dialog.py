"""The `x` menu: one letter per verb; what is not possible says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from console.present.table import Tone
from screens.widgets.cells import visible
from screens.widgets.dialogs import Dialog


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One verb: `value` is answered when it is chosen; `why_not` says why it cannot be."""

    letter: str
    value: str
    title: str
    enabled: bool = True
    why_not: str = ""
    irreversible: bool = False


class MenuDialog(Dialog[str | None]):
    """A list of verbs; answers the chosen one's `value`, or `None`. It changes nothing itself."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel"),
        Binding("down", "move(1)"),
        Binding("up", "move(-1)"),
        Binding("enter", "choose"),
    ]

    def __init__(self, title: str, items: Sequence[MenuItem]) -> None:
        super().__init__()
        self._title = title
        self._items = tuple(items)
        self._at = next((n for n, item in enumerate(items) if item.enabled), 0)
        self._why = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(visible(self._title), markup=False, classes="dialog--title")
            yield Static(self._text(), markup=False, id="menu")

    def _text(self) -> Text:
        ink = self.ink
        text = Text()
        for at, item in enumerate(self._items):
            line = f"{'▸' if at == self._at else ' '} {item.letter}  {visible(item.title)}"
            style = ink.tone(Tone.PLAIN if item.enabled else Tone.DIM)
            if item.irreversible and item.enabled:
                style = ink.tone(Tone.FAILED)
            if at == self._at:
                style = style + Style(bold=True)
            text.append(line, style)
            if not item.enabled and item.why_not:
                text.append(f"  ({visible(item.why_not)})", ink.tone(Tone.DIM))
            text.append("\n")
        text.append(visible(self._why), ink.tone(Tone.WARNING))
        return text

    def on_key(self, event: events.Key) -> None:
        for at, item in enumerate(self._items):
            if event.character == item.letter:
                event.stop()
                event.prevent_default()
                self._at = at
                self.action_choose()
                return

    def action_choose(self) -> None:
        if not self._items:
            self.dismiss(None)
            return
        item = self._items[self._at]
        if item.enabled:
            self.dismiss(item.value)
        else:
            self._why = item.why_not
            self._paint()

    def action_move(self, step: int) -> None:
        if self._items:
            self._at = (self._at + step) % len(self._items)
            self._paint()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _paint(self) -> None:
        self.query_one("#menu", Static).update(self._text())
