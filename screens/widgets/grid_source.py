"""Where a grid's rows come from: a short list of them, or a source that makes them when seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from console.present.table import Row, RowSource


class RowList:
    """Rows that are all there, as a source. Positions are only indexed when one is asked for."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._index: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def row(self, index: int) -> Row:
        return self.rows[index]

    def key(self, index: int) -> str:
        return self.rows[index].key

    def position(self, key: str) -> int | None:
        if self._index is None:
            self._index = {row.key: at for at, row in enumerate(self.rows)}
        return self._index.get(key)


class SourceRows(Sequence[Row]):
    """The rows of a source as a sequence; each is made when it is taken."""

    def __init__(self, source: RowSource) -> None:
        self._source = source

    def __len__(self) -> int:
        return len(self._source)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self._source.row(at) for at in range(*index.indices(len(self._source)))]
        count = len(self._source)
        if not -count <= index < count:
            raise IndexError(index)
        return self._source.row(index % count)


def rows_of(source: RowSource) -> Sequence[Row]:
    """The rows of a source in order, without making those nobody takes."""
    return source.rows if isinstance(source, RowList) else SourceRows(source)
