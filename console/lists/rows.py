"""Rows of a list, made when they are first looked at and kept while they are the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from console.present.context import PresentContext
from console.present.table import Row

T = TypeVar("T")

KEPT: Final = 1024
"""Rows kept; a screen shows a few hundred at most."""

_FRESH_SECONDS: Final = 5
"""How long a row may say the same about how long ago something was."""


class RowCache(Generic[T]):
    """The rows last looked at: made anew when the object is another, and every few seconds."""

    def __init__(self, make: Callable[[T, PresentContext], Row]) -> None:
        self._make = make
        self._rows: dict[str, tuple[Any, object, Row]] = {}

    def row(self, key: str, item: T | None, ctx: PresentContext, depth: int) -> Row:
        """The row of an object; of one that is gone, the last there was."""
        seconds = int(ctx.now.timestamp()) // _FRESH_SECONDS
        moment = (seconds, ctx.translator.language, depth, id(ctx.prices))
        held = self._rows.pop(key, None)
        if held is None or (held[0] is not item and item is not None) or held[1] != moment:
            if item is None:
                return held[2] if held is not None else Row(key)
            row = self._make(item, ctx)
            held = (item, moment, row.at_depth(depth) if depth else row)
            if len(self._rows) >= KEPT:
                del self._rows[next(iter(self._rows))]
        self._rows[key] = held
        return held[2]

    def clear(self) -> None:
        """Make every row anew."""
        self._rows.clear()
