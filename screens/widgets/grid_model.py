"""What a grid knows: rows in order, the cursor and the marks by key, the sort."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter

from console.present.table import Column, Row, RowSource
from screens.widgets.grid_source import RowList, rows_of


@dataclass(frozen=True, slots=True)
class Sort:
    """The column rows are ordered by and which way; no column is the order they came in."""

    column: str | None = None
    descending: bool = False


class GridModel:
    """Rows, cursor, marks and sort; the cursor and the marks are keys, never positions.

    Nothing here walks all rows, except sorting a list of them and marking every one.
    """

    def __init__(self) -> None:
        self.source: RowSource = RowList(())
        self.cursor_key: str | None = None
        self.cursor: int = 0
        """Position of the cursor in `source`; only a hint of where `cursor_key` is drawn."""
        self.touched = False
        """Whether somebody has put the cursor or a mark anywhere; until then it stays on top."""
        self.marks: set[str] = set()
        self.anchor_key: str | None = None
        self.sort = Sort()
        self.sorts_itself = True
        self._given: Sequence[Row] | None = ()
        """The rows as they came, `None` where a source orders its own."""

    def __len__(self) -> int:
        return len(self.source)

    @property
    def rows(self) -> Sequence[Row]:
        """The rows in the order they are drawn."""
        return rows_of(self.source)

    @property
    def sortable(self) -> bool:
        """Whether a change of the sort changes anything."""
        return self._given is None or self.sorts_itself

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Replace every row; cursor and marks stay on their objects.

        Where the cursor's object is gone the cursor takes the row now at its position.
        """
        self._given = rows
        self._arrange()

    def set_source(self, source: RowSource, changed: Collection[str] | None) -> None:
        """Show a source, or the same one again after the objects `changed` were put or went."""
        self._given, self.source = None, source
        self._settle(changed)

    def set_sort(self, sort: Sort) -> None:
        """Order the rows by `sort`, where they are a list; the cursor stays on its object."""
        self.sort = sort
        if self._given is not None:
            self._arrange()

    def position(self, key: str) -> int | None:
        """Where the object with that key is in the list."""
        if self.cursor < len(self.source) and self.source.key(self.cursor) == key:
            return self.cursor
        return self.source.position(key)

    def move_to(self, position: int) -> None:
        """Put the cursor on the row nearest to `position`."""
        count = len(self.source)
        if not count:
            self.cursor, self.cursor_key = 0, None
            return
        self.cursor = max(0, min(position, count - 1))
        self.cursor_key = self.source.key(self.cursor)

    def toggle_mark(self) -> None:
        """Mark the row of the cursor, or take its mark away."""
        if self.cursor_key is not None:
            self.marks ^= {self.cursor_key}
            self.anchor_key = self.cursor_key

    def mark_range(self) -> None:
        """Mark every row from the last one marked to the cursor."""
        if self.cursor_key is None:
            return
        anchor = self.position(self.anchor_key) if self.anchor_key is not None else None
        start, end = sorted((self.cursor if anchor is None else anchor, self.cursor))
        self.marks.update(map(self.source.key, range(start, end + 1)))
        self.anchor_key = self.cursor_key

    def mark_all(self) -> None:
        """Mark every row, or take every mark away where all have one."""
        keys = set(map(self.source.key, range(len(self.source))))
        self.marks = set() if keys <= self.marks else keys

    def marked(self) -> list[str]:
        """The keys of the marked rows, in the order of the list."""
        places = ((self.source.position(key), key) for key in self.marks)
        return [key for _, key in sorted((at, key) for at, key in places if at is not None)]

    def cycle_sort(self, columns: Sequence[Column], step: int) -> None:
        """Sort by the next column to the right (`step` 1) or left (-1); past the end, by none."""
        ids: list[str | None] = [None, *(column.id for column in columns)]
        at = ids.index(self.sort.column) if self.sort.column in ids else 0
        self.set_sort(Sort(ids[(at + step) % len(ids)]))

    def flip_sort(self, columns: Sequence[Column]) -> None:
        """The other direction; from no sort, the first column upward."""
        if self.sort.column is None:
            self.set_sort(Sort(columns[0].id if columns else None))
        else:
            self.set_sort(Sort(self.sort.column, not self.sort.descending))

    def _arrange(self) -> None:
        given = self._given or ()
        sorts = self.sorts_itself and self.sort.column
        self.source = RowList(self._sorted(given) if sorts else given)
        self._settle(None)

    def _settle(self, changed: Collection[str] | None) -> None:
        if self.marks:
            # A mark on an object that is not shown would be acted on unseen.
            asked = self.marks if changed is None else self.marks.intersection(changed)
            self.marks = self.marks - {key for key in asked if self.position(key) is None}
        if not self.touched:
            # It stands on no object of anybody's choice, so it does not go away with one.
            self.move_to(0)
            return
        found = self.position(self.cursor_key) if self.cursor_key is not None else None
        self.move_to(self.cursor if found is None else found)

    def _sorted(self, given: Sequence[Row]) -> list[Row]:
        column, descending = self.sort.column or "", self.sort.descending
        if not any(row.depth for row in given):
            return _by(given, column, descending)
        groups = _groups(given)
        heads = _by([group[0] for group in groups], column, descending)
        members = {id(group[0]): group for group in groups}
        return [row for head in heads for row in members[id(head)]]


def _by(rows: Sequence[Row], column: str, descending: bool) -> list[Row]:
    """Numbers before words; stable; rows without a value come last in either direction."""
    numbers: list[tuple[float, Row]] = []
    words: list[tuple[str, Row]] = []
    missing: list[Row] = []
    for row in rows:
        cell = row.cells.get(column)
        value = None if cell is None else cell.text if cell.sort is None else cell.sort
        if value is None or value == "" or value != value:
            missing.append(row)
        elif isinstance(value, str):
            words.append((value.casefold(), row))
        else:
            numbers.append((value, row))
    numbers.sort(key=itemgetter(0), reverse=descending)
    words.sort(key=itemgetter(0), reverse=descending)
    rising = [[row for _, row in numbers], [row for _, row in words]]
    return [*chain.from_iterable(reversed(rising) if descending else rising), *missing]


def _groups(rows: Iterable[Row]) -> list[list[Row]]:
    """Each top row with the deeper rows that follow it."""
    groups: list[list[Row]] = []
    for row in rows:
        if row.depth and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    return groups
