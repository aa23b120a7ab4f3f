"""One kind of thing read again and again: interval, jitter, backoff, pause, refresh."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from api_client.errors import BadReply, CloudError, RateLimited
from console.state.snapshot import Snapshot
from console.state.store import Store

T = TypeVar("T")

FIRST_RETRY = 2.5
"""Half the seconds at most between a failure and the next try."""

_REST = 4.0
"""Seconds of rest for each second a reading takes: a slow service is asked less often."""

SLOWEST = 60.0
"""Seconds between two tries of a source that keeps failing."""


def utc_now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """One answer of a source."""

    items: Mapping[str, T]
    total: int | None = None


def as_cloud_error(error: Exception, action: str) -> CloudError:
    """The error itself, or what a provider let slip, as one a snapshot can carry."""
    if isinstance(error, CloudError):
        return error
    return BadReply(action, f"{type(error).__name__}: {error}")


class Feed(Generic[T]):
    """Polls a source into the store until stopped; every failure ends in the snapshot.

    Args:
        interval: seconds between the end of one reading and the start of the next.
        jitter: share of the interval by which it varies, so that consoles do not march in step.
    """

    def __init__(
        self,
        key: str,
        read: Callable[[], Awaitable[Reading[T]]],
        store: Store,
        *,
        interval: float,
        jitter: float = 0.1,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.key = key
        self._read = read
        self._store = store
        self._interval = interval
        self._jitter = jitter
        self._clock = clock
        self._failures = 0
        self._took = 0.0
        self._asked_to_wait: float | None = None
        self._paused = False
        self._wake = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def paused(self) -> bool:
        """True while nothing is read unless asked for."""
        return self._paused

    def start(self) -> None:
        """Begin to read; a second start does nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"feed {self.key}")

    async def stop(self) -> None:
        """Read no more; who waits for a refresh is released."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._release(self._waiting)

    def pause(self) -> None:
        """Read only when asked, because nobody looks."""
        self._paused = True

    def resume(self) -> None:
        """Read at once and then regularly."""
        if self._paused:
            self._paused = False
            self._wake.set()

    def nudge(self) -> None:
        """Read soon; a reading in flight is followed by another."""
        self._wake.set()

    async def refresh(self) -> None:
        """Wait for a reading that begins after this call."""
        if self._task is None:
            await self._once()
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._wake.set()
        await waiter

    async def _run(self) -> None:
        while True:
            waiting, self._waiting = self._waiting, []
            self._wake.clear()
            try:
                await self._once()
            finally:
                self._release(waiting)
            await self._pause_between()

    async def _pause_between(self) -> None:
        while True:
            try:
                async with asyncio.timeout(None if self._paused else self.delay()):
                    await self._wake.wait()
            except TimeoutError:
                return
            if not self._paused or self._waiting:
                return
            self._wake.clear()

    async def _once(self) -> None:
        began = asyncio.get_running_loop().time()
        try:
            reading = await self._read()
        except Exception as error:
            # Whatever a provider raises belongs to this feed's snapshot, never to its neighbours.
            self._failed(as_cloud_error(error, f"read {self.key}"))
            return
        self._failures = 0
        self._asked_to_wait = None
        self._took = asyncio.get_running_loop().time() - began
        snapshot = Snapshot(
            items=MappingProxyType(dict(reading.items)),
            fetched_at=self._clock(),
            total=reading.total,
        )
        await self._store.put_in_slices(self.key, snapshot)

    def _failed(self, error: CloudError) -> None:
        self._failures += 1
        self._asked_to_wait = error.retry_after if isinstance(error, RateLimited) else None
        self._store.put(self.key, self._store.snapshot(self.key).failed(error, self._clock()))

    def delay(self) -> float:
        """Seconds until the next reading: longer where answers are slow, and after each failure."""
        wait = max(self._interval, min(SLOWEST, _REST * self._took))
        if self._failures:
            # What is read every few minutes must not stay stale for as long after one failure.
            first = min(wait, FIRST_RETRY)
            wait = min(SLOWEST, first * 2.0 ** min(self._failures, 16))
        wait *= 1 + random.uniform(-self._jitter, self._jitter)
        return max(wait, self._asked_to_wait or 0.0)

    @staticmethod
    def _release(waiting: list[asyncio.Future[None]]) -> None:
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)
        waiting.clear()


AnyFeed = Feed[Any]
