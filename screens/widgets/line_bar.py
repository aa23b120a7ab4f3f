"""One line of input with an error under it, candidates to complete from, and a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input, Static

from console.present.table import Tone
from screens.widgets.cells import visible, width_of
from screens.widgets.editing import LineInput
from screens.widgets.ink import Inked

HISTORY = 100
"""Lines remembered."""

_CANDIDATES = 6

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def half_width(text: str) -> str:
    """What an input method sent full-width (`：／＝＞`), as the plain signs they stand for."""
    return text.translate(_FULL_WIDTH)


class _Line(LineInput):
    """The field of a line bar: sent as it was when Enter came; keys behind it wait."""

    def __init__(self, placeholder: str) -> None:
        super().__init__(placeholder=placeholder, compact=True, select_on_focus=False)
        self._sent = False
        self._behind: list[events.Key] = []
        self.taking = False
        """Whether its bar is open."""

    async def on_key(self, event: events.Key) -> None:
        if not self.taking:
            # It was on its way here when the line was closed: it is meant for what is seen now.
            if self.has_focus:
                self.screen.set_focus(None)
            self.screen.post_message(events.Key(event.key, event.character))
        elif self._sent:
            self._behind.append(events.Key(event.key, event.character))
        elif event.key == "enter":
            self._sent = True
            self.post_message(Input.Submitted(self, self.value))
        else:
            await super().on_key(event)
            return
        event.stop()
        event.prevent_default()

    def answered(self) -> Sequence[events.Key]:
        """The line was dealt with; returns the keys that came behind it."""
        self._sent = False
        behind, self._behind = self._behind, []
        return behind


class LineBar(Inked, Vertical):
    """The input line of the filter and of the command line; hidden until `open`.

    While it is open the caller answers `Changed` with `show_error` and `show_candidates`.
    """

    PREFIX: ClassVar[str] = ""

    DEFAULT_CSS = """
    LineBar { height: auto; display: none; }
    LineBar.-open { display: block; }
    LineBar Horizontal { height: 1; }
    LineBar .line-bar--prefix { width: 2; height: 1; text-style: bold; }
    LineBar Input { height: 1; width: 1fr; border: none; padding: 0; }
    LineBar .line-bar--below { height: auto; max-height: 7; padding: 0 0 0 2; }
    """

    @dataclass
    class Submitted(Message):
        """Enter: the line, with full-width signs made plain."""

        bar: LineBar
        text: str

        @property
        def control(self) -> LineBar:
            return self.bar

    @dataclass
    class Changed(Message):
        """The line is different; only the last of a burst is delivered."""

        bar: LineBar
        text: str
        cursor: int

        @property
        def control(self) -> LineBar:
            return self.bar

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LineBar.Changed) and message.bar is self.bar

    @dataclass
    class Cancelled(Message):
        """Escape: the line is closed, what was in it is kept for the next time."""

        bar: LineBar

        @property
        def control(self) -> LineBar:
            return self.bar

    def __init__(
        self,
        placeholder: str = "",
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._placeholder = placeholder
        self._history: list[str] = []
        self._place = 0
        self._draft = ""
        self._candidates: tuple[str, ...] = ()
        self._error: tuple[str, int] = ("", -1)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static(self.PREFIX, markup=False, classes="line-bar--prefix")
            yield _Line(self._placeholder)
        yield Static("", markup=False, classes="line-bar--below")

    # What the caller hands in.

    def open(self, text: str = "") -> None:
        """Show the line with `text` in it and take the keys."""
        self.add_class("-open")
        self._input.answered()
        self._input.taking = True
        self._input.value = text
        self._input.cursor_position = len(text)
        self._place = len(self._history)
        self.show_error("")
        # At once: `focus` would wait its turn behind the letters typed after the key.
        self.display = True
        self.screen.set_focus(self._input)

    @property
    def holds_keys(self) -> bool:
        """Whether the line has the keyboard."""
        return self._input.has_focus

    def take(self, event: events.Key) -> None:
        """Take the keyboard back with a key that was meant for the open line."""
        self.screen.set_focus(self._input)
        self._input.post_message(events.Key(event.key, event.character))

    def close(self) -> None:
        """Hide the line; keys typed behind it go to whoever has the keyboard then."""
        self.remove_class("-open")
        self.display = False
        self._input.taking = False
        for event in self._input.answered():
            self.screen.post_message(event)

    def show_error(self, text: str, position: int = -1) -> None:
        """A translated sentence under the line, an arrow under character `position` of it."""
        self._error = (text, position)
        self._paint()

    def stay(self) -> None:
        """The line was sent and is wrong: keys typed behind it go on with it."""
        for event in self._input.answered():
            self._input.post_message(event)

    def show_candidates(self, candidates: Sequence[str]) -> None:
        """Words that fit at the cursor, best first; Tab puts the first one in."""
        self._candidates = tuple(candidates)
        self._paint()

    def set_history(self, lines: Sequence[str]) -> None:
        """Earlier lines, oldest first."""
        self._history = list(lines)[-HISTORY:]
        self._place = len(self._history)

    @property
    def history(self) -> tuple[str, ...]:
        """Earlier lines, oldest first."""
        return tuple(self._history)

    @property
    def text(self) -> str:
        """The line, with full-width signs made plain."""
        return half_width(self._input.value)

    @property
    def is_open(self) -> bool:
        """Whether the line is shown."""
        return self.has_class("-open")

    # Keys.

    def on_key(self, event: events.Key) -> None:
        moves = {"up": -1, "down": 1}
        if event.key == "escape":
            self.close()
            self.post_message(self.Cancelled(self))
        elif event.key in moves:
            self._recall(moves[event.key])
        elif event.key == "tab" and self._candidates:
            self._complete(self._candidates[0])
        else:
            return
        event.stop()
        event.prevent_default()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Changed(self, self.text, self._input.cursor_position))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = half_width(event.value).strip()
        if text and (not self._history or self._history[-1] != text):
            self._history = [*self._history, text][-HISTORY:]
        self.post_message(self.Submitted(self, text))

    @property
    def _input(self) -> _Line:
        return self.query_one(_Line)

    def _recall(self, step: int) -> None:
        if self._place == len(self._history):
            self._draft = self._input.value
        self._place = max(0, min(len(self._history), self._place + step))
        at_end = self._place == len(self._history)
        self._input.value = self._draft if at_end else self._history[self._place]
        self._input.cursor_position = len(self._input.value)

    def _complete(self, word: str) -> None:
        value, cursor = self.text, self._input.cursor_position
        start = cursor - len(value[:cursor].split(" ")[-1])
        self._input.value = value[:start] + word + value[cursor:]
        self._input.cursor_position = start + len(word)

    def _paint(self) -> None:
        message, position = self._error
        text = Text(no_wrap=True, overflow="ellipsis")
        if message:
            before = width_of(visible(self._input.value[: max(0, position)]))
            lead = " " * before + "^ " if position >= 0 else ""
            sign = self.glyphs["warning"]
            text.append(f"{lead}{sign} {visible(message)}", self.ink.tone(Tone.WARNING))
        for at, word in enumerate(self._candidates[:_CANDIDATES]):
            text.append("\n" if message or at else "")
            sign = self.glyphs["cursor"] if at == 0 else " "
            text.append(f"{sign} {visible(word)}", self.ink.tone(Tone.PLAIN if at else Tone.ACCENT))
        below = self.query_one(".line-bar--below", Static)
        below.update(text)
        below.display = bool(text.plain)
