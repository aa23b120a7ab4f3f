"""Sums over a feed that a view keeps: updated by what changed, first counted in slices."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Any, Generic, TypeVar

from console.analysis.following import Following, Tally
from console.state.snapshot import Snapshot
from console.state.store import Store

T = TypeVar("T")

SLICE_SECONDS = 0.006
"""How long one slice of counting takes: what is left of a frame is for keys and painting."""

PAUSE_SECONDS = 0.004
"""Between two slices, so that a key never waits for more than one."""


class SeenVersion:
    """Which version of a feed was looked at last, and what changed since."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._store: Store | None = None
        self._version = -1

    def news(self, store: Store) -> tuple[Snapshot[Any], Collection[str] | None]:
        """The snapshot now, and the ids that changed since the last time (`None`: all may)."""
        snapshot = store.snapshot(self.key)
        changed: Collection[str] | None = None
        if store is self._store and self._version >= 0:
            changed = (
                ()
                if snapshot.version == self._version
                else store.changed_since(self.key, self._version)
            )
        self._store, self._version = store, snapshot.version
        return snapshot, changed


class Followed(Generic[T]):
    """Tallies over the items of one feed."""

    def __init__(self, key: str, *tallies: Tally[T]) -> None:
        self._seen = SeenVersion(key)
        self._following: Following[T] = Following(*tallies)

    def update(self, store: Store) -> None:
        """Take note of what changed in the feed; `step` counts it."""
        snapshot, changed = self._seen.news(store)
        if changed is None or changed:
            self._following.update(snapshot.items, changed)

    def step(self, seconds: float) -> bool:
        """Count for at most about so long; true when nothing is left."""
        return self._following.step(seconds)

    @property
    def ready(self) -> bool:
        """Whether the sums are figures: everything was counted once."""
        return self._following.ready


def step_all(followed: Collection[Followed[Any]], seconds: float = SLICE_SECONDS) -> bool:
    """One slice over several feeds in turn; true when nothing is left of any."""
    until = time.perf_counter() + seconds
    done = True
    for each in followed:
        left = until - time.perf_counter()
        done = each.step(max(0.0, left)) and done
    return done
