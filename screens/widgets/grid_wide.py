"""A list with nothing cut: every column as wide as its text, seen through a window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from textual.strip import Strip

from console.present.table import Column, Row
from screens.widgets.cells import visible, width_of
from screens.widgets.grid_columns import GUTTER, Layout, Slot
from screens.widgets.ink import Ink
from themes.glyphs import Glyphs

_GAP = 2
_MEASURED = 2000
"""Rows that are measured; one text longer than all of theirs is cut."""


class WholeColumns:
    """Whether nothing is cut, how wide the lines are then, and which cells of them are seen."""

    def __init__(self) -> None:
        self.on = False
        self.left = 0
        self._width = 0
        self._layout: Layout | None = None

    def turn(self) -> None:
        """On or off; from the first column again."""
        self.on, self.left, self._layout = not self.on, 0, None

    def forget(self) -> None:
        """Measure again: there are other rows or columns."""
        self._layout = None

    def layout(
        self, columns: Sequence[Column], rows: Sequence[Row], titles: Mapping[str, str]
    ) -> Layout:
        """Every column, as wide as its widest text."""
        if self._layout is None:
            slots = [
                Slot(column, _width(column, rows[:_MEASURED], titles.get(column.id, column.id)))
                for column in columns
            ]
            self._layout = Layout(tuple(slots), _GAP)
        return self._layout

    def width_of(self, layout: Layout) -> int:
        """Cells of a whole line."""
        slots = layout.slots
        self._width = GUTTER + sum(s.width for s in slots) + _GAP * max(0, len(slots) - 1)
        return self._width

    def step(self, by: int, seen: int) -> bool:
        """Move half a screen to the right (1) or to the left (-1); False at the end."""
        last = max(0, self._width - seen)
        left = max(0, min(self.left + by * max(1, seen // 2), last))
        moved, self.left = left != self.left, left
        return moved

    def seen(self, strip: Strip, width: int) -> Strip:
        """The cells of a line in the window; the signs of cursor and mark always are."""
        start = GUTTER + self.left
        window = strip.crop(start, start + max(0, width - GUTTER))
        return Strip.join([strip.crop(0, GUTTER), window])

    def seen_heading(self, strip: Strip, width: int, ink: Ink, glyphs: Glyphs) -> Strip:
        """The headings in the window, with arrows where there is more."""
        shown = self.seen(strip, width).adjust_cell_length(width, ink.heading)
        if self.left:
            arrow = Strip([Segment(glyphs["more_left"], ink.heading)])
            shown = Strip.join([arrow, shown.crop(1, width)])
        if self.left + width < self._width:
            arrow = Strip([Segment(glyphs["more_right"], ink.heading)])
            shown = Strip.join([shown.crop(0, width - 1), arrow])
        return shown


def _width(column: Column, rows: Sequence[Row], title: str) -> int:
    widest = max(column.min_width, width_of(title) + 1)
    for row in rows:
        cell = row.cells.get(column.id)
        if cell is not None:
            lead = row.depth * 2 + (2 if cell.glyph else 0)
            widest = max(widest, width_of(visible(cell.text)) + lead)
    return widest
