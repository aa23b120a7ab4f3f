"""The lines of a grid: where they are, which columns they have, and how each is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip

from console.present.table import Column, Row, Tone
from screens.widgets.cells import visible, wrap
from screens.widgets.grid_columns import Layout, lay_out, wanted_widths
from screens.widgets.grid_moves import GridMoves
from screens.widgets.grid_paint import RowState, heading_strip, row_strip
from screens.widgets.grid_source import SourceRows
from screens.widgets.grid_wide import WholeColumns

_DRAWN_KEPT = 1000
"""Rows remembered as painted, more than any screen has lines."""


class GridLines(GridMoves):
    """The painting of a grid. It walks the lines of the screen, never all rows."""

    def __init__(
        self,
        columns: Sequence[Column],
        titles: Mapping[str, str],
        *,
        id: str | None,  # noqa: A002
        classes: str | None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._whole = WholeColumns()
        self._columns = tuple(columns)
        self._titles = dict(titles)
        self._show_money = False
        self._wanted: dict[str, int] = {}
        self._column_cache: tuple[object, Layout] | None = None
        self._notice = ""
        self._notice_tone = Tone.DIM
        self._strips: LRUCache[str, tuple[Row, object, Strip]] = LRUCache(512)
        self._drawn: dict[int, Row] = {}

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that can be shown now, hidden by width or not."""
        return tuple(c for c in self._columns if self._show_money or not c.money)

    # Geometry.

    @property
    def _top_lines(self) -> int:
        return 2 if self._notice and len(self._model) else 1

    @property
    def _column_layout(self) -> Layout:
        if self._whole.on:
            return self._whole.layout(self.columns, self._model.rows, self._titles)
        width = self.scrollable_content_region.width
        key = (self.columns, width, self._first_column, tuple(self._wanted.items()))
        if self._column_cache is None or self._column_cache[0] != key:
            layout = lay_out(self.columns, self._wanted, self._titles, width, self._first_column)
            self._column_cache = (key, layout)
            self._strips.clear()
        return self._column_cache[1]

    def _measured(self) -> dict[str, int]:
        return wanted_widths(self.columns, self._sample(), self._titles, self._wanted)

    def _sample(self) -> Sequence[Row]:
        """Rows to measure; of a source only those that are seen, for it has to make them."""
        rows = self._model.rows
        return self._shown_rows()[1] if isinstance(rows, SourceRows) else rows

    def _relayout(self) -> None:
        self._wanted = self._measured()
        self._whole.forget()
        self._strips.clear()
        self.refresh()

    def action_wide(self) -> None:
        """Every column with nothing cut, to be scrolled sideways; again, what fits."""
        self._whole.turn()
        self._column_cache = None
        self._relayout()

    def _scroll_columns(self, step: int) -> None:
        if not self._whole.on:
            super()._scroll_columns(step)
        elif self._whole.step(step, self.scrollable_content_region.width):
            self.refresh()

    def _resize_virtual(self) -> None:
        self.virtual_size = Size(0, len(self._model) + self._top_lines)

    def _shown_rows(self) -> tuple[int, Sequence[Row]]:
        start = max(0, self.scroll_offset.y)
        return start, self._model.rows[start : start + self._page]

    def notify_style_update(self) -> None:
        self._strips.clear()
        super().notify_style_update()

    def on_focus(self) -> None:
        self._refresh_row(self._model.cursor)

    def on_blur(self) -> None:
        self._refresh_row(self._model.cursor)

    def on_resize(self) -> None:
        self._strips.clear()
        self._resize_virtual()
        self._reveal()

    # Painting.

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        return self._line(y, width).adjust_cell_length(width).apply_style(self.rich_style)

    def _line(self, y: int, width: int) -> Strip:
        if y == 0:
            return self._heading(width)
        if self._notice and (not len(self._model) or y == 1):
            lines = wrap(visible(self._notice), max(1, width - 2))
            line = lines[y - 1] if y <= len(lines) else ""
            return Strip([Segment(f"  {line}", self.ink.tone(self._notice_tone))])
        position = self.scroll_offset.y + y - self._top_lines
        if not 0 <= position < len(self._model):
            return Strip.blank(width)
        row = self._model.source.row(position)
        if len(self._drawn) > _DRAWN_KEPT:
            self._drawn.clear()
        self._drawn[position] = row
        if not self._whole.on:
            return self._row_line(row, position, width)
        whole = max(width, self._whole.width_of(self._column_layout))
        return self._whole.seen(self._row_line(row, position, whole), width)

    def _heading(self, width: int) -> Strip:
        layout, whole, wide = self._column_layout, width, self._whole
        if wide.on:
            whole = max(width, wide.width_of(layout))
        args = (layout, self._titles, self._model.sort, whole)
        strip = heading_strip(*args, self.ink, self.glyphs)
        return wide.seen_heading(strip, width, self.ink, self.glyphs) if wide.on else strip

    def _row_line(self, row: Row, position: int, width: int) -> Strip:
        layout = self._column_layout
        selected = position == self._model.cursor
        state = RowState(selected, selected and self.has_focus, row.key in self._model.marks)
        variant = (state, self.app.theme, self.glyphs, width)
        held = self._strips.get(row.key)
        if held is not None and held[1] == variant and held[0] == row:
            return held[2]
        strip = row_strip(row, layout, state, width, self.ink, self.glyphs)
        self._strips[row.key] = (row, variant, strip)
        return strip
