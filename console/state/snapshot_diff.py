"""What changed between two readings: equal objects are kept, so that identity means unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar

from api_client.errors import CloudError
from console.state.snapshot import Snapshot

T = TypeVar("T")

_SLICE = 500
"""Items compared between two chances to stop."""


class Diff(Generic[T]):
    """A comparison that can be done in slices: run `steps` to its end, then read the result."""

    def __init__(self, old: Mapping[str, T], new: Mapping[str, T]) -> None:
        self.old = old
        self._new = new
        self.items: Mapping[str, T] = old
        """`new`, every item that equals the old one replaced by it; `old` if nothing changed."""
        self.changed: list[str] = []
        """Ids that are new, differ or are gone."""

    def steps(self) -> Iterator[None]:
        """Compare, yielding after each slice."""
        old, kept = self.old, dict[str, T]()
        common = 0
        for number, (item_id, item) in enumerate(self._new.items(), 1):
            before = old.get(item_id)
            common += before is not None
            if before is not None and (before is item or before == item):
                kept[item_id] = before
            else:
                kept[item_id] = item
                self.changed.append(item_id)
            if number % _SLICE == 0:
                yield
        if common < len(old):
            self.changed += [item_id for item_id in old if item_id not in kept]
        if self.changed:
            self.items = kept

    def whole(self) -> Diff[T]:
        """Compare at once."""
        for _ in self.steps():
            pass
        return self


def keep_equal(old: Mapping[str, T], new: Mapping[str, T]) -> Mapping[str, T]:
    """`new`, with every item that equals the old one replaced by it; `old` if nothing changed."""
    return Diff(old, new).whole().items


def changed_ids(old: Mapping[str, T], new: Mapping[str, T]) -> tuple[set[str], set[str]]:
    """Ids that are new or differ, and ids that are gone."""
    put = {item_id for item_id, item in new.items() if old.get(item_id) is not item}
    return put, set(old) - set(new)


def is_news(old: Snapshot[Any], new: Snapshot[Any]) -> bool:
    """Whether anybody needs to hear of the new snapshot.

    A reading that only confirms what is known moves `fetched_at` and is not news.
    """
    return not (
        old.version == new.version
        and (old.fetched_at is None) == (new.fetched_at is None)
        and old.fetched_at is not None
        and old.stale_since == new.stale_since
        and old.from_disk == new.from_disk
        and old.total == new.total
        and _same_error(old.error, new.error)
    )


def _same_error(old: CloudError | None, new: CloudError | None) -> bool:
    if old is None or new is None:
        return old is new
    return type(old) is type(new) and str(old) == str(new)
