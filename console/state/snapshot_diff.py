"""What changed between two readings: equal objects are kept, so that identity means unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from api_client.errors import CloudError
from console.state.snapshot import Snapshot

T = TypeVar("T")


def keep_equal(old: Mapping[str, T], new: Mapping[str, T]) -> Mapping[str, T]:
    """`new`, with every item that equals the old one replaced by it; `old` if nothing changed."""
    kept: dict[str, T] = {}
    changed = len(old) != len(new)
    for item_id, item in new.items():
        before = old.get(item_id)
        if before is not None and (before is item or before == item):
            kept[item_id] = before
        else:
            kept[item_id] = item
            changed = True
    return kept if changed else old


def changed_ids(old: Mapping[str, T], new: Mapping[str, T]) -> tuple[set[str], set[str]]:
    """Ids that are new or differ, and ids that are gone."""
    put = {item_id for item_id, item in new.items() if old.get(item_id) is not item}
    return put, set(old) - set(new)


def merge(old: Snapshot[T], new: Snapshot[T]) -> tuple[Snapshot[T], bool]:
    """The new snapshot sharing what is equal, and whether anybody needs to hear of it.

    A reading that only confirms what is known moves `fetched_at` and is not news.
    """
    items = keep_equal(old.items, new.items)
    merged = replace(new, items=items)
    quiet = (
        items is old.items
        and old.fetched_at is not None
        and new.fetched_at is not None
        and old.stale_since == new.stale_since
        and old.from_disk == new.from_disk
        and old.total == new.total
        and _same_error(old.error, new.error)
    )
    return merged, not quiet


def _same_error(old: CloudError | None, new: CloudError | None) -> bool:
    if old is None or new is None:
        return old is new
    return type(old) is type(new) and str(old) == str(new)
