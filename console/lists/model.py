"""A list of any length: what is shown of a feed, in order, made and kept in slices."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from console.lists.arrangement import Arrangement
from console.lists.arrays import Arrays
from console.lists.groups import Grouping
from console.lists.holding import Holding, itself
from console.lists.keys import KeyReader
from console.lists.lines import Head, Lines
from console.lists.rows import RowCache
from console.lists.slices import Slices
from console.present.context import PresentContext
from console.present.filters.fields import FieldSet
from console.present.filters.match import Test, matcher
from console.present.filters.parse import parse
from console.present.table import Row

T = TypeVar("T")

_ASKED_OFTEN: Final = 64
"""From so many questions for positions on, all of them are written down."""

_NO_FIELDS: Final[FieldSet[Any]] = FieldSet("", {}, lambda item, ctx: ())


@dataclass(frozen=True)
class ListKind(Generic[T]):
    """What a list is of.

    Attributes:
        natural: what objects are ordered by where nobody asked for an order (rising; equal ones
            by key); without it the order they came in.
        head_row: makes the row of a group or an array.
        arrays: whether objects can be members of an array: they have an owner and a name for key.
    """

    row: Callable[[T, PresentContext], Row]
    fields: FieldSet[T] | None = None
    natural: Callable[[T], float] | None = None
    head_row: Callable[[Head, PresentContext], Row] | None = None
    arrays: bool = False


class ListModel(Generic[T]):
    """Keys of a feed's objects, filtered, sorted, grouped and folded; a `RowSource`.

    Give it the objects with `load` or `apply`, say how with `arrange`, then call `step` until it
    is done. What was shown before stays until what replaces it is ready.
    """

    def __init__(self, kind: ListKind[T], ctx: PresentContext) -> None:
        self.kind = kind
        self.arrangement = Arrangement()
        self.version = 0
        """Counts the times that lines came, went or moved."""
        self._ctx = self._shown_ctx = ctx
        self._holding: Holding[T] = Holding(kind.natural)
        self._holding.absorbed = self._absorbed
        self._grouping = Grouping("", _NO_FIELDS, ctx)
        self._arrays: Arrays | None = None
        self._lines: Lines | None = None
        self._rows: RowCache[T] = RowCache(kind.row)
        self._work: Slices[None] | None = None
        self._wanted = self._regroup = self._refold = False
        self._index: dict[str, int] | None = None
        self._asked = 0

    # What a caller says.

    def load(self, items: Mapping[str, T]) -> None:
        """Take all objects anew."""
        self._holding.load(items)
        self._start_again()

    def apply(self, items: Mapping[str, T], changed: Collection[str] | None) -> None:
        """Take over changes; `None` where it is not known what changed."""
        self._holding.apply(items, changed)

    def arrange(self, arrangement: Arrangement, ctx: PresentContext) -> None:
        """Filter, sort, group and fold so. Ages count from `ctx.now` until the next call.

        Raises:
            FilterError: the filter cannot be read; nothing is changed then.
        """
        test = self._tester(arrangement, ctx)
        before, self.arrangement = self.arrangement, arrangement
        if (before.filter, before.sort) == (arrangement.filter, arrangement.sort):
            grouped = (before.group, before.arrays) == (arrangement.group, arrangement.arrays)
            self._refold = grouped and self._lines is not None
            self._regroup = True
            if not grouped:
                self._prepare_groups()
        else:
            self._prepare(test, ctx)

    def again(self, ctx: PresentContext) -> None:
        """Filter and sort anew: time has passed and ages decide, or what objects show changed."""
        self._prepare(self._tester(self.arrangement, ctx), ctx)

    def present(self, ctx: PresentContext) -> None:
        """Make rows for this moment and this language from now on."""
        self._shown_ctx = ctx

    def forget_rows(self) -> None:
        """Make every row again: something all of them show is another."""
        self._rows.clear()

    def step(self, budget_seconds: float, *, reorder: bool = True) -> bool:
        """Work for about so long; true when there is nothing left to do.

        Args:
            reorder: False leaves what moved where it is for now, and counts it as done.
        """
        deadline = time.perf_counter() + budget_seconds
        while True:
            work = self._work or self._begin(reorder)
            if work is None:
                return True
            self._work = work
            if next(work, _END) is _END:
                self._work = None
            if time.perf_counter() >= deadline:
                self._work = self._work or self._begin(reorder)
                return self._work is None

    # What it knows.

    def __len__(self) -> int:
        return len(self._lines.keys if self._lines is not None else self._holding.order.ids)

    def key(self, index: int) -> str:
        return (self._lines.keys if self._lines is not None else self._holding.order.ids)[index]

    def row(self, index: int) -> Row:
        """The row at a position, made when it is first looked at."""
        key = self.key(index)
        head = self.head(key)
        if head is not None:
            make = self.kind.head_row
            return make(head, self._shown_ctx) if make is not None else Row(key, depth=head.depth)
        depth = self._lines.depth_of(key) if self._lines is not None else 0
        return self._rows.row(key, self._holding.items.get(key), self._shown_ctx, depth)

    def position(self, key: str) -> int | None:
        """Where a line is; `None` where it is not shown."""
        if self._lines is not None:
            return self._lines.position(key)
        if self._index is None:
            self._asked += 1
            if self._asked <= _ASKED_OFTEN:
                return self._holding.order.position(key)
            ids = self._holding.order.ids
            self._index = dict(zip(ids, range(len(ids)), strict=True))
        return self._index.get(key)

    def item(self, key: str) -> T | None:
        """The object of a key; `None` for a head and for what is gone."""
        return None if self.head(key) is not None else self._holding.items.get(key)

    def head(self, key: str) -> Head | None:
        """The group or array whose line has that key."""
        return self._lines.heads.get(key) if self._lines is not None else None

    def head_of(self, key: str) -> Head | None:
        """The group or array an object stands under; the innermost."""
        return self._lines.head_of(key) if self._lines is not None else None

    def lost(self, keys: Collection[str]) -> set[str]:
        """Those of the keys that are neither objects that pass nor heads on show."""
        gone = set(keys).difference(self._holding.order.values)
        return {key for key in gone if self.head(key) is None}

    @property
    def ids(self) -> Sequence[str]:
        """Keys of all objects that pass the filter, in order, folded away or not."""
        return self._holding.order.ids

    @property
    def total(self) -> int:
        """How many objects there are before any filter."""
        return len(self._holding.items)

    @property
    def heads(self) -> Sequence[Head]:
        """Every group and array on show, in order."""
        return tuple(self._lines.heads.values()) if self._lines is not None else ()

    @property
    def moved(self) -> bool:
        """Whether objects came, went or moved that the lines do not show yet."""
        return self._holding.moved or self._regroup

    # How.

    def _tester(self, arrangement: Arrangement, ctx: PresentContext) -> Test[T] | None:
        fields = self.kind.fields
        if fields is None or not arrangement.filter.strip():
            return None
        return matcher(parse(arrangement.filter, fields), fields, ctx)

    def _prepare(self, test: Test[T] | None, ctx: PresentContext) -> None:
        sort, kind, self._ctx = self.arrangement.sort, self.kind, ctx
        read = KeyReader(sort.column, kind.fields, kind.row, ctx) if sort.column else None
        self._holding.test, self._holding.read = test, read
        self._holding.descending = sort.descending
        self._prepare_groups()
        self._start_again()

    def _prepare_groups(self) -> None:
        arrangement = self.arrangement
        fields = self.kind.fields or _NO_FIELDS
        self._grouping = Grouping(arrangement.group, fields, self._ctx)
        wanted = arrangement.arrays and self.kind.arrays
        self._arrays = Arrays(itself, self._owner) if wanted else None

    def _owner(self, key: str) -> str:
        item = self._holding.items.get(key)
        field = self.kind.fields.get("owner") if self.kind.fields is not None else None
        return str(field.read(item, self._ctx)) if field is not None and item is not None else ""

    def _start_again(self) -> None:
        self._work, self._wanted = None, True

    def _begin(self, reorder: bool) -> Slices[None] | None:
        """What is to be done next; `None` where nothing is."""
        if self._wanted:
            self._wanted = False
            return self._rearranged(self._holding.rebuild())
        if self._holding.dirty:
            return self._holding.absorb()
        if reorder and self._holding.moved:
            return self._rearranged(self._holding.reorder())
        if reorder and self._regroup:
            return self._refolded() if self._refold else self._rearranged(_nothing())
        return None

    def _rearranged(self, work: Slices[None]) -> Slices[None]:
        """Change the order, then lay it out in groups where there are some."""
        ids = self._holding.order.ids
        for _ in work:
            if self._holding.order.ids is not ids:
                ids = self._holding.order.ids
                if self._lines is None or not self._lines.keys:
                    # Already what is shown, or the first page of a long list.
                    self._lines = None
                    self._changed()
            yield
        self._regroup = self._refold = False
        if self.arrangement.group or self._arrays is not None:
            lines = Lines(self._grouping, self._arrays)
            yield from lines.count(self._holding.order.ids, self._holding.items.get)
            yield from lines.lay(self.arrangement)
            self._lines = lines
        else:
            self._lines = None
        self._changed()

    def _refolded(self) -> Slices[None]:
        """Lay the same groups out again: only what is folded is another."""
        self._regroup = self._refold = False
        if self._lines is not None:
            lines = self._lines.copy()
            yield from lines.lay(self.arrangement)
            self._lines = lines
        self._changed()

    def _changed(self) -> None:
        self.version += 1
        self._index, self._asked = None, 0

    def _absorbed(self, key: str, item: T | None) -> None:
        lines = self._lines
        if lines is None or item is None:
            return
        if lines.update(key, self._grouping.facts(item)):
            self._regroup, self._refold = True, False


_END: Final = object()


def _nothing() -> Slices[None]:
    yield from ()
