"""The verbs of a grid, named after the actions of the key map's `list` context."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from console.present.table import Column
from screens.widgets.grid_model import GridModel, Sort
from screens.widgets.line_painter import LinePainter


class GridMoves(LinePainter):
    """Cursor, marks and sort of a grid, what it says about them, and the actions on them."""

    @dataclass
    class RowChosen(Message, namespace="grid"):
        """Enter or a double click on a row."""

        grid: GridMoves
        key: str

        @property
        def control(self) -> GridMoves:
            return self.grid

    @dataclass
    class CursorMoved(Message, namespace="grid"):
        """The cursor is on another object; `None` when the list is empty."""

        grid: GridMoves
        key: str | None

        @property
        def control(self) -> GridMoves:
            return self.grid

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, GridMoves.CursorMoved) and message.grid is self.grid

    @dataclass
    class MarksChanged(Message, namespace="grid"):
        """The set of marked objects is another one."""

        grid: GridMoves
        keys: frozenset[str]

        @property
        def control(self) -> GridMoves:
            return self.grid

    @dataclass
    class SortChanged(Message, namespace="grid"):
        """Rows are ordered by another column, or the other way round."""

        grid: GridMoves
        column: str | None
        descending: bool

        @property
        def control(self) -> GridMoves:
            return self.grid

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._model = GridModel()
        self._first_column = 0

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that can be shown now."""
        raise NotImplementedError

    @property
    def _top_lines(self) -> int:
        return 1

    @property
    def _page(self) -> int:
        """Rows that fit on the screen at once."""
        return max(1, self.size.height - self._top_lines)

    # Movement.

    def action_down(self) -> None:
        self._move(self._model.cursor + 1)

    def action_up(self) -> None:
        self._move(self._model.cursor - 1)

    def action_top(self) -> None:
        self._move(0)

    def action_bottom(self) -> None:
        self._move(len(self._model) - 1)

    def action_half_down(self) -> None:
        self._move(self._model.cursor + max(1, self._page // 2))

    def action_half_up(self) -> None:
        self._move(self._model.cursor - max(1, self._page // 2))

    def action_page_down(self) -> None:
        self._move(self._model.cursor + self._page)

    def action_page_up(self) -> None:
        self._move(self._model.cursor - self._page)

    def action_open(self) -> None:
        if self._model.cursor_key is not None:
            self.post_message(self.RowChosen(self, self._model.cursor_key))

    def action_column_left(self) -> None:
        self._scroll_columns(-1)

    def action_column_right(self) -> None:
        self._scroll_columns(1)

    # Marks.

    def action_mark(self) -> None:
        """Mark the row and step on, so that holding the key marks a stretch."""
        self._change_marks(self._model.toggle_mark)
        self._move(self._model.cursor + 1)

    def action_mark_range(self) -> None:
        self._change_marks(self._model.mark_range)

    def action_mark_all(self) -> None:
        self._change_marks(self._model.mark_all)

    # Sort.

    def action_sort_next(self) -> None:
        self._sort_by(lambda: self._model.cycle_sort(self.columns, 1))

    def action_sort_prev(self) -> None:
        self._sort_by(lambda: self._model.cycle_sort(self.columns, -1))

    def action_sort_column(self) -> None:
        """Turn the order round."""
        self._sort_by(lambda: self._model.flip_sort(self.columns))

    # How.

    def _move(self, position: int) -> None:
        before, key = self._model.cursor, self._model.cursor_key
        self._model.touched = True
        self._model.move_to(position)
        moved = before != self._model.cursor or key != self._model.cursor_key
        if self._reveal() or moved:
            self.repaint()
        if moved:
            self._tell(key, frozenset(self._model.marks))

    def _reveal(self) -> bool:
        """Scroll just so far that the cursor can be seen; True where that was needed."""
        top, cursor = self.scroll_offset.y, self._model.cursor
        return self._show_from(max(min(top, cursor), cursor - self._page + 1))

    def _show_from(self, position: int) -> bool:
        """Draw the row at that position first, or as near to it as there are rows."""
        before = self.scroll_offset.y
        # Past the watchers: the caller repaints once, when the cursor has moved too.
        top = max(0, min(position, self.max_scroll_y))
        self.set_reactive(GridMoves.scroll_target_y, float(top))
        self.set_reactive(GridMoves.scroll_y, float(top))
        return before != top

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if round(old_value) != round(new_value):
            self.repaint()

    def _scroll_columns(self, step: int) -> None:
        last = max(0, len(self.columns) - 2)
        first = max(0, min(self._first_column + step, last))
        if first != self._first_column:
            self._first_column = first
            self.repaint()

    def _change_marks(self, change: Callable[[], None]) -> None:
        key, before = self._model.cursor_key, frozenset(self._model.marks)
        self._model.touched = True
        change()
        self.repaint()
        self._tell(key, before)

    def _sort_by(self, change: Callable[[], None]) -> None:
        before, key = self._model.sort, self._model.cursor_key
        change()
        if self._model.sort == before:
            return
        self._reveal()
        self.repaint()
        sort = self._model.sort
        self.post_message(self.SortChanged(self, sort.column, sort.descending))
        self._tell(key, frozenset(self._model.marks))

    def _sort(self, sort: Sort) -> None:
        self._sort_by(lambda: self._model.set_sort(sort))

    def _tell(self, key: str | None, marks: frozenset[str]) -> None:
        if self._model.cursor_key != key:
            self.post_message(self.CursorMoved(self, self._model.cursor_key))
        if self._model.marks != marks:
            self.post_message(self.MarksChanged(self, frozenset(self._model.marks)))
