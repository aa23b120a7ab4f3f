"""Every key of the context by group, searchable, with the id by which it can be rebound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from console.present.table import Tone
from screens.widgets.cells import fit, visible, width_of
from screens.widgets.dialogs import Dialog

_KEYS_WIDTH = 22


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One action: its keys as they are written, what it does, its id, why it is not possible."""

    keys: str
    text: str
    action: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class HelpGroup:
    """Actions that belong together, under a translated title."""

    title: str
    lines: tuple[HelpLine, ...]


class HelpDialog(Dialog[None]):
    """Scrolls by the movement keys; `/` searches keys, words and ids."""

    DEFAULT_CSS = """
    HelpDialog > VerticalScroll { width: 96; height: 90%; }
    HelpDialog Input { dock: top; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back"),
        Binding("q,question_mark,f1", "close"),
        Binding("slash,fullwidth_solidus,f4", "search"),
        Binding("j,down", "scroll(1)"),
        Binding("k,up", "scroll(-1)"),
        Binding("pagedown,space,ctrl+f", "scroll(10)"),
        Binding("pageup", "scroll(-10)"),
        Binding("g,home", "scroll(-100000)"),
        Binding("G,end", "scroll(100000)"),
    ]

    def __init__(
        self, title: str, groups: Sequence[HelpGroup], placeholder: str, nothing: str
    ) -> None:
        super().__init__()
        self._title = title
        self._groups = tuple(groups)
        self._placeholder = placeholder
        self._nothing = nothing

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=True):
            yield Input(placeholder=self._placeholder, compact=True)
            yield Static(visible(self._title), markup=False, classes="dialog--title")
            yield Static(self._text(""), markup=False, id="help")

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def _text(self, needle: str) -> Text:
        ink, text = self.ink, Text()
        for group in self._groups:
            lines = [line for line in group.lines if _matches(line, needle)]
            if not lines:
                continue
            text.append(f"\n{visible(group.title)}\n", ink.tone(Tone.ACCENT) + Style(bold=True))
            for line in lines:
                keys = visible(line.keys)
                width = max(_KEYS_WIDTH, width_of(keys))
                text.append(f"  {fit(keys, width)}", ink.tone(Tone.PLAIN) + Style(bold=True))
                text.append(f" {visible(line.text)}", ink.tone(Tone.PLAIN))
                text.append(f"  {line.action}", ink.tone(Tone.DIM))
                if line.why_not:
                    text.append(f"  ({visible(line.why_not)})", ink.tone(Tone.WARNING))
                text.append("\n")
        return text if text.plain else Text(visible(self._nothing), style=ink.tone(Tone.DIM))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#help", Static).update(self._text(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(VerticalScroll).focus()

    def action_search(self) -> None:
        self.query_one(Input).focus()

    def action_back(self) -> None:
        """Out of the search first, then out of the help."""
        if self.query_one(Input).has_focus:
            self.query_one(VerticalScroll).focus()
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        self.dismiss(None)

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def _matches(line: HelpLine, needle: str) -> bool:
    folded = needle.casefold()
    return any(folded in part.casefold() for part in (line.keys, line.text, line.action))
