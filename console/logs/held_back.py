"""Lines that come from many workers, held back until those that belong before them have come."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime
from heapq import heappop, heappush

from console.logs.line_keys import key_base, micros, time_of
from console.logs.placing import FUTURE, Placed, RankLines


class HeldBack:
    """Takes what a `RankReader` reads and gives the lines on in order, a little later.

    Args:
        lines: how far each rank was read before.
    """

    def __init__(self, lines: dict[int, RankLines]) -> None:
        self._lines = dict(lines)
        for each in lines.values():
            each.clock.ahead = FUTURE
        self._waiting: list[Placed] = []
        self._came: deque[tuple[float, int]] = deque()

    def end_of(self, rank: int, attempt: int) -> int | None:
        lines = self._lines.get(rank)
        return lines.end if lines is not None and lines.attempt == attempt else None

    def wants(self, rank: int) -> bool:
        return True

    def last_of(self, rank: int) -> datetime | None:
        lines = self._lines.get(rank)
        last = lines.clock.last if lines else None
        return None if last is None else time_of(key_base(last, 0, 0))

    def set_shift(self, rank: int, microseconds: int) -> None:
        lines = self._lines.get(rank)
        if lines is not None:
            lines.clock.shift = microseconds

    def feed(
        self, rank: int, start: int, data: bytes, arrived: datetime, *, attempt: int = 0
    ) -> int:
        lines = self._lines.get(rank)
        if lines is None or lines.attempt != attempt or start > lines.end:
            before, lines = lines, RankLines(rank, attempt, start)
            if before is not None:
                lines.clock.last, lines.clock.shift = before.clock.last, before.clock.shift
            self._lines[rank] = lines
        return self._take(lines.feed(data[lines.end - start :], micros(arrived)))

    def finish(self, rank: int, arrived: datetime) -> int:
        lines = self._lines.get(rank)
        return self._take(lines.finish(micros(arrived))) if lines else 0

    def forget(self, rank: int) -> None:
        self._lines.pop(rank, None)

    def caught_up(self, rank: int) -> None:
        pass

    def release(self, before: float | None = None) -> list[Placed]:
        """The lines that came before a moment of the loop's clock, and who belongs before them.

        Args:
            before: seconds as `time.monotonic` counts them; `None` is everything.
        """
        top = -1
        while self._came and (before is None or self._came[0][0] <= before):
            top = max(top, self._came.popleft()[1])
        ready: list[Placed] = []
        while self._waiting and self._waiting[0][0] <= top:
            ready.append(heappop(self._waiting))
        return ready

    def _take(self, placed: list[Placed]) -> int:
        for line in placed:
            heappush(self._waiting, line)
        if placed:
            self._came.append((time.monotonic(), placed[-1][0]))
        return len(placed)
