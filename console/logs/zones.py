"""Finds the workers whose clocks show another zone, with a request for each zone found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from api_client.errors import CloudError
from api_client.models.job import LogChunk
from console.analysis.log_times import find_time
from console.logs.clocks import zone_shift
from console.logs.tracked import Tracked

_PIECE = 4096
_LINES = 64
"""Lines at either end in which a time is looked for."""

Read = Callable[[Tracked, int, int], Awaitable[LogChunk]]


class Zones:
    """Tells clocks of another zone from workers that wrote nothing for long.

    Both ends of a log have to be off by the same: its last line against what the service says
    of the last output, its first one against the start of the worker.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._sure: dict[int, bool] = {}
        self._asking = asyncio.Lock()

    async def shift(self, tracked: Tracked, end: bytes) -> int:
        """Microseconds to add to the times of a log, of which the end is given."""
        return await self._shift(tracked, _off_at_end(tracked, end), self._off_at_start)

    async def shift_of_start(self, tracked: Tracked, start: bytes) -> int:
        """The same for a log of which the start is given."""
        return await self._shift(tracked, _off_at_start(tracked, start), self._off_at_end)

    async def _shift(
        self, tracked: Tracked, shift: int, other: Callable[[Tracked], Awaitable[int]]
    ) -> int:
        if not shift or tracked.worker.attempt != tracked.attempt:
            return 0
        async with self._asking:
            if shift not in self._sure:
                self._sure[shift] = await other(tracked) == shift
        return shift if self._sure[shift] else 0

    async def _off_at_start(self, tracked: Tracked) -> int:
        return _off_at_start(tracked, await self._piece(tracked, 0))

    async def _off_at_end(self, tracked: Tracked) -> int:
        return _off_at_end(tracked, await self._piece(tracked, -_PIECE))

    async def _piece(self, tracked: Tracked, start: int) -> bytes:
        try:
            return (await self._read(tracked, start, _PIECE)).data
        except CloudError:
            # Its other end was read a moment ago; times are then taken as they are.
            return b""


def _off_at_start(tracked: Tracked, start: bytes) -> int:
    named, started = _first_time(start), tracked.worker.started
    return zone_shift(named, started) if named and started else 0


def _off_at_end(tracked: Tracked, end: bytes) -> int:
    named, known = _last_time(end), tracked.worker.last_output
    return zone_shift(named, known) if named and known else 0


def _first_time(data: bytes) -> datetime | None:
    """The first time that lines name."""
    found = (find_time(line) for line in data.split(b"\n", _LINES)[:_LINES])
    return next((each for each in found if each is not None), None)


def _last_time(data: bytes) -> datetime | None:
    lines = data.rsplit(b"\n", _LINES)
    return next((t for line in reversed(lines[1:]) if (t := find_time(line)) is not None), None)
