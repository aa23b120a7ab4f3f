"""Reads and follows the logs of all workers of a job with few requests at a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from api_client.errors import CloudError, NotFound, RateLimited
from api_client.models.job import LogChunk, Worker
from api_client.services import ReadsLogs
from console.logs.silence import Voices
from console.logs.tracked import LEAST_PAUSE, OVER, RankSink, Tracked
from console.logs.zones import Zones

AT_ONCE = 8
"""Reads at a time: a service pays for each, and so do we."""
STREAMS = 6
"""Logs followed by a stream of their own, at most; the others are looked at in turns."""
FIRST = 3 * 512 * 1024
"""Bytes read of all ends together when a job is opened."""
_LEAST_PIECE, _MOST_PIECE = 1024, 256 * 1024
_LONGEST_PAUSE = 30.0
_SHARE = 3
"""Rounds are followed by a pause so many times as long, that following stays cheap."""


class RankReader:
    """Keeps a sink at the ends of all logs of a job.

    Args:
        logs: what reads them: a session or a provider.
        workers: asks for the workers of the latest attempt.
        now: the tenant's now; a line without a time was written when it came.
        changed: told after something new was taken.
    """

    def __init__(
        self,
        logs: ReadsLogs,
        job: str,
        workers: Callable[[], Awaitable[Sequence[Worker]]],
        sink: RankSink,
        *,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
        at_once: int = AT_ONCE,
        streams: int = STREAMS,
        first: int = FIRST,
    ) -> None:
        self.voices = Voices()
        self.ranks: dict[int, Tracked] = {}
        self.round_seconds = 0.0
        """How far apart two looks at the same log are, at most, unless it has a stream."""
        self._logs, self._job, self._ask_workers = logs, job, workers
        self._sink, self._now, self._changed = sink, now, changed
        self._gate = asyncio.Semaphore(at_once)
        self._streams, self._first = streams, first
        self._attended: frozenset[int] = frozenset()
        self._resting = 0.0
        self._zones = Zones(self.read)

    @property
    def errors(self) -> dict[int, CloudError]:
        """The ranks that cannot be read at the moment, and why."""
        return {rank: each.error for rank, each in self.ranks.items() if each.error is not None}

    @property
    def all_done(self) -> bool:
        """Whether every log known was read to its last byte and none will grow."""
        return all(each.done and each.worker.attempt == each.attempt for each in self._known())

    def attend(self, ranks: Iterable[int]) -> None:
        """Follow these at once as they write, as far as there are streams for them."""
        self._attended = frozenset(ranks)

    async def refresh(self) -> None:
        """Ask who the workers are and how much they wrote: one request for all of them.

        Raises:
            CloudError: they cannot be read.
        """
        for worker in await self._ask_workers():
            known = self.ranks.get(worker.rank)
            if known is None:
                self.ranks[worker.rank] = Tracked(worker, worker.attempt)
            else:
                known.worker = worker
            if worker.last_output is not None:
                self.voices.heard(worker.rank, worker.last_output)
            (self.voices.ended if worker.state in OVER else self.voices.began)(worker.rank)

    async def ends(self) -> None:
        """Read the end of every log, a share of the whole of each.

        Raises:
            CloudError: the workers or all of the logs cannot be read; one that cannot is in
                `errors`.
        """
        await self.refresh()
        share = max(_LEAST_PIECE, min(_MOST_PIECE // 4, self._first // max(1, len(self.ranks))))
        unread = [each for each in self._known() if self._end(each) is None]
        await self.each(unread, lambda each: self._read_end(each, share))

    async def follow(self) -> None:
        """Read on as the logs grow, in rounds, until cancelled; failures only wait.

        A rank that fails keeps its place and is tried again with growing pauses.
        """
        try:
            while True:
                began = time.monotonic()
                await self.look()
                took = time.monotonic() - began
                rest = max(LEAST_PAUSE, _SHARE * took, self._resting - time.monotonic())
                self.round_seconds = took + min(rest, _LONGEST_PAUSE)
                await asyncio.sleep(min(rest, _LONGEST_PAUSE))
        finally:
            await self.close()

    async def look(self) -> None:
        """One round: who wrote is read on, and nobody else is asked."""
        with suppress(CloudError):
            await self.refresh()
        self._tend_streams()
        moment = time.monotonic()
        due = [each for each in self._known() if self._is_due(each, moment)]
        with suppress(CloudError):
            await self.each(due, self._read_on)

    async def close(self) -> None:
        """End the streams."""
        streams = [each.stream for each in self._known() if each.stream is not None]
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)

    def _known(self) -> list[Tracked]:
        return list(self.ranks.values())

    async def each(
        self, chosen: Sequence[Tracked], read: Callable[[Tracked], Awaitable[int]]
    ) -> list[int]:
        """Read several logs, few at a time; what came of those that could be read.

        Raises:
            CloudError: none of them could.
        """

        async def one(tracked: Tracked) -> int | None:
            async with self._gate:
                if self._resting > time.monotonic():
                    return None
                try:
                    count = await read(tracked)
                except CloudError as error:
                    self._failed(tracked, error)
                    return None
                tracked.error = None
                return count

        counts = await asyncio.gather(*map(one, chosen))
        failed = [each.error for each in chosen if each.error is not None]
        if chosen and len(failed) == len(chosen):
            raise failed[0]
        if chosen:
            self._changed()
        return [count for count in counts if count is not None]

    def _failed(self, tracked: Tracked, error: CloudError) -> None:
        # A worker that has not started has no log yet; that is no failure.
        tracked.error = None if isinstance(error, NotFound) and not tracked.over else error
        if isinstance(error, NotFound) and tracked.over:
            tracked.error, tracked.done = None, True
        if isinstance(error, RateLimited):
            self._resting = time.monotonic() + (error.retry_after or LEAST_PAUSE)
        self._wait_longer(tracked)
        if tracked.error is None:
            tracked.due = time.monotonic() + LEAST_PAUSE

    def _wait_longer(self, tracked: Tracked) -> None:
        tracked.idle = min(tracked.idle * 2, _LONGEST_PAUSE)
        tracked.due = time.monotonic() + tracked.idle

    def _is_due(self, tracked: Tracked, moment: float) -> bool:
        if tracked.stream is not None or not self._sink.wants(tracked.worker.rank):
            return False
        if tracked.done:
            return tracked.worker.attempt > tracked.attempt
        if tracked.waiting:
            return False
        if tracked.error is None and tracked.worker.log_bytes is not None and not tracked.over:
            return tracked.worker.log_bytes > (self._end(tracked) or 0)
        return moment >= tracked.due

    # One log.

    async def _read_end(self, tracked: Tracked, length: int) -> int:
        if tracked.waiting or (tracked.worker.log_bytes == 0 and not tracked.over):
            return 0
        chunk = await self.read(tracked, -length, length)
        if (shift := await self._zones.shift(tracked, chunk.data)) != 0:
            self._sink.set_shift(tracked.worker.rank, shift)
        self.take(tracked, chunk)
        return len(chunk.data)

    async def _read_on(self, tracked: Tracked) -> int:
        if tracked.done:
            tracked.attempt, tracked.done = tracked.worker.attempt, False
        start = first = self._end(tracked) or 0
        while True:
            chunk = await self.read(tracked, start, _MOST_PIECE)
            self.take(tracked, chunk)
            start = chunk.start + len(chunk.data)
            if not chunk.data or start >= (chunk.total or start):
                return start - first

    async def read(self, tracked: Tracked, start: int, length: int) -> LogChunk:
        """A piece of a log.

        Raises:
            CloudError: it cannot be read.
        """
        return await self._logs.read_log(
            self._job, tracked.worker.rank, attempt=tracked.attempt, start=start, length=length
        )

    def take(self, tracked: Tracked, chunk: LogChunk) -> None:
        """Give the sink what came next of a log."""
        rank = tracked.worker.rank
        if chunk.total is not None and chunk.total < (self._end(tracked) or 0):
            # The log is shorter than what was read of it: another one stands in its place.
            self._sink.forget(rank)
            tracked.due = 0.0
            return
        if chunk.data:
            tracked.idle, tracked.due = LEAST_PAUSE, 0.0
            self._feed(tracked, chunk)
        else:
            self._wait_longer(tracked)
        if chunk.total is not None and chunk.start + len(chunk.data) >= chunk.total:
            self._sink.caught_up(rank)
        ended = tracked.over and chunk.total is not None
        if chunk.end_of_log or (ended and chunk.start + len(chunk.data) >= (chunk.total or 0)):
            self._sink.finish(rank, self._arrived(tracked))
            tracked.done = True

    def _end(self, tracked: Tracked) -> int | None:
        return self._sink.end_of(tracked.worker.rank, tracked.attempt)

    def _feed(self, tracked: Tracked, chunk: LogChunk) -> None:
        rank = tracked.worker.rank
        arrived = self._arrived(tracked)
        self._sink.feed(rank, chunk.start, chunk.data, arrived, attempt=tracked.attempt)
        last = self._sink.last_of(rank)
        if tracked.worker.last_output is None and last is not None:
            self.voices.heard(rank, last)

    def _arrived(self, tracked: Tracked) -> datetime:
        """When the newest line came: what ended long ago was not written now."""
        worker = tracked.worker
        now = self._now()
        if tracked.over and worker.attempt == tracked.attempt and worker.ended is not None:
            return worker.ended
        if self._end(tracked) is None and worker.last_output is not None:
            return min(now, worker.last_output)
        return now

    # Streams.

    def _tend_streams(self) -> None:
        """Streams for whom they are meant, within their number."""
        few = len(self.ranks) <= self._streams
        free = self._streams
        for rank, tracked in sorted(self.ranks.items()):
            wanted = (few or rank in self._attended) and free > 0
            if tracked.stream is not None and tracked.stream.done():
                tracked.stream = None
            if wanted and not tracked.waiting and not tracked.over:
                free -= 1
                if tracked.stream is None and not tracked.done and tracked.error is None:
                    tracked.stream = asyncio.create_task(self._stream(tracked))
            elif tracked.stream is not None and not wanted:
                tracked.stream.cancel()

    async def _stream(self, tracked: Tracked) -> None:
        rank = tracked.worker.rank
        follow = self._logs.follow_log(
            self._job, rank, attempt=tracked.attempt, start=self._end(tracked) or 0
        )
        try:
            async for chunk in follow:
                self.take(tracked, chunk)
                self._changed()
                if tracked.done:
                    return
        except CloudError as error:
            self._failed(tracked, error)
