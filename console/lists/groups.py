"""Groups of a list: which group an object is in, and the sums over one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Final

from api_client.models.scalars import from_unix
from console.lists.keys import SortKey, sort_key
from console.present.context import PresentContext
from console.present.filters.fields import Field, FieldSet, Value
from console.present.filters.values import Kind

HEAD: Final = "\x1e"
"""Starts the key of every line that stands for several objects."""

GROUP: Final = f"{HEAD}g"
ARRAY: Final = f"{HEAD}a"

MANY_GROUPS: Final = 30
"""Beyond so many, groups are folded until somebody unfolds them."""

_MINUTE, _HOUR, _DAY, _WEEK = 60, 3600, 86_400, 604_800
_SPANS: Final = ((_MINUTE, "< 1m"), (_HOUR, "< 1h"), (_DAY, "< 1d"), (_WEEK, "< 7d"))


def group_label(kind: Kind, value: Value) -> tuple[str, SortKey]:
    """The group a value is in: its name, and what the group sorts by."""
    if isinstance(value, tuple):
        value = ", ".join(value)
    if value is None or value == "" or value != value:
        return "", None
    if isinstance(value, str):
        return value, sort_key(value)
    if kind is Kind.DURATION:
        return next(((name, float(end)) for end, name in _SPANS if value < end), ("≥ 7d", 1e12))
    if kind is Kind.TIME:
        day = from_unix(value, UTC).date()
        return day.isoformat(), float(day.toordinal())
    if kind is Kind.RATIO:
        tens = min(9, max(0, int(value * 10)))
        return f"{tens * 10}–{tens * 10 + 10}%", float(tens)
    if kind is Kind.MONEY:
        return _decade(value)
    return f"{value:g}" if isinstance(value, float) else str(value), float(value)


def _decade(value: float) -> tuple[str, SortKey]:
    """Money in powers of ten: what costs alike stands together."""
    if value < 1:
        return "< 1", 0.0
    low = 10 ** (len(str(int(value))) - 1)
    return f"{low:,}–{low * 10:,}", float(low)


Facts = tuple[str, str, float | None]
"""Of one object: its group, its state, its amount."""


@dataclass(slots=True)
class Tally:
    """Sums over the objects of one line."""

    count: int = 0
    amount: float | None = None
    """Sum of the noun's amount (accelerators); `None` where nothing has one."""
    states: Counter[str] = field(default_factory=Counter)

    def add(self, facts: Facts, times: int = 1) -> None:
        """Count an object in, or so many that count for the same."""
        _, state, amount = facts
        self.count += times
        if state:
            self.states[state] += times
        if amount is not None:
            self.amount = (self.amount or 0) + amount * times

    def take(self, facts: Facts) -> None:
        """Count an object out."""
        self.add(facts, -1)


class Grouping:
    """Reads the group, the state and the amount of objects of one noun."""

    def __init__(self, column: str, fields: FieldSet[Any], ctx: PresentContext) -> None:
        self.column = column
        self._field = fields.get(column) if column else None
        self._state = _reader(fields.get("state"), ctx)
        self._amount = _reader(fields.get("accelerators"), ctx)
        self._ctx = ctx
        self.order: dict[str, SortKey] = {}
        """Every group met -> what it sorts by."""

    def facts(self, item: Any) -> Facts:
        """The group of an object, its state, and its amount."""
        name = ""
        if self._field is not None:
            name, order = group_label(self._field.kind, self._field.read(item, self._ctx))
            self.order.setdefault(name, order)
        state = "" if self._state is None else str(self._state(item))
        amount = None if self._amount is None else self._amount(item)
        return name, state, amount if isinstance(amount, int | float) else None

    def sorted(self, names: Iterable[str], *, descending: bool) -> list[str]:
        """Groups in order: numbers before words, the nameless last."""
        ranked = [(self.order.get(name), name) for name in names]
        numbers = sorted(pair for pair in ranked if isinstance(pair[0], int | float))
        words = sorted(pair for pair in ranked if isinstance(pair[0], str))
        known = [*numbers, *words]
        if descending:
            known.reverse()
        return [name for _, name in known] + [name for order, name in ranked if order is None]


def _reader(field: Field[Any] | None, ctx: PresentContext) -> Callable[[Any], Value] | None:
    if field is None:
        return None
    read = field.read
    return lambda item: read(item, ctx)
