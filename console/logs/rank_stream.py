"""All workers' logs as one stream in the order of time, from their starts or from given bytes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from heapq import heapify, heappop, heapreplace

from api_client.errors import CloudError, NotFound
from api_client.models.job import LogChunk
from console.logs.line_keys import micros
from console.logs.placing import Placed, RankLines
from console.logs.ranks import AT_ONCE
from console.logs.tracked import Tracked
from console.logs.zones import Zones

_HELD = 32 * 1024 * 1024
"""Bytes of all logs read ahead together."""
_LEAST_PIECE, _MOST_PIECE = 16 * 1024, 1024 * 1024
_BATCH = 2000
_DAY = 86_400_000_000

Read = Callable[[Tracked, int, int], Awaitable[LogChunk]]


class _Cursor:
    """One log: what is read of it and not given on."""

    def __init__(self, stream: RankStream, tracked: Tracked, start: int) -> None:
        self.tracked = tracked
        self.lines = RankLines(tracked.worker.rank, tracked.attempt, start)
        # It may grow for long while it is read, and nothing is said of when its lines came.
        self.lines.clock.ahead = _DAY
        self.ready: deque[Placed] = deque()
        self.at_end = False
        self._stream = stream
        self._ahead: asyncio.Task[None] | None = None

    async def fill(self) -> bool:
        """Have a line ready; False at the end of the log."""
        while not self.ready and not self.at_end:
            task = self._ahead or asyncio.create_task(self._stream.read_piece(self))
            self._ahead = None
            await task
        if not self.at_end and self._ahead is None:
            self._ahead = asyncio.create_task(self._stream.read_piece(self))
        return bool(self.ready)

    async def close(self) -> None:
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)


class RankStream:
    """Merges the logs of many ranks, of each as much as there is when its end is reached.

    Args:
        read: reads a piece of a log.
        starts: each log with the byte to begin at, where a line starts.
        now: a line without any time was written when it came.
        whole: no log will grow: a last line without a line end counts.
    """

    def __init__(
        self,
        read: Read,
        starts: Sequence[tuple[Tracked, int]],
        *,
        now: Callable[[], datetime],
        whole: bool = True,
        at_once: int = AT_ONCE,
    ) -> None:
        self.errors: dict[int, CloudError] = {}
        """The ranks whose logs could not be read to their ends."""
        self._read, self._now, self._whole = read, now, whole
        self._zones = Zones(read)
        self._gate = asyncio.Semaphore(at_once)
        # Every log has one piece in hand and one on its way.
        share = _HELD // (2 * max(1, len(starts)))
        self._piece = max(_LEAST_PIECE, min(_MOST_PIECE, share))
        self._cursors = [_Cursor(self, tracked, start) for tracked, start in starts]
        # Logs without any time stand rank by rank: all of them came at one moment.
        self._arrived = self._newest()

    @property
    def lines(self) -> dict[int, RankLines]:
        """How far each rank was read, for who goes on from there."""
        return {cursor.tracked.worker.rank: cursor.lines for cursor in self._cursors}

    async def batches(self) -> AsyncIterator[list[Placed]]:
        """The lines in order, some at a time; each rank's stay in its own order."""
        try:
            filled = await asyncio.gather(*(cursor.fill() for cursor in self._cursors))
            heads = [
                (cursor.ready[0][0], at) for at, cursor in enumerate(self._cursors) if filled[at]
            ]
            heapify(heads)
            batch: list[Placed] = []
            while heads:
                cursor = self._cursors[heads[0][1]]
                batch.append(cursor.ready.popleft())
                if not cursor.ready:
                    yield batch
                    batch = []
                    if not await cursor.fill():
                        heappop(heads)
                        continue
                heapreplace(heads, (cursor.ready[0][0], heads[0][1]))
                if len(batch) >= _BATCH:
                    yield batch
                    batch = []
            if batch:
                yield batch
        finally:
            await asyncio.gather(*(cursor.close() for cursor in self._cursors))

    async def read_piece(self, cursor: _Cursor) -> None:
        """Read on in one log; what cannot be read ends it."""
        tracked, lines = cursor.tracked, cursor.lines
        async with self._gate:
            try:
                chunk = await self._read(tracked, lines.end, self._piece)
            except NotFound:
                # A worker that never started has no log.
                cursor.at_end = True
                return
            except CloudError as error:
                self.errors[tracked.worker.rank] = error
                chunk = LogChunk(start=lines.end, data=b"", total=lines.end)
        if lines.end == 0 and chunk.data:
            lines.clock.shift = await self._zones.shift_of_start(tracked, chunk.data)
        arrived = self._arrived
        if chunk.start == lines.end:
            cursor.ready += lines.feed(chunk.data, arrived)
        if not chunk.data or chunk.start + len(chunk.data) >= (chunk.total or 0):
            cursor.at_end = True
            if self._whole or tracked.over:
                cursor.ready += lines.finish(arrived)
            tracked.done = tracked.over and tracked.worker.rank not in self.errors

    def _newest(self) -> int:
        """When the last of the lines came, as far as anybody knows."""
        now = self._now()
        workers = [cursor.tracked.worker for cursor in self._cursors]
        known = [each.last_output or each.ended or now for each in workers]
        return micros(min(now, max(known, default=now)))
