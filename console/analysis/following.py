"""Sums that follow a feed: each change costs what it changes, a first reading goes in slices."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Mapping
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)

CHECK_EVERY = 64
"""Items between two looks at the clock."""

MUCH = 4
"""More than one in so many left to count is much."""


class Tally(Protocol[T_contra]):
    """Sums over items that can take one in and give one back."""

    def put(self, item: T_contra) -> None:
        """Count an item."""
        ...

    def take(self, item: T_contra) -> None:
        """Stop counting an item that was put before."""
        ...


class Following(Generic[T]):
    """Keeps tallies equal to what they would be over the items, a slice at a time.

    It remembers each item as it was counted. An item that is still the same object costs a look.
    """

    def __init__(self, *tallies: Tally[T]) -> None:
        self._tallies = tallies
        self._known: dict[str, T] = {}
        self._items: Mapping[str, T] = {}
        self._pending: deque[str] = deque()
        self._updated = False

    def __len__(self) -> int:
        return len(self._known)

    @property
    def ready(self) -> bool:
        """Whether the sums are figures. While much is left to count they are parts, not figures."""
        return self._updated and len(self._pending) <= len(self._known) // MUCH

    def update(self, items: Mapping[str, T], changed: Collection[str] | None) -> None:
        """Follow these items; `changed` are the ids put or gone, `None` where nobody knows."""
        self._items, self._updated = items, True
        if changed is None:
            self._pending = deque(items)
            if self._known:
                self._pending.extend(key for key in self._known if key not in items)
        else:
            self._pending.extend(changed)

    def step(self, seconds: float) -> bool:
        """Count for at most about so long; true when nothing is left to count."""
        until = time.perf_counter() + seconds
        pending = self._pending
        while pending:
            for _ in range(min(CHECK_EVERY, len(pending))):
                self._count(pending.popleft())
            if time.perf_counter() >= until:
                break
        return not pending

    def _count(self, key: str) -> None:
        new, old = self._items.get(key), self._known.get(key)
        if new is old:
            return
        if old is not None:
            for tally in self._tallies:
                tally.take(old)
        if new is None:
            del self._known[key]
            return
        self._known[key] = new
        for tally in self._tallies:
            tally.put(new)
