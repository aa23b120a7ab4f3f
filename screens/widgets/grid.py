"""The table of every list: virtual, keyed, painted line by line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from textual import events

from console.present.table import Column, Row, RowSource, Tone
from screens.widgets.grid_lines import GridLines
from screens.widgets.grid_model import Sort


class Grid(GridLines, can_focus=True):
    """Rows by key under a fixed line of headings; it sorts, marks and scrolls, and fetches nothing.

    Set `columns` and `titles` with `set_columns`, rows with `set_rows`; the caller binds keys to
    the `action_*` methods. `sorts_itself=False` leaves the order to the caller.
    """

    DEFAULT_CSS = """
    Grid { height: 1fr; overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 0; }
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
        super().__init__(columns, titles or {}, id=id, classes=classes)
        self._model.sorts_itself = sorts_itself
        self.marks_rows = False

    # What the caller sets and reads.

    def set_columns(self, columns: Sequence[Column], titles: Mapping[str, str]) -> None:
        """Show these columns under these translated titles (by column id)."""
        self._columns, self._titles = tuple(columns), dict(titles)
        self._first_column = 0
        self._wanted = {}
        self._relayout()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace every row. The cursor and the marks stay on their objects.

        `rows` is kept, not copied: hand in a new sequence each time. Only lines that differ from
        what is on the screen are painted again.
        """
        self._show(lambda: self._model.set_rows(rows))

    def set_source(self, source: RowSource, *, changed: Collection[str] | None = None) -> None:
        """Show a list of any length, which makes its rows when they are looked at.

        Call it again with the same source after it changed; `changed` are the keys put or gone
        since, `None` where that is not known. The source keeps its own order: a new sort is told
        by `SortChanged`.
        """
        self._show(lambda: self._model.set_source(source, changed))

    def _show(self, change: Callable[[], None]) -> None:
        model = self._model
        before_key, before_marks = model.cursor_key, frozenset(model.marks)
        cursor = model.cursor
        offset = cursor - self.scroll_offset.y
        change()
        self._whole.forget()
        self._resize_virtual()
        if model.cursor != cursor and 0 <= offset < self._page:
            # Where the cursor's object moved, the view moves with it.
            self._show_from(model.cursor - offset)
        self._top, self._seen = self._shown_rows()
        self._measure()
        self.repaint()
        self._tell(before_key, before_marks)

    def set_notice(self, text: str, tone: Tone = Tone.DIM) -> None:
        """One translated sentence: why the list is empty, that it loads, since when it is stale.

        With rows it is one line under the headings; without, it stands in their place.
        """
        if (text, tone) == (self._notice, self._notice_tone):
            return
        self._notice, self._notice_tone = text, tone
        self._resize_virtual()
        self._laid_out = None
        self.repaint()

    def set_sort(self, column: str | None, descending: bool = False) -> None:
        """Order by a column, or as given; posts `SortChanged` when that is new."""
        self._sort(Sort(column, descending))

    @property
    def silent_verbs(self) -> frozenset[str]:
        """Actions that mean nothing here: `marks_rows` says whether anything reads the marks."""
        sorting = () if self._model.sortable else ("sort_next", "sort_prev", "sort_column")
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
    def column_widths(self) -> Mapping[str, int]:
        """The widths a person gave to columns, in cells; the others are as wide as they need."""
        return dict(self._fixed)

    @column_widths.setter
    def column_widths(self, widths: Mapping[str, int]) -> None:
        fixed = {name: max(1, width) for name, width in widths.items()}
        if fixed != self._fixed:
            self._fixed = fixed
            self._relayout()

    @property
    def drawn_widths(self) -> Mapping[str, int]:
        """Cells that the columns on the screen take now."""
        return {slot.column.id: slot.width for slot in self._column_layout.slots}

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns in their order, those of money too while they are not shown."""
        return self._columns

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

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor."""
        return self._model.source.row(self._model.cursor) if len(self._model) else None

    @property
    def marked(self) -> list[str]:
        """The keys of the marked objects in the order of the list."""
        return self._model.marked()

    def show_sort(self, column: str | None, descending: bool = False) -> None:
        """Draw the sign of an order that the source already has; posts nothing."""
        self._model.set_sort(Sort(column, descending))
        self.repaint()

    def clear_marks(self) -> None:
        """Take every mark away."""
        self._change_marks(self._model.marks.clear)

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
        if at.y >= self._top_lines and position < len(self._model):
            self._move(position)
            if event.chain == 2:
                self.action_open()
