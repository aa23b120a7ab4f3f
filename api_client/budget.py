"""How much is asked of one origin: counted, shown, and less where the origin has enough."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from api_client.errors import RateLimited

_REMEMBERED = 64
_BETWEEN_CUTS = 1.0
"""Answers to what was asked before a cut must not cut again."""


@dataclass(frozen=True, slots=True)
class RequestBudget:
    """What was asked of one origin so far, and what may be asked at once; seconds and bytes."""

    requests: int = 0
    bytes_read: int = 0
    median_seconds: float | None = None
    """Of the last 64 calls answered; `None` before the first."""
    in_flight: int = 0
    waiting: int = 0
    """Reads held back."""
    reads_at_once: int = 0
    """Reads that may be under way; fewer after slow answers and refusals for haste."""
    throttled: int = 0
    """Answers that asked for fewer calls: 429, or 503 with Retry-After."""
    retry_after: float | None = None
    """What the last of them asked for."""
    paused_for: float = 0.0
    """Reads wait so long yet because of it."""


class RequestMeter:
    """Counts calls and holds reads back. Writes are counted and never delayed.

    Additive increase, multiplicative decrease: each answer in time widens the gate a little, one
    that is slow or refused for haste halves it.

    Args:
        most: reads at once while all is well.
        slow: a read that took so long is a sign of load.
        longest_pause: an origin that wants to be left alone for longer refuses further reads
            here, at once, instead of letting them wait.
    """

    def __init__(self, most: int, *, slow: float, longest_pause: float) -> None:
        self._most = most
        self._slow = slow
        self._longest_pause = longest_pause
        self._width = float(most)
        self._cut_at = float("-inf")
        self._paused_until = float("-inf")
        self._queue: deque[asyncio.Future[None]] = deque()
        self._reads = 0
        self._in_flight = 0
        self._waiting = 0
        self._requests = 0
        self._bytes = 0
        self._throttled = 0
        self._retry_after: float | None = None
        self._took: deque[float] = deque(maxlen=_REMEMBERED)

    def budget(self) -> RequestBudget:
        """The figures now."""
        return RequestBudget(
            requests=self._requests,
            bytes_read=self._bytes,
            median_seconds=_median(self._took) if self._took else None,
            in_flight=self._in_flight,
            waiting=self._waiting,
            reads_at_once=int(self._width),
            throttled=self._throttled,
            retry_after=self._retry_after,
            paused_for=self._pause(),
        )

    @asynccontextmanager
    async def call(self, action: str, *, write: bool) -> AsyncIterator[None]:
        """One call, from its turn to its answer.

        Raises:
            RateLimited: the origin wants to be left alone for longer than a read may wait.
        """
        if not write:
            await self._turn(action)
        self._requests += 1
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1
            if not write:
                self._leave()

    async def opening(self, action: str) -> None:
        """A stream is about to be opened; it is counted and waits out a pause, no more."""
        await self._sit_out(action)
        self._requests += 1

    def received(self, size: int) -> None:
        """Bytes of a body arrived."""
        self._bytes += size

    def answered(self, took: float, *, write: bool) -> None:
        """An answer came, whatever it said."""
        self._took.append(took)
        if write:
            return
        if took >= self._slow:
            self._cut()
        else:
            self._width = min(self._width + 1 / self._width, self._most)

    def told_to_wait(self, seconds: float | None) -> None:
        """The origin asked for fewer calls, and perhaps for how long."""
        self._throttled += 1
        self._retry_after = seconds
        if seconds is not None:
            self._paused_until = max(self._paused_until, time.monotonic() + seconds)
        self._cut()

    def _pause(self) -> float:
        return max(0.0, self._paused_until - time.monotonic())

    def _cut(self) -> None:
        now = time.monotonic()
        if now - self._cut_at >= _BETWEEN_CUTS:
            self._cut_at = now
            self._width = max(self._width / 2, 1.0)

    async def _turn(self, action: str) -> None:
        self._waiting += 1
        try:
            await self._sit_out(action)
            await self._enter()
            try:
                # Others may have been told to wait while this one stood in the queue.
                await self._sit_out(action)
            except BaseException:
                self._leave()
                raise
        finally:
            self._waiting -= 1

    async def _enter(self) -> None:
        mine = asyncio.get_running_loop().create_future()
        self._queue.append(mine)
        self._admit()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._reads -= 1
        self._admit()

    def _admit(self) -> None:
        while self._queue and self._reads < int(self._width):
            first = self._queue.popleft()
            if not first.done():
                self._reads += 1
                first.set_result(None)

    async def _sit_out(self, action: str) -> None:
        while (pause := self._pause()) > 0:
            if pause > self._longest_pause:
                raise RateLimited(action, "the service asked to be left alone", retry_after=pause)
            await asyncio.sleep(pause)


def _median(values: Iterable[float]) -> float:
    # Loading `statistics` for this one takes longer than a hundred thousand of them.
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
