"""Where feeds put what they know and screens hear of it, at most ten times a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from console.state.snapshot import EMPTY, Snapshot
from console.state.snapshot_diff import merge

_LOG = logging.getLogger(__name__)

Subscriber = Callable[[str, Snapshot[Any]], None]
Unsubscribe = Callable[[], None]


class Store:
    """Snapshots by feed key. Must be used from one event loop.

    Args:
        gap_seconds: least time between two rounds of notifications.
    """

    def __init__(self, *, gap_seconds: float = 0.1) -> None:
        self._gap = gap_seconds
        self._snapshots: dict[str, Snapshot[Any]] = {}
        self._subscribers: dict[int, tuple[str | None, Subscriber]] = {}
        self._next = 0
        self._dirty: dict[str, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._last_round = float("-inf")

    def snapshot(self, key: str) -> Snapshot[Any]:
        """What is known of a feed; `EMPTY` before anything is."""
        return self._snapshots.get(key, EMPTY)

    def keys(self) -> tuple[str, ...]:
        """Every feed anything is known of."""
        return tuple(self._snapshots)

    def put(self, key: str, snapshot: Snapshot[Any]) -> bool:
        """Take over a reading; true where it is news, which subscribers hear soon."""
        merged, news = merge(self.snapshot(key), snapshot)
        self._snapshots[key] = merged
        if news:
            self._dirty[key] = None
            self._schedule()
        return news

    def forget(self, key: str) -> None:
        """Drop a feed nobody watches any more."""
        self._snapshots.pop(key, None)
        self._dirty.pop(key, None)

    def subscribe(self, key: str | None, subscriber: Subscriber) -> Unsubscribe:
        """Hear of one feed, or of all (`None`); the result ends it."""
        number = self._next
        self._next += 1
        self._subscribers[number] = (key, subscriber)

        def unsubscribe() -> None:
            self._subscribers.pop(number, None)

        return unsubscribe

    def close(self) -> None:
        """Notify nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._subscribers.clear()
        self._dirty.clear()

    def _schedule(self) -> None:
        if self._timer is not None or not self._subscribers:
            return
        loop = asyncio.get_running_loop()
        wait = max(0.0, self._last_round + self._gap - loop.time())
        self._timer = loop.call_later(wait, self._round)

    def _round(self) -> None:
        self._timer = None
        self._last_round = asyncio.get_running_loop().time()
        dirty, self._dirty = tuple(self._dirty), {}
        for key in dirty:
            self._tell(key)
        if self._dirty:
            self._schedule()

    def _tell(self, key: str) -> None:
        for wanted, subscriber in tuple(self._subscribers.values()):
            if wanted is not None and wanted != key:
                continue
            try:
                subscriber(key, self.snapshot(key))
            except Exception:
                # One broken panel must not keep the news from the others.
                _LOG.exception("a subscriber of %s failed", key)
