"""A map of every accelerator: how busy, free, closed, dead; near or far, a cursor that stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.analysis.fleet_map import FleetMap, MapGroup
from console.present.table import Tone
from screens.widgets.cells import fit, visible
from screens.widgets.heatmap_codes import MapMode, Signs
from screens.widgets.heatmap_moves import MapMoves
from screens.widgets.heatmap_paint import Legend, MapPaint
from screens.widgets.heatmap_view import MapView
from screens.widgets.ink import Inked

LEGEND_FROM = 6
"""Lines from which on the map has one for its legend."""


@dataclass(frozen=True)
class MapWords:
    """How a map speaks; everything it is given may be untrusted.

    Attributes:
        range_text: what the nodes from a position up to another are together.
        legend: a legend as a sentence, the most wanted first: its end may be cut off.
        owner_of: whose a job is, empty where nobody knows.
        empty: what is said where there is no node.
    """

    range_text: Callable[[FleetMap, int, int], str]
    legend: Callable[[Legend], str]
    owner_of: Callable[[str], str] = field(default=lambda job: "")
    empty: str = ""


class Heatmap(MapMoves, Inked, ScrollView, can_focus=True):
    """Nodes in a fixed order; `zoom_in` goes nearer, down to names with their slots.

    The last line tells what is under the cursor; with `legend` the line above it what signs mean.
    """

    DEFAULT_CSS = """
    Heatmap { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    @dataclass
    class CellChosen(Message):
        """Enter or a double click on one node."""

        heatmap: Heatmap
        key: str

        @property
        def control(self) -> Heatmap:
            return self.heatmap

    @dataclass
    class CursorMoved(Message):
        """The cursor is on other nodes, or the map shows something else."""

        heatmap: Heatmap

        @property
        def control(self) -> Heatmap:
            return self.heatmap

    def __init__(self, *, legend: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._wants_legend = legend
        self._fleet = FleetMap()
        self._view = MapView(self._fleet)
        self._paint = MapPaint(self._fleet)
        self._words: MapWords | None = None
        self._strips: dict[int, Strip] = {}
        self._made: Signs | None = None
        self._note = ""
        self._at_key: str | None = None

    # What is shown.

    def show(self, fleet: FleetMap, words: MapWords) -> bool:
        """Draw what changed in these nodes; true where places moved."""
        new = fleet is not self._fleet
        if new:
            self._fleet, self._view, self._paint = fleet, MapView(fleet), MapPaint(fleet)
        touched = fleet.settle()
        said = self._words.empty if self._words else None
        self._words = words
        if new or touched is None or said != words.empty:
            self._arrange()
            return True
        if touched and self.mode is MapMode.OWNER:
            self._learn()
        self._repaint_lines(self._paint.touch(self._view, touched))
        self._tell()
        return False

    @property
    def fleet(self) -> FleetMap:
        """The nodes drawn."""
        return self._fleet

    @property
    def mode(self) -> MapMode:
        """What the cells show."""
        return self._paint.mode

    @property
    def cursor_key(self) -> str | None:
        """The node under the cursor; `None` where a cell stands for several."""
        start, end = self._view.range
        return self._fleet.name(start) if end - start == 1 else None

    @property
    def anchor_key(self) -> str | None:
        """A node under the cursor, also where a cell stands for several."""
        start, end = self._view.range
        return self._fleet.name(self._view.position) if start < end else None

    @property
    def nodes_a_cell(self) -> int:
        """How many nodes a cell stands for at most."""
        return self._view.layout.per_cell

    @property
    def scope(self) -> MapGroup | None:
        """The group the map was narrowed to."""
        return self._view.scope

    @property
    def legend_text(self) -> str:
        """What the signs mean now."""
        if self._words is None:
            return ""
        return self._words.legend(self._paint.legend(self._signs, self._view))

    def lines_wanted(self, most: int) -> int:
        """Lines that show every node, at most `most`; less would do where it aggregates."""
        return max(2, min(most, self._view.natural_lines(self._width, most - 1) + 1))

    def select(self, key: str) -> bool:
        """Put the cursor on the cell of a node; False where it is not in the map."""
        position = self._fleet.position(key)
        if position is None or not self._view.go(position):
            return False
        self._moved()
        return True

    # Moving and looking nearer.

    def action_open(self) -> None:
        if not self.zoom_in() and self.cursor_key is not None:
            self.post_message(self.CellChosen(self, self.cursor_key))

    def action_map_mode(self) -> None:
        """Show something else about the same nodes."""
        self._paint.mode = self.mode.next()
        if self.mode is MapMode.OWNER:
            self._learn()
        self._arrange()
        self.post_message(self.CursorMoved(self))

    def _zoomed(self, done: bool) -> bool:
        if done:
            self._at_key = self._fleet.name(self._view.position)
            self._arrange()
            self._moved()
        return done

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None or at.y >= self._rows:
            return
        start, end = self._view.cell_under(self.scroll_offset.y + at.y, at.x)
        if start < end:
            self._go(start)
            if event.chain == 2:
                self.action_open()

    def on_resize(self) -> None:
        self._arrange()

    def notify_style_update(self) -> None:
        self._strips.clear()
        self._made = None
        super().notify_style_update()

    # Where everything is.

    @property
    def _width(self) -> int:
        """Columns for cells; one is kept for the bar, so that it moves nothing when it comes."""
        return max(1, self.size.width - 1)

    @property
    def _footer(self) -> int:
        return 2 if self._wants_legend and self.size.height >= LEGEND_FROM else 1

    @property
    def _rows(self) -> int:
        return max(1, self.size.height - self._footer)

    def _arrange(self) -> None:
        """Lay everything out anew; the cursor stays on its node."""
        self._view.arrange(self._width, self._rows, self._at_key)
        self._paint.forget_cells()
        self._strips.clear()
        self.virtual_size = Size(0, self._view.layout.lines + self._footer)
        self._at_key = self.anchor_key
        self._follow()
        self._tell()
        self.refresh()

    def _learn(self) -> None:
        if self._words is not None:
            self._paint.owners.learn(self._fleet.owners(self._words.owner_of))
            self._paint.forget_cells()
            self._strips.clear()
            self.refresh()

    def _moved(self) -> None:
        before = self._paint.cursor_line
        self._at_key = self.anchor_key
        line, _ = self._view.place
        self._follow()
        self._repaint_lines({before, line})
        self._tell()
        self.post_message(self.CursorMoved(self))

    def _follow(self) -> None:
        line, _ = self._view.place
        top = self.scroll_offset.y
        if not top <= line < top + self._rows:
            wanted = line if line < top else line - self._rows + 1
            self.scroll_to(y=wanted, animate=False, force=True)

    def _repaint_lines(self, lines: set[int]) -> None:
        top, width = self.scroll_offset.y, self.size.width
        shown = [line for line in lines if 0 <= line - top < self._rows]
        for line in lines:
            self._strips.pop(line, None)
        if shown:
            self.refresh(*(Region(0, line - top, width, 1) for line in shown))

    def _tell(self) -> None:
        """Say what is under the cursor, painting the line only where the words differ."""
        start, end = self._view.range
        known = self._words is not None and start < end
        note = self._words.range_text(self._fleet, start, end) if known and self._words else ""
        if note != self._note:
            self._note = note
            self.refresh(Region(0, self.size.height - 1, self.size.width, 1))

    # Painting.

    @property
    def _signs(self) -> Signs:
        if self._made is None:
            self._made = Signs(self.ink, self.glyphs, self.rich_style)
        return self._made

    def render_line(self, y: int) -> Strip:
        if y >= self.size.height - self._footer:
            return self._foot(y).adjust_cell_length(self.size.width).apply_style(self.rich_style)
        line = self.scroll_offset.y + y
        strip = self._strips.get(line)
        if strip is None:
            strip = self._strips[line] = self._line(line)
        return strip

    def _line(self, line: int) -> Strip:
        if len(self._fleet):
            return self._paint.line(line, self._view, self._signs, self.size.width)
        words = self._words.empty if self._words and line == 0 else ""
        strip = Strip([Segment(f" {visible(words)}", self.ink.tone(Tone.DIM))])
        return strip.adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _foot(self, y: int) -> Strip:
        if not len(self._fleet):
            return Strip([])
        width = self.size.width
        if y < self.size.height - 1:
            legend = fit(f" {visible(self.legend_text)}", width)
            return Strip([Segment(legend, self.ink.tone(Tone.DIM))])
        return Strip([Segment(fit(f" {visible(self._note)}", width), self.ink.panel)])
