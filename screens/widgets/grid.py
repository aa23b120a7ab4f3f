"""The table of every list: virtual, keyed, painted line by line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.segment import Segment
from textual import events
from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip

from console.present.table import Column, Row, Tone
from screens.widgets.cells import visible, wrap
from screens.widgets.grid_columns import Layout, lay_out, wanted_widths
from screens.widgets.grid_model import Sort
from screens.widgets.grid_moves import GridMoves
from screens.widgets.grid_paint import RowState, changed_lines, heading_strip, row_strip
from screens.widgets.grid_wide import WholeColumns


class Grid(GridMoves, can_focus=True):
    """Rows by key under a fixed line of headings; it sorts, marks and scrolls, and fetches nothing.

    Set `columns` and `titles` with `set_columns`, rows with `set_rows`; the caller binds keys to
    the `action_*` methods. `sorts_itself=False` leaves the order to the caller.
    """

    DEFAULT_CSS = """
    Grid { height: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    def __init__(
        self,
        columns: Sequence[Column] = (),
        titles: Mapping[str, str] | None = None,
        *,
        sorts_itself: bool = True,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._model.sorts_itself = sorts_itself
        self.marks_rows = False
        self._whole = WholeColumns()
        self._columns = tuple(columns)
        self._titles = dict(titles or {})
        self._show_money = False
        self._wanted: dict[str, int] = {}
        self._column_cache: tuple[object, Layout] | None = None
        self._notice = ""
        self._notice_tone = Tone.DIM
        self._strips: LRUCache[str, tuple[Row, object, Strip]] = LRUCache(512)

    # What the caller sets and reads.

    def set_columns(self, columns: Sequence[Column], titles: Mapping[str, str]) -> None:
        """Show these columns under these translated titles (by column id)."""
        self._columns, self._titles = tuple(columns), dict(titles)
        self._first_column = 0
        self._wanted, self._column_cache = {}, None
        self._relayout()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace every row. The cursor and the marks stay on their objects.

        `rows` is kept, not copied: hand in a new sequence each time. Only lines that differ from
        what is on the screen are painted again.
        """
        before_key, before_marks = self._model.cursor_key, frozenset(self._model.marks)
        start, shown = self._shown_rows()
        count, cursor = len(self._model.rows), self._model.cursor
        offset = cursor - self.scroll_offset.y
        self._model.set_rows(rows)
        self._whole.forget()
        self._wanted, grown = self._measured(), self._wanted
        if count != len(self._model.rows):
            self._resize_virtual()
        if self._model.cursor != cursor and 0 <= offset < self._page:
            # Where the cursor's object moved, the view moves with it.
            self.scroll_to(y=self._model.cursor - offset, animate=False, force=True)
        if grown != self._wanted or count != len(self._model.rows) or cursor != self._model.cursor:
            self.refresh()
        else:
            for at in changed_lines(shown, self._model.rows[start : start + len(shown)]):
                self._refresh_row(start + at)
        self._tell(before_key, before_marks)

    def set_notice(self, text: str, tone: Tone = Tone.DIM) -> None:
        """One translated sentence: why the list is empty, that it loads, since when it is stale.

        With rows it is one line under the headings; without, it stands in their place.
        """
        if (text, tone) == (self._notice, self._notice_tone):
            return
        self._notice, self._notice_tone = text, tone
        self._resize_virtual()
        self.refresh()

    def set_sort(self, column: str | None, descending: bool = False) -> None:
        """Order by a column, or as given; posts `SortChanged` when that is new."""
        self._sort(Sort(column, descending))

    @property
    def silent_verbs(self) -> frozenset[str]:
        """Actions that mean nothing here: `marks_rows` says whether anything reads the marks."""
        sorting = () if self._model.sorts_itself else ("sort_next", "sort_prev", "sort_column")
        marking = () if self.marks_rows else ("mark", "mark_range", "mark_all")
        return frozenset((*sorting, *marking))

    @property
    def sort(self) -> Sort:
        """The column the rows are ordered by."""
        return self._model.sort

    @property
    def show_money(self) -> bool:
        """Whether columns of money are shown."""
        return self._show_money

    @show_money.setter
    def show_money(self, show: bool) -> None:
        self._show_money = show
        self._relayout()

    @property
    def rows(self) -> Sequence[Row]:
        """The rows in the order they are drawn."""
        return self._model.rows

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that can be shown now, hidden by width or not."""
        return tuple(c for c in self._columns if self._show_money or not c.money)

    @property
    def cursor_key(self) -> str | None:
        """The key of the object under the cursor."""
        return self._model.cursor_key

    @property
    def marks(self) -> frozenset[str]:
        """The keys of the marked objects."""
        return frozenset(self._model.marks)

    def select(self, key: str) -> bool:
        """Put the cursor on the object with that key; False where it is not in the list."""
        position = self._model.position(key)
        if position is not None:
            self._move(position)
        return position is not None

    def clear_marks(self) -> None:
        """Take every mark away."""
        self._change_marks(self._model.marks.clear)

    # Geometry.

    @property
    def _top_lines(self) -> int:
        return 2 if self._notice and self._model.rows else 1

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
        return wanted_widths(self.columns, self._model.rows, self._titles, self._wanted)

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
        self.virtual_size = Size(0, len(self._model.rows) + self._top_lines)

    def _shown_rows(self) -> tuple[int, Sequence[Row]]:
        start = self.scroll_offset.y
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
        if self._notice and (not self._model.rows or y == 1):
            lines = wrap(visible(self._notice), max(1, width - 2))
            line = lines[y - 1] if y <= len(lines) else ""
            return Strip([Segment(f"  {line}", self.ink.tone(self._notice_tone))])
        position = self.scroll_offset.y + y - self._top_lines
        if not 0 <= position < len(self._model.rows):
            return Strip.blank(width)
        if not self._whole.on:
            return self._row_line(self._model.rows[position], position, width)
        whole = max(width, self._whole.width_of(self._column_layout))
        row = self._row_line(self._model.rows[position], position, whole)
        return self._whole.seen(row, width)

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

    # Mouse: it does nothing that a key cannot.

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y == 0:
            column = self._column_layout.column_at(at.x + self._whole.left)
            if column is not None:
                again = column.id == self.sort.column and not self.sort.descending
                self._sort(Sort(column.id, again))
            return
        position = self.scroll_offset.y + at.y - self._top_lines
        if at.y >= self._top_lines and position < len(self._model.rows):
            self._move(position)
            if event.chain == 2:
                self.action_open()
