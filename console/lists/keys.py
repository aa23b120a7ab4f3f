"""What an object sorts by: numbers before words, words whatever their case, the missing last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from console.present.context import PresentContext
from console.present.filters.fields import FieldSet, Value
from console.present.table import Row

T = TypeVar("T")

SortKey = float | str | None
"""`None` is missing and sorts last in either direction."""


def sort_key(value: Value) -> SortKey:
    """A field's value as what it sorts by."""
    if isinstance(value, str):
        return value.casefold() or None
    if value is None or value != value:
        return None
    if isinstance(value, tuple):
        return ", ".join(value).casefold() or None
    return value


class KeyReader(Generic[T]):
    """Reads the sort key of one column.

    Args:
        row: makes the row of an object; its cells stand in for a column without a field.
    """

    def __init__(
        self,
        column: str,
        fields: FieldSet[T] | None,
        row: Callable[[T, PresentContext], Row],
        ctx: PresentContext,
    ) -> None:
        field = fields.fields.get(column) if fields is not None else None
        self._read = None if field is None else field.rank or field.read
        self._column = column
        self._row = row
        self._ctx = ctx

    def __call__(self, item: T) -> SortKey:
        return self.all([item])[0]

    def all(self, items: list[T]) -> list[SortKey]:
        """The keys of several objects."""
        read, ctx = self._read, self._ctx
        if read is None:
            return [self._of_cell(item) for item in items]
        values = [read(item, ctx) for item in items]
        return [
            (value.casefold() or None) if value.__class__ is str else sort_key(value)
            for value in values
        ]

    def _of_cell(self, item: T) -> SortKey:
        cell = self._row(item, self._ctx).cells.get(self._column)
        return None if cell is None else sort_key(cell.text if cell.sort is None else cell.sort)
