"""Jobs, nodes and events kept current by one stream of changes instead of polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Protocol

from api_client.errors import CloudError, Expired, RateLimited, TimedOut
from api_client.models.watch import Change, ChangeOp
from api_client.paging import Pages
from api_client.services import EventQuery, JobQuery, ListsJobs, ListsNodes, StreamsEvents
from console.state.feed import SLOWEST, as_cloud_error, utc_now
from console.state.snapshot import Snapshot
from console.state.store import Store

FEED_OF_KIND: Mapping[str, str] = {"job": "jobs", "node": "nodes", "event": "events"}
"""Kind of a change -> feed it belongs to."""

EVENT_DAYS = 30
"""How far back events are listed when the console opens."""

_GATHER_SECONDS = 0.05
"""Changes of a burst are applied together: a copy of the mapping for each would be quadratic."""


class Watched(ListsJobs, ListsNodes, StreamsEvents, Protocol):
    """What a provider needs so that its lists can be streamed."""


class Watch:
    """Lists once, then applies changes as they come; lists again when the stream cannot go on.

    Args:
        silence: seconds without any change or bookmark after which the stream counts as dead.
        retry: seconds before the second try after a failure; doubles up to a minute.
    """

    def __init__(
        self,
        provider: Watched,
        store: Store,
        *,
        silence: float = 30.0,
        retry: float = 1.0,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._provider = provider
        self._store = store
        self._silence = silence
        self._retry = retry
        self._clock = clock
        self._known: dict[str, dict[str, Any]] = {feed: {} for feed in FEED_OF_KIND.values()}
        self._changed: set[str] = set()
        self._publishing: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._again = asyncio.Event()
        self._listed: list[asyncio.Future[None]] = []

    def start(self) -> None:
        """Begin to list and watch; a second start does nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="watch")

    async def stop(self) -> None:
        """Watch no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._publishing is not None:
            self._publishing.cancel()
            self._publish()
        self._release()

    async def refresh(self) -> None:
        """List everything again and wait until that is known or has failed."""
        if self._task is None:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listed.append(waiter)
        self._again.set()
        await waiter

    async def _run(self) -> None:
        failures = 0
        loop = asyncio.get_running_loop()
        while True:
            wait = 0.0
            began = loop.time()
            try:
                self._again.clear()
                waiting, self._listed = self._listed, []
                try:
                    since = await self._list()
                finally:
                    _set_all(waiting)
                failures = 0
                await self._follow(since)
            except Expired:
                # A server that forgets at once must not be asked in a tight circle.
                wait = self._retry if loop.time() < began + self._retry else 0.0
            except Exception as error:
                # Whatever a provider raises belongs to these snapshots, never to the console.
                failures += 1
                failure = as_cloud_error(error, "watch the tenant")
                self._fail(failure)
                wait = self._wait(failures, failure)
            if wait:
                await self._sleep(wait)

    def _wait(self, failures: int, error: CloudError) -> float:
        asked = error.retry_after if isinstance(error, RateLimited) else None
        return max(asked or 0.0, min(SLOWEST, self._retry * 2.0 ** min(failures - 1, 16)))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._again.wait()
        except TimeoutError:
            return

    async def _list(self) -> int:
        since = self._clock() - timedelta(days=EVENT_DAYS)
        provider = self._provider
        jobs, first = await _all_of(provider.jobs(JobQuery(limit=1000)), "name")
        nodes, second = await _all_of(provider.nodes(), "name")
        events, third = await _all_of(provider.events(EventQuery(since=since, limit=1000)), "id")
        self._known = {"jobs": jobs, "nodes": nodes, "events": events}
        self._changed.update(self._known)
        self._publish()
        # The oldest of the versions read: a change seen twice is harmless, one missed is not.
        return min(first, second, third)

    async def _follow(self, since: int) -> None:
        changes: asyncio.Queue[Change | Exception] = asyncio.Queue(maxsize=10_000)
        reader = asyncio.create_task(self._read(since, changes), name="watch reader")
        try:
            while not self._again.is_set():
                change = await self._next(changes)
                if isinstance(change, Exception):
                    raise change
                if change is not None:
                    self._apply(change)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def _read(self, since: int, changes: asyncio.Queue[Change | Exception]) -> None:
        try:
            stream: Any = self._provider.watch(since)
            async with aclosing(stream):
                async for change in stream:
                    await changes.put(change)
        except Exception as error:
            # Handed to the follower, which raises it.
            await changes.put(error)
            return
        await changes.put(TimedOut("watch the tenant", "the stream of changes ended"))

    async def _next(self, changes: asyncio.Queue[Change | Exception]) -> Change | Exception | None:
        """The next change; `None` when a new listing was asked for meanwhile."""
        getting = asyncio.ensure_future(changes.get())
        asked = asyncio.ensure_future(self._again.wait())
        try:
            done, _ = await asyncio.wait(
                (getting, asked), timeout=self._silence, return_when=asyncio.FIRST_COMPLETED
            )
            if getting in done:
                return getting.result()
            if asked in done:
                return None
            detail = f"nothing was heard for {self._silence:g} s"
            return TimedOut("watch the tenant", detail)
        finally:
            getting.cancel()
            asked.cancel()

    def _apply(self, change: Change) -> None:
        feed = FEED_OF_KIND.get(change.kind)
        if feed is None:
            self._changed.update(self._known)  # A bookmark: all of it is still true.
        else:
            items = self._known[feed]
            if change.op is ChangeOp.DELETE:
                items.pop(change.id, None)
            elif change.item is not None and not _older(change, items.get(change.id)):
                items[change.id] = change.item
            self._changed.add(feed)
        if self._publishing is None:
            loop = asyncio.get_running_loop()
            self._publishing = loop.call_later(_GATHER_SECONDS, self._publish)

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        now = self._clock()
        for feed in self._changed:
            items = MappingProxyType(dict(self._known[feed]))
            self._store.put(feed, Snapshot(items=items, fetched_at=now))
        self._changed = set()

    def _fail(self, error: CloudError) -> None:
        self._publish()
        now = self._clock()
        for feed in self._known:
            self._store.put(feed, self._store.snapshot(feed).failed(error, now))

    def _release(self) -> None:
        _set_all(self._listed)
        self._listed = []


def _set_all(waiting: list[asyncio.Future[None]]) -> None:
    for waiter in waiting:
        if not waiter.done():
            waiter.set_result(None)


def _older(change: Change, known: Any) -> bool:
    return known is not None and change.resource_version < known.resource_version


async def _all_of(pages: Pages[Any], key: str) -> tuple[dict[str, Any], int]:
    """Every item by its key, and the version the first page was read at."""
    items: dict[str, Any] = {}
    version: int | None = None
    async for page in pages.by_page():
        if version is None:
            version = page.resource_version or 0
        items |= {getattr(item, key): item for item in page.items}
    return items, version or 0
