"""A map of nodes, one sign an accelerator: how busy, free, closed, dead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.cells import fit, visible, width_of
from screens.widgets.heatmap_model import HeatCell, HeatLayout, HeatNode, SlotState, heat_layout
from screens.widgets.ink import Inked

_LABEL_MAX = 16
_NOTE_LINES = 1


class Heatmap(Inked, ScrollView, can_focus=True):
    """Nodes wrapped to the width; the cursor is a node's key and its note the last line."""

    DEFAULT_CSS = """
    Heatmap { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class CellChosen(Message):
        """Enter or a double click on a node."""

        heatmap: Heatmap
        key: str

        @property
        def control(self) -> Heatmap:
            return self.heatmap

    @dataclass
    class CursorMoved(Message):
        """The cursor is on another node."""

        heatmap: Heatmap
        key: str

        @property
        def control(self) -> Heatmap:
            return self.heatmap

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._shown_nodes: Sequence[HeatNode] = ()
        self._cursor = 0
        self._cursor_key: str | None = None
        self._empty = ""
        self._labels = 2

    def show(self, nodes: Sequence[HeatNode], empty: str = "") -> None:
        """Draw these nodes, or the translated sentence where there are none."""
        if nodes == self._shown_nodes and empty == self._empty:
            return
        self._shown_nodes, self._empty = nodes, empty
        self._labels = min(_LABEL_MAX, max((width_of(n.label) for n in nodes), default=2))
        keys = [node.key for node in nodes]
        if self._cursor_key in keys:
            self._cursor = keys.index(self._cursor_key)
        self._cursor = max(0, min(self._cursor, len(keys) - 1))
        self._cursor_key = keys[self._cursor] if keys else None
        self._measure()
        self.refresh()

    @property
    def cursor_key(self) -> str | None:
        """The key of the node under the cursor."""
        return self._cursor_key

    def select(self, key: str) -> bool:
        """Put the cursor on the node with that key; False where it is not in the map."""
        for index, node in enumerate(self._shown_nodes):
            if node.key == key:
                self._move(index)
                return True
        return False

    def action_up(self) -> None:
        self._move(self._cursor - self._heat_layout.per_line)

    def action_down(self) -> None:
        self._move(self._cursor + self._heat_layout.per_line)

    def action_out(self) -> None:
        self._move(self._cursor - 1)

    def action_into(self) -> None:
        self._move(self._cursor + 1)

    def action_top(self) -> None:
        self._move(0)

    def action_bottom(self) -> None:
        self._move(len(self._shown_nodes) - 1)

    def action_open(self) -> None:
        if self._cursor_key is not None:
            self.post_message(self.CellChosen(self, self._cursor_key))

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        index = self._heat_layout.index_at(self.scroll_offset.y + at.y, at.x)
        if index < len(self._shown_nodes):
            self._move(index)
            if event.chain == 2:
                self.action_open()

    def on_resize(self) -> None:
        self._measure()

    @property
    def _heat_layout(self) -> HeatLayout:
        return heat_layout(self._shown_nodes, self.scrollable_content_region.width, self._labels)

    def _measure(self) -> None:
        per_line = self._heat_layout.per_line
        lines = -(-len(self._shown_nodes) // per_line)
        self.virtual_size = Size(0, lines + _NOTE_LINES)

    def _move(self, index: int) -> None:
        if (
            not self._shown_nodes
            or not 0 <= index < len(self._shown_nodes)
            or index == self._cursor
        ):
            return
        self._cursor = index
        self._cursor_key = self._shown_nodes[index].key
        line, _ = self._heat_layout.place(index)
        top, page = self.scroll_offset.y, max(1, self.size.height - _NOTE_LINES)
        if not top <= line < top + page:
            wanted = line if line < top else line - page + 1
            self.scroll_to(y=wanted, animate=False, force=True)
        self.refresh()
        self.post_message(self.CursorMoved(self, self._cursor_key))

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        return self._line(y, width).adjust_cell_length(width).apply_style(self.rich_style)

    def _line(self, y: int, width: int) -> Strip:
        if not self._shown_nodes:
            text = f" {visible(self._empty)}" if y == 0 else ""
            return Strip([Segment(text, self.ink.tone(Tone.DIM))])
        if y == self.size.height - 1:
            note = self._shown_nodes[self._cursor].note
            return Strip([Segment(fit(f" {visible(note)}", width), self.ink.panel)])
        layout = self._heat_layout
        first = (self.scroll_offset.y + y) * layout.per_line
        segments: list[Segment] = []
        for index in range(first, min(first + layout.per_line, len(self._shown_nodes))):
            segments += self._node(index, layout)
        return Strip(segments)

    def _node(self, index: int, layout: HeatLayout) -> list[Segment]:
        node, ink = self._shown_nodes[index], self.ink
        label = fit(visible(node.label), layout.label, ellipsis=self.glyphs["ellipsis"])
        chosen = index == self._cursor
        tone = Tone.FAILED if node.failed else Tone.PLAIN
        style = ink.selection if chosen else ink.tone(tone)
        lead = Segment(self.glyphs["cursor"] if chosen else " ", ink.tone(Tone.ACCENT))
        cells = [Segment(*self._sign(cell, node.failed)) for cell in node.cells]
        gap = " " * (layout.cells - len(node.cells) + 1)
        return [lead, Segment(label, style), Segment(" "), *cells, Segment(gap)]

    def _sign(self, cell: HeatCell, node_failed: bool) -> tuple[str, Style]:
        if node_failed or cell.state is SlotState.FAILED:
            return self.glyphs["dead"], self.ink.tone(Tone.FAILED)
        if cell.state is SlotState.CLOSED:
            return self.glyphs["cordoned"], self.ink.tone(Tone.DIM)
        if cell.state is SlotState.FREE:
            return self.glyphs["free"], self.ink.tone(Tone.DIM)
        if cell.share is None or cell.share != cell.share:
            return self.glyphs["unknown"], self.ink.tone(Tone.DIM)
        return self.glyphs.spark(cell.share), self.ink.heat(cell.share)
