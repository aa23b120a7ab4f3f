"""The items of one feed, changed in place: a change costs the same in a tenant of any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from console.state.change_log import ChangeLog
from console.state.sharing import Share, keep

T = TypeVar("T")

_SLICE = 500


class LiveTable(Generic[T]):
    """Items by id, each change counted in a log; readers get a view that cannot be written to.

    Args:
        items: what is known already; no change.
        share: keeps once what items have in common.
    """

    def __init__(self, log: ChangeLog, items: Mapping[str, T], share: Share = keep) -> None:
        self._items: dict[str, T] = dict(items)
        self._log = log
        self._share = share
        self.view: Mapping[str, T] = MappingProxyType(self._items)
        self.confirmed = False
        """True once the source has named everything it has: nothing here is from disk alone."""

    @property
    def version(self) -> int:
        """Changes so far."""
        return self._log.version

    def __len__(self) -> int:
        return len(self._items)

    def get(self, item_id: str) -> T | None:
        """The item as it is now."""
        return self._items.get(item_id)

    def put(self, item_id: str, item: T) -> bool:
        """Take an item over; false where an equal one is there, which is kept."""
        before = self._items.get(item_id)
        if before is not None and (before is item or before == item):
            return False
        # The string an item has itself is kept, not another that spells the same.
        item_id = self._share(item_id, item)
        self._items[item_id] = item
        self._log.note(item_id)
        return True

    def remove(self, item_id: str) -> bool:
        """Drop an item; false where there is none."""
        if self._items.pop(item_id, None) is None:
            return False
        self._log.note(item_id)
        return True

    def steps(self, changed: Iterable[str], items: Mapping[str, T]) -> Iterator[None]:
        """Make some ids as they are in `items`, yielding after each slice."""
        for number, item_id in enumerate(changed, 1):
            if item_id in items:
                self.put(item_id, items[item_id])
            else:
                self.remove(item_id)
            if number % _SLICE == 0:
                yield

    def remove_all(self, item_ids: Iterable[str]) -> None:
        """Drop several items."""
        for item_id in item_ids:
            self.remove(item_id)
