"""Where feeds put what they know and screens hear of it, at most ten times a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from console.state.change_log import ChangeLog
from console.state.live_table import LiveTable
from console.state.sharing import sharing
from console.state.slices import Slices
from console.state.snapshot import EMPTY, Snapshot
from console.state.snapshot_diff import Diff, is_news

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
        self._logs: dict[str, ChangeLog] = {}
        self._tables: dict[str, LiveTable[Any]] = {}
        self._next_version = 0
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

    def changed_since(self, key: str, version: int) -> frozenset[str] | None:
        """Ids of the items put or gone since a version of a feed's snapshot.

        `None` where that is too far back or unknown: read all items.
        """
        log = self._logs.get(key)
        return None if log is None else log.since(version)

    def put(self, key: str, snapshot: Snapshot[Any]) -> bool:
        """Take over a reading; true where it is news, which subscribers hear soon."""
        known = self.snapshot(key)
        if snapshot.items is known.items:
            return self._keep(key, replace(snapshot, version=self._log(key).version))
        return self.put_diff(key, snapshot, Diff(known.items, snapshot.items).whole())

    def put_diff(self, key: str, snapshot: Snapshot[Any], diff: Diff[Any]) -> bool:
        """Take over a reading that has been compared with what is known; as `put`."""
        if diff.old is not self.snapshot(key).items:
            # What it was compared with has been replaced meanwhile.
            return self.put(key, snapshot)
        log, table = self._log(key), self._tables.get(key)
        items = diff.items
        if table is None:
            log.note_all(diff.changed)
        else:
            for _ in table.steps(diff.changed, items):
                pass
            items = table.view
            table.confirmed = table.confirmed or not snapshot.from_disk
        return self._keep(key, replace(snapshot, items=items, version=log.version))

    async def put_in_slices(self, key: str, snapshot: Snapshot[Any]) -> bool:
        """As `put`, for a reading of any length, without holding the loop for long."""
        slices = Slices()
        diff = Diff(self.snapshot(key).items, snapshot.items)
        for _ in diff.steps():
            await slices.breathe()
        table = self._tables.get(key)
        if table is not None and diff.old is table.view:
            for _ in table.steps(diff.changed, diff.items):
                await slices.breathe()
            table.confirmed = True
            return self.publish(key, snapshot.fetched_at, total=snapshot.total)
        return self.put_diff(key, snapshot, diff)

    def table(self, key: str) -> LiveTable[Any]:
        """The items of a feed, to be changed in place; `publish` tells of the changes."""
        table = self._tables.get(key)
        if table is None:
            items = self.snapshot(key).items
            table = self._tables[key] = LiveTable(self._log(key), items, sharing(key))
            if key in self._snapshots:
                self._snapshots[key] = replace(self._snapshots[key], items=table.view)
        return table

    def publish(
        self,
        key: str,
        fetched_at: datetime | None,
        *,
        total: int | None = None,
        from_disk: bool = False,
    ) -> bool:
        """Say that a feed's table is good now; true where that is news."""
        table = self.table(key)
        return self._keep(
            key,
            Snapshot(
                items=table.view,
                fetched_at=fetched_at,
                from_disk=from_disk,
                total=total,
                version=table.version,
            ),
        )

    def is_whole(self, key: str) -> bool:
        """Whether the source has named everything it has, or has read it at one time."""
        table = self._tables.get(key)
        return table is None or table.confirmed

    def forget(self, key: str) -> None:
        """Drop a feed nobody watches any more."""
        self._snapshots.pop(key, None)
        self._tables.pop(key, None)
        self._dirty.pop(key, None)
        log = self._logs.pop(key, None)
        if log is not None:
            # Whoever still remembers a version of it must not be told half of the truth later.
            self._next_version = max(self._next_version, log.version + 1)

    def _log(self, key: str) -> ChangeLog:
        if key not in self._logs:
            self._logs[key] = ChangeLog(self._next_version)
        return self._logs[key]

    def _keep(self, key: str, snapshot: Snapshot[Any]) -> bool:
        news = is_news(self.snapshot(key), snapshot)
        self._snapshots[key] = snapshot
        if news:
            self._dirty[key] = None
            self._schedule()
        return news

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
