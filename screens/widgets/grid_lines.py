"""The lines of a grid: where they are, which columns they have, and how each is painted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from console.present.table import Column, Row, Tone
from screens.widgets.cells import visible, wrap
from screens.widgets.grid_columns import Layout, lay_out, wanted_widths
from screens.widgets.grid_moves import GridMoves
from screens.widgets.grid_paint import Look, RowState, heading_strip, row_strip
from screens.widgets.grid_source import SourceRows
from screens.widgets.grid_wide import WholeColumns

_STRIPS_KEPT = 512
"""Painted rows that are kept, a few screens of them."""


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
        self._fixed: dict[str, int] = {}
        self._laid_out: Layout | None = None
        self._layout_key: object = None
        self._notice = ""
        self._notice_tone = Tone.DIM
        self._strips: dict[str, tuple[Row, object, Strip]] = {}
        self._look: Look | None = None
        self._look_key: object = None
        self._others: dict[int, Strip] = {}
        self._others_key: object = None
        self._thumb = range(0)
        self._bar = False
        self._top = 0
        self._seen: Sequence[Row] = ()
        self._measured: dict[int, Row] = {}
        self._lines_look = (Layout(), 0, False)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that can be shown now, hidden by width or not."""
        return tuple(c for c in self._columns if self._show_money or not c.money)

    # Geometry.

    @property
    def _top_lines(self) -> int:
        return 2 if self._notice and len(self._model) else 1

    @property
    def _text_width(self) -> int:
        """Cells of a line beside the scroll bar."""
        return self.size.width - (1 if len(self._model) > self._page else 0)

    @property
    def _column_layout(self) -> Layout:
        if self._whole.on:
            return self._whole.layout(self.columns, self._model.rows, self._titles)
        width = self._text_width
        key = (width, self._first_column)
        if self._laid_out is None or self._layout_key != key:
            wanted = {**self._wanted, **self._fixed}
            self._laid_out = lay_out(
                self.columns, wanted, self._titles, width, self._first_column, self._fixed
            )
            self._layout_key = key
            self._strips.clear()
        return self._laid_out

    def _measure(self) -> bool:
        """Widen columns for what is seen; True where one grew."""
        rows = self._model.rows
        # Of a source only what is seen: it has to make the rows it is asked for.
        sample = self._unmeasured() if isinstance(rows, SourceRows) else rows
        columns = self._measurable if isinstance(rows, SourceRows) else self.columns
        found = wanted_widths(columns, sample, self._titles, self._wanted)
        wanted = {**self._wanted, **found}
        grown, self._wanted = wanted != self._wanted, wanted
        if grown:
            self._laid_out = None
        return grown

    @property
    def _measurable(self) -> Sequence[Column]:
        """The columns that are drawn, once all have been measured: other cells are not made."""
        if self._laid_out is None or self._whole.on:
            return self.columns
        return [slot.column for slot in self._laid_out.slots]

    def _unmeasured(self) -> list[Row]:
        """Rows on the screen that were not there when it was last measured."""
        fresh = [row for row in self._seen if id(row) not in self._measured]
        self._measured = {id(row): row for row in self._seen}
        return fresh

    def _relayout(self) -> None:
        self._measured, self._others_key = {}, None
        self._laid_out = None
        self._measure()
        self._whole.forget()
        self._strips.clear()
        self.repaint()

    def action_wide(self) -> None:
        """Every column with nothing cut, to be scrolled sideways; again, what fits."""
        self._whole.turn()
        self._relayout()

    def _scroll_columns(self, step: int) -> None:
        if not self._whole.on:
            self._measured, self._laid_out = {}, None
            self._measure()
            super()._scroll_columns(step)
        elif self._whole.step(step, self._text_width):
            self._strips.clear()
            self.repaint()

    def _resize_virtual(self) -> None:
        # Past the framework's layout: the lines of a list change nothing around it.
        self.set_reactive(GridLines.virtual_size, Size(0, len(self._model) + self._top_lines))
        self._show_from(self.scroll_offset.y)

    def _shown_rows(self) -> tuple[int, Sequence[Row]]:
        start = max(0, self.scroll_offset.y)
        return start, self._model.rows[start : start + self._page]

    def notify_style_update(self) -> None:
        self._look = None
        super().notify_style_update()

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    def on_resize(self) -> None:
        self._measured, self._laid_out = {}, None
        self._resize_virtual()
        self._reveal()
        self.repaint()

    # Painting.

    @property
    def rolling(self) -> tuple[int, int, int]:
        return self._top_lines, self.size.height - 1, self.scroll_offset.y

    def prepare(self) -> None:
        top, self._seen = self._shown_rows()
        if top != self._top:
            self._top = top
            if not self._whole.on:
                self._measure()
        self._find_look()
        self._find_thumb()
        self._lines_look = (self._column_layout, self._text_width, self.has_focus)

    def _find_look(self) -> None:
        key = (self.ink, self.glyphs, self.rich_style)
        if self._look is None or self._look_key != key:
            filters, ground = self.get_line_filters(), self.background_colors[1]

            def finish(style: Style) -> Style:
                strip = Strip([Segment(" ", style)], 1)
                for each in filters:
                    strip = strip.apply_filter(each, ground)
                return next(iter(strip)).style or style

            self._look = Look(self.ink, self.glyphs, self.rich_style, finish)
            self._look_key = key
            self._strips.clear()

    def _find_thumb(self) -> None:
        """Which lines the scroll bar's thumb is on; at an end only where the list is there too."""
        count, page, top = len(self._model), self._page, self.scroll_offset.y
        self._bar = count > page
        if not self._bar:
            return
        size = max(1, page * page // count)
        start = round((page - size) * top / (count - page)) + self._top_lines
        self._thumb = range(start, start + size)

    def finished_line(self, y: int) -> Strip:
        at = y - self._top_lines
        if 0 <= at < len(self._seen):
            return self._row_line(self._seen[at], self._top + at, y)
        return self._other_line(y)

    def render_line(self, y: int) -> Strip:
        self.prepare()
        return self.finished_line(y)

    def _row_line(self, row: Row, position: int, y: int) -> Strip:
        selected = position == self._model.cursor
        thumb = y in self._thumb if self._bar else None
        marked = row.key in self._model.marks
        layout, width, focused = self._lines_look
        variant = (selected and (focused, True), marked, thumb, width)
        held = self._strips.get(row.key)
        if (
            held is not None
            and held[1] == variant
            and (held[0] is row or _alike(held[0], row, layout))
        ):
            return held[2]
        state = RowState(selected, selected and focused, marked, thumb)
        strip = self._painted(row, layout, state, width)
        if len(self._strips) >= _STRIPS_KEPT:
            self._strips.clear()
        self._strips[row.key] = (row, variant, strip)
        return strip

    def _painted(self, row: Row, layout: Layout, state: RowState, width: int) -> Strip:
        look = self._known_look
        if self._whole.on:
            whole = max(width, self._whole.width_of(layout))
            bare = replace(state, thumb=None)
            strip = self._whole.seen(row_strip(row, layout, bare, whole, look), width)
            strip = strip.adjust_cell_length(width, look.plain[Tone.PLAIN])
            return strip if state.thumb is None else Strip([*strip, look.bars[state.thumb]])
        return row_strip(row, layout, state, width, look)

    @property
    def _known_look(self) -> Look:
        if self._look is None:
            self._find_look()
        assert self._look is not None
        return self._look

    def _other_line(self, y: int) -> Strip:
        """The headings, the notice, or nothing."""
        layout, _, _ = self._lines_look
        words = (self._notice, self._notice_tone, len(self._model) > 0)
        key = (layout, self._model.sort, self.size, self._look, self._whole.left, words)
        if key != self._others_key:
            self._others_key, self._others = key, {}
        strip = self._others.get(y)
        if strip is None:
            strip = self._others[y] = self._made_line(y)
        return strip

    def _made_line(self, y: int) -> Strip:
        width, look = self.size.width, self._known_look
        if y == 0:
            strip = self._heading(width)
        elif self._notice and (not len(self._model) or y == 1):
            lines = wrap(visible(self._notice), max(1, width - 2))
            line = lines[y - 1] if y <= len(lines) else ""
            strip = Strip([Segment(f"  {line}", look.ink.tone(self._notice_tone))])
        else:
            strip = Strip.blank(width)
        return look.finished(strip.adjust_cell_length(width))

    def _heading(self, width: int) -> Strip:
        layout, whole, wide = self._column_layout, width, self._whole
        if wide.on:
            whole = max(width, wide.width_of(layout))
        ink, glyphs = self._known_look.ink, self._known_look.glyphs
        strip = heading_strip(layout, self._titles, self._model.sort, whole, ink, glyphs)
        return wide.seen_heading(strip, width, ink, glyphs) if wide.on else strip


def _alike(one: Row, other: Row, layout: Layout) -> bool:
    """Whether two rows look the same: asked of the columns that are drawn, and of no other."""
    if one.tone is not other.tone or one.depth != other.depth:
        return False
    for slot in layout.slots:
        first, second = one.cells.get(slot.column.id), other.cells.get(slot.column.id)
        if first == second:
            continue
        if first is None or second is None or first.text != second.text:
            return False
        # What it sorts by is not seen: an age that says the same is the same.
        if first.tone is not second.tone or first.glyph != second.glyph:
            return False
    return True
