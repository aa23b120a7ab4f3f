"""The panes of the node view: a lit title over one widget that takes the keyboard."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from screens.panel import Heading, Piece
from screens.widgets.facts import Facts


class Pane(Vertical):
    """A title and what stands below it."""

    DEFAULT_CSS = "Pane { height: 1fr; width: 1fr; padding-right: 1; }"

    def __init__(self, name: str, body: Widget) -> None:
        super().__init__(id=f"pane-{name}")
        self.body = body
        self.heading = Heading(str(body.id), id=f"heading-{name}")

    def compose(self) -> ComposeResult:
        yield self.heading
        yield self.body

    def entitle(self, title: str, note: Piece | None = None) -> None:
        """Set the words of the title line."""
        self.heading.show(title, (), note)


class FactsPane(VerticalScroll, can_focus=True):
    """Facts that scroll with the keys of a list."""

    def __init__(self, facts: Facts, *, id: str) -> None:  # noqa: A002
        super().__init__(facts, id=id)

    def action_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)

    def action_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_top(self) -> None:
        self.scroll_home(animate=False)

    def action_bottom(self) -> None:
        self.scroll_end(animate=False)

    def action_half_down(self) -> None:
        self.scroll_relative(y=max(1, self.size.height // 2), animate=False)

    def action_half_up(self) -> None:
        self.scroll_relative(y=-max(1, self.size.height // 2), animate=False)
