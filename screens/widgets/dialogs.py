"""Dialogs that ask before anything changes, and those that only say something."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from console.present.facts import Fact
from console.present.table import Tone
from screens.widgets.cells import visible
from screens.widgets.facts import Facts
from screens.widgets.ink import Ink
from screens.widgets.whole_layout import WholeScreen

T = TypeVar("T")

GUARD_SECONDS = 0.3
"""How long after its painting a dialog drops keys typed ahead of it."""


class Dialog(ModalScreen[T], WholeScreen[T], Generic[T]):
    """A box in the middle; `Esc` answers `None`."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > VerticalScroll {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        border: round $primary; background: $panel; padding: 0 1;
    }
    Dialog .dialog--title { text-style: bold; height: auto; }
    Dialog .dialog--body { height: auto; margin: 0 0 1 0; }
    Dialog Input { height: 1; border: none; padding: 0 1; background: $surface; }
    Dialog Horizontal { height: 1; align-horizontal: right; }
    Dialog Button { height: 1; min-width: 12; border: none !important; margin: 0 0 0 2; }
    Dialog Horizontal Button.-textual-compact:disabled { border: none !important; }
    """

    clock: Callable[[], float] = staticmethod(time.monotonic)
    """Seconds that only grow."""

    def __init__(self) -> None:
        super().__init__()
        self._painted_at: float | None = None

    def on_mount(self) -> None:
        self.call_after_refresh(self._note_painted)

    def _note_painted(self) -> None:
        self._painted_at = self.clock()

    @property
    def guarded(self) -> bool:
        """True while keys may still be meant for what the dialog covers."""
        painted = self._painted_at
        return painted is None or self.clock() - painted < GUARD_SECONDS

    @property
    def ink(self) -> Ink:
        """The styles of the theme in use."""
        return Ink(self.app.theme_variables)


@dataclass(frozen=True, slots=True)
class Consequence:
    """Every translated word of a confirmation.

    Attributes:
        title: the verb and the object.
        facts: the object as it was when the dialog opened: name, id, owner, age, size, rate.
        effects: what stops, who is hurt, what is lost, what it costs; one sentence each.
        undo: how to take it back, or that nothing does.
        confirm: label of the button that does it.
        cancel: label of the button that does not.
        type_name: what must be typed for the irreversible; empty where `y` is enough.
        type_prompt: the sentence that asks for it.
        reason_prompt: the sentence that asks why; empty where no reason is wanted.
        blocked: why it cannot be confirmed now (stale data); empty where it can.
    """

    title: str
    confirm: str
    cancel: str
    facts: tuple[Fact, ...] = ()
    effects: tuple[str, ...] = ()
    undo: str = ""
    type_name: str = ""
    type_prompt: str = ""
    reason_prompt: str = ""
    blocked: str = ""
    tone: Tone = field(default=Tone.WARNING)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the person decided, and why where a reason was asked for."""

    reason: str = ""


class KeyButton(Button):
    """A button that a mouse click focuses but never presses."""

    def on_click(self, event: events.Click) -> None:
        event.stop()
        event.prevent_default()
        self.focus()


