"""The smallest Textual application that shows a text: what any Textual program must pay.

`j` counts on the screen, `p` pushes a screen of 40 widgets and `o` takes it away, `q` quits.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static

MARKER = "minimal-app-is-up"
WIDGETS = 40


class FortyWidgets(Screen[None]):
    """A view as it is commonly made: one widget for each field."""

    def compose(self) -> ComposeResult:
        for number in range(WIDGETS):
            yield Static(f"field {number}: value")


class MinimalApp(App[None]):
    """One line of text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "count"),
        Binding("p", "push"),
        Binding("o", "pop"),
        Binding("q", "quit"),
    ]
    pressed = 0

    def compose(self) -> ComposeResult:
        yield Static(MARKER)

    def action_count(self) -> None:
        self.pressed += 1
        self.query_one(Static).update(f"{MARKER} pressed-{self.pressed}")

    def action_push(self) -> None:
        self.push_screen(FortyWidgets())

    def action_pop(self) -> None:
        if len(self.screen_stack) > 1:
            self.pop_screen()


if __name__ == "__main__":
    MinimalApp().run()
