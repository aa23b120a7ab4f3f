"""Which objects there are, which pass the filter, and their order, kept in slices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import compress, islice
from typing import Any, Final, Generic, TypeVar

from console.lists.keys import KeyReader, SortKey
from console.lists.order import Order
from console.lists.slices import Slices, chunks

T = TypeVar("T")

FIRST: Final = 1000
"""Objects arranged by themselves first, so that a long list shows something at once."""

_LONG: Final = 4 * FIRST


def itself(key: str) -> str:
    """A key tells itself apart."""
    return key


class Holding(Generic[T]):
    """Objects by key in their natural order, and those that pass, in the order asked for.

    Args:
        natural: what objects are ordered by where nobody asked (rising, equal ones by key);
            without it the order they came in.
    """

    def __init__(self, natural: Callable[[T], float] | None) -> None:
        self.items: Mapping[str, T] = {}
        self.test: Callable[[T], bool] | None = None
        self.read: KeyReader[T] | None = None
        self.descending = False
        self.order = Order({}, itself)
        """What is shown; exchanged for the next one when that is complete."""
        self.absorbed: Callable[[str, T | None], None] | None = None
        """Told of every object that was put or went."""
        self._of = natural
        self._base = Order({}, itself)
        self._fresh = False
        self._arrived = 0
        self._dirty: dict[str, None] = {}
        self._coming: dict[str, SortKey] = {}
        self._gone: set[str] = set()
        self._moved: dict[str, SortKey] = {}
        self._leaving: set[str] = set()

    # What is to be done.

    def load(self, items: Mapping[str, T]) -> None:
        """Take all objects anew; what is shown stays until `rebuild` is through."""
        self.items = items
        self._fresh = False
        for pending in (self._dirty, self._coming, self._gone, self._moved, self._leaving):
            pending.clear()

    def apply(self, items: Mapping[str, T], changed: Collection[str] | None) -> None:
        """Note what changed; `None` where that is not known."""
        self.items = items
        if changed is None:
            changed = [*self._base.values, *self._coming, *items]
        self._dirty.update(dict.fromkeys(changed))

    @property
    def dirty(self) -> bool:
        """Whether there are changes to `absorb`."""
        return bool(self._dirty) and self._fresh

    @property
    def moved(self) -> bool:
        """Whether objects came, went or moved, for `reorder`."""
        return bool(self._coming or self._gone or self._moved or self._leaving)

    # Making the order.

    def rebuild(self) -> Slices[None]:
        """Filter and sort everything."""
        if not self._fresh:
            yield from self._make_base()
        elif self._coming or self._gone:
            yield from self._merge_base()
        base = self._base
        if self.test is None and self.read is None:
            order = base
        else:
            order = yield from self._arranged(base.ids, base.values)
        self._moved.clear()
        self._leaving.clear()
        self.order = order

    def _make_base(self) -> Slices[None]:
        get, values = self.items.get, dict[str, SortKey]()
        ids = list(self.items)
        base = Order(values, itself)
        self._arrived = 0
        known: list[str] = []
        for chunk in chunks(ids):
            for key in chunk:
                item = get(key)
                if item is not None:
                    values[key] = self._natural(item)
                    known.append(key)
            if not self.order.ids and len(ids) > _LONG and len(known) >= FIRST > len(known) - 1024:
                yield from self._first_page(known[:FIRST], values)
            yield
        yield from base.build(known, tied=self._of is None)
        self._base, self._fresh = base, True

    def _first_page(self, ids: list[str], values: dict[str, SortKey]) -> Slices[None]:
        """Show the first objects of a long list before the others are read."""
        page = Order({key: values[key] for key in ids}, itself)
        yield from page.build(ids, tied=self._of is None)
        if self.test is not None or self.read is not None:
            page = yield from self._arranged(page.ids, page.values)
        self.order = page

    def _natural(self, item: T) -> SortKey:
        if self._of is not None:
            return self._of(item)
        self._arrived += 1
        return float(self._arrived)

    def _arranged(self, ids: list[str], natural: Mapping[str, SortKey]) -> Slices[Order]:
        """The objects that pass, sorted; `ids` are in the order of their ties."""
        test, read = self.test, self.read
        values: dict[str, SortKey] = {}
        kept: list[str] = []
        for chunk in chunks(ids, 512):
            found = self._found(chunk)
            if len(found) < len(chunk):
                chunk = [key for key in chunk if key in self.items]
            if test is not None:
                passed = list(map(test, found))
                chunk, found = list(compress(chunk, passed)), list(compress(found, passed))
            if read is None:
                values.update(zip(chunk, map(natural.__getitem__, chunk), strict=True))
            else:
                values.update(zip(chunk, read.all(found), strict=True))
            kept += chunk
            yield
        order = self._empty_order(values)
        yield from order.build(kept)
        return order

    def _found(self, keys: list[str]) -> list[T]:
        """The objects of keys; some may be gone by now."""
        items = self.items
        try:
            return [items[key] for key in keys]
        except KeyError:
            return [items[key] for key in keys if key in items]

    def _empty_order(self, values: dict[str, SortKey]) -> Order:
        if self.read is None:
            return Order(values, itself)
        return Order(values, self._tie, descending=self.descending)

    def _tie(self, key: str) -> Any:
        """Where an object stands among those that sort alike: in the natural order."""
        coming = self._coming.get(key)
        if coming is None:
            coming = self._base.values.get(key)
        return (0.0 if coming is None else coming, key)

    # Keeping it.

    def absorb(self) -> Slices[None]:
        """Look at what changed: which objects are new, gone, moved, or pass no longer."""
        while self._dirty:
            for key in list(islice(self._dirty, 256)):
                del self._dirty[key]
                item = self.items.get(key)
                if item is None:
                    self._take_away(key)
                elif not self._stays(key, item):
                    self._look_at(key, item)
                if self.absorbed is not None:
                    self.absorbed(key, item)
            yield

    def _stays(self, key: str, item: T) -> bool:
        """Whether an object stands where it stood, as most do: then there is nothing to note."""
        if self.order is not self._base or self._coming or self._gone or self._of is None:
            return False
        return self._base.values.get(key) == self._of(item)

    def _take_away(self, key: str) -> None:
        self._coming.pop(key, None)
        self._moved.pop(key, None)
        if key in self._base.values:
            self._gone.add(key)
        if key in self.order.values:
            self._leaving.add(key)

    def _look_at(self, key: str, item: T) -> None:
        held = self._coming.get(key, self._base.values.get(key))
        if self._of is None:
            # What went and came again stands at the end.
            natural = held if held is not None and key not in self._gone else self._natural(item)
        else:
            natural = self._of(item)
        self._gone.discard(key)
        if held != natural:
            self._coming[key] = natural
        if self.order is not self._base:
            self._place(key, item, natural, held != natural)

    def _place(self, key: str, item: T, natural: SortKey, elsewhere: bool) -> None:
        values = self.order.values
        if self.test is not None and not self.test(item):
            self._moved.pop(key, None)
            if key in values:
                self._leaving.add(key)
            return
        value = natural if self.read is None else self.read(item)
        self._leaving.discard(key)
        if elsewhere or key in self._coming or key not in values or values[key] != value:
            self._moved[key] = value
        else:
            self._moved.pop(key, None)

    def reorder(self) -> Slices[None]:
        """Put what came, went or moved where it belongs."""
        if self.order is not self._base and (self._moved or self._leaving):
            yield from self.order.merge(self._leaving, self._moved)
        self._moved.clear()
        self._leaving.clear()
        if self._coming or self._gone:
            yield from self._merge_base()

    def _merge_base(self) -> Slices[None]:
        yield from self._base.merge(self._gone, self._coming)
        self._coming.clear()
        self._gone.clear()