class ConfirmDialog(Dialog[Decision | None]):
    """Pins the object, states the consequence, asks; answers a `Decision` or `None`.

    The focus starts on Cancel, or on the first thing that must be typed; `Enter` in a field goes
    to the next place and confirms nothing. `y` confirms unless a name has to be typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "confirm", id="dialog.confirm"),
        Binding("n", "cancel", id="dialog.cancel"),
        # Without an id: whatever a person rebinds, Esc leaves.
        Binding("escape", "cancel"),
    ]

    def __init__(self, consequence: Consequence) -> None:
        super().__init__()
        self._consequence = consequence

    def compose(self) -> ComposeResult:
        words = self._consequence
        with VerticalScroll(can_focus=False):
            yield Static(visible(words.title), markup=False, classes="dialog--title")
            if words.facts:
                yield Facts(words.facts, classes="dialog--body")
            yield Static(self._effects(), markup=False, classes="dialog--body", id="effects")
            if words.type_name:
                yield Static(visible(words.type_prompt), markup=False)
                yield Input(id="type-name", compact=True)
            if words.reason_prompt:
                yield Static(visible(words.reason_prompt), markup=False)
                yield Input(id="reason", compact=True)
            with Horizontal():
                yield Button(Content(words.cancel), id="cancel", compact=True)
                yield KeyButton(Content(words.confirm), id="confirm", compact=True)

    def on_mount(self) -> None:
        fields = self.query(Input)
        (fields.first() if fields else self.query_one("#cancel", Button)).focus()
        self._check()

    def _effects(self) -> Text:
        words, ink = self._consequence, self.ink
        text = Text()
        for effect in words.effects:
            text.append(f"• {visible(effect)}\n", ink.tone(words.tone))
        if words.undo:
            text.append(f"{visible(words.undo)}\n", ink.tone(Tone.DIM))
        if words.blocked:
            text.append(f"{visible(words.blocked)}\n", ink.tone(Tone.FAILED))
        text.rstrip()
        return text

    @property
    def ready(self) -> bool:
        """Whether everything asked for has been typed and nothing is in the way."""
        words = self._consequence
        named = not words.type_name or self._typed("#type-name") == words.type_name
        reasoned = not words.reason_prompt or bool(self._typed("#reason"))
        return named and reasoned and not words.blocked

    def _typed(self, selector: str) -> str:
        return self.query_one(selector, Input).value.strip()

    def _check(self) -> None:
        self.query_one("#confirm", Button).disabled = not self.ready

    def on_input_changed(self) -> None:
        self._check()

    def on_input_submitted(self) -> None:
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "confirm":
            self._decide()
        else:
            self.dismiss(None)

    def action_confirm(self) -> None:
        """`y`: does nothing where a name has to be typed."""
        if not self._consequence.type_name:
            self._decide()

    def action_cancel(self) -> None:
        self.dismiss(None)

    def _decide(self) -> None:
        if self.guarded or not self.ready:
            return
        reason = self._typed("#reason") if self._consequence.reason_prompt else ""
        self.dismiss(Decision(reason))


class MessageDialog(Dialog[None]):
    """Something worth more than a line, whole and copied by `c`; `Enter`, `q`, `Esc` close it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q,escape", "close"),
        Binding("j,down", "scroll(1)"),
        Binding("k,up", "scroll(-1)"),
        Binding("ctrl+d,pagedown,space,ctrl+f", "scroll(10)"),
        Binding("ctrl+u,pageup,b", "scroll(-10)"),
        Binding("g,home", "scroll(-100000)"),
        Binding("G,end", "scroll(100000)"),
        Binding("c,y", "copy"),
    ]

    def __init__(
        self, title: str, lines: Sequence[str], tone: Tone = Tone.PLAIN, hint: str = ""
    ) -> None:
        super().__init__()
        self._words = (title, tuple(lines), tone)
        self._hint = hint

    def compose(self) -> ComposeResult:
        title, lines, tone = self._words
        with VerticalScroll(can_focus=False) as box:
            box.border_subtitle = Content(self._hint)
            yield Static(visible(title), markup=False, classes="dialog--title")
            body = Text("\n".join(visible(line) for line in lines), style=self.ink.tone(tone))
            yield Static(body, markup=False, classes="dialog--body")

    def action_close(self) -> None:
        self.dismiss(None)

    def action_copy(self) -> None:
        """The text goes to the clipboard; a sign beside the title says so."""
        title, lines, _ = self._words
        self.app.copy_to_clipboard("\n".join(lines))
        self.query_one(".dialog--title", Static).update(f"{visible(title)} ✓")

    def action_scroll(self, step: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)
