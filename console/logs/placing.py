"""Where the lines of one worker stand in time, whatever its clock says."""

from __future__ import annotations

import re
from datetime import datetime

from console.analysis.log_times import find_time
from console.logs.line_keys import key_base, micros, offset_of, time_of

Placed = tuple[int, bytes]
"""Key and bytes of a line, with its line end where it has one."""

_SECOND = 1_000_000
_STEP = 60 * _SECOND
"""A clock that goes back by more was set, or another clock wrote the line."""
FUTURE = 600 * _SECOND
"""No line was written so much later than it arrived."""
_TOGETHER = 5 * _SECOND
"""What comes so much later than a line with a time belongs to it no longer."""
_SURE = 3
"""Lines in a row that tell a clock that was set from a line that quotes a time."""
LONGEST = 1 << 20
"""Bytes held back of a line without an end; a longer one comes in pieces."""

_LINE = re.compile(rb"[^\n]*\n")


class Clock:
    """The moments of one worker's lines in their order; they never go back.

    A line without a time belongs to the one before it, or where that came long ago or no line
    has one, to the moment it came. A time later than its arrival, or one
    that a few lines alone name, is not believed; a clock that is set back goes on from where it
    was.

    Args:
        shift: microseconds to add to every time, for a clock of another zone.
    """

    def __init__(self, shift: int = 0, last: int | None = None) -> None:
        self.shift = shift
        self.last = last
        self.ahead = FUTURE
        """Microseconds after its arrival up to which a time is believed."""
        self._heard: int | None = None
        self._slip = 0
        self._behind = 0

    def moments(self, lines: list[bytes], arrived: int) -> list[int]:
        """The moment of each of the lines that come next, microseconds since 1970."""
        hint = time_of(key_base(arrived if self.last is None else self.last, 0, 0))
        named = [self._named(line, hint, arrived) for line in lines]
        self._disbelieve(named)
        if self.last is None:
            first = next((each for each in named if each is not None), None)
            self.last = arrived if first is None else first
            self._heard = None if first is None else arrived
        return [self._next(each, arrived) for each in named]

    def _named(self, line: bytes, hint: datetime, arrived: int) -> int | None:
        found = find_time(line, hint)
        if found is None:
            return None
        moment = micros(found) + self.shift
        return moment if 0 <= moment <= arrived + self.ahead else None

    def _disbelieve(self, named: list[int | None]) -> None:
        """Take out times ahead of the lines on both sides of them."""
        timed = [at for at, each in enumerate(named) if each is not None]
        last = self.last
        for place, at in enumerate(timed):
            moment = named[at]
            assert moment is not None
            after = [named[each] or 0 for each in timed[place + 1 : place + 1 + _SURE]]
            ahead = last is not None and moment - last > _STEP
            if ahead and after and max(after) < moment - _STEP and min(after) >= (last or 0):
                named[at] = None
            else:
                last = moment

    def _next(self, named: int | None, arrived: int) -> int:
        assert self.last is not None
        if named is None:
            if self._heard is None or arrived - self._heard > _TOGETHER:
                self.last = max(self.last, arrived)
            return self.last
        self._heard = arrived
        if self._slip and named >= self.last - _STEP:
            self._slip = 0
        moment = named + self._slip
        if moment < self.last - _STEP:
            self._behind += 1
            if self._behind >= _SURE:
                self._slip += self.last - moment
                self._behind = 0
        else:
            self._behind = 0
        self.last = max(self.last, moment)
        return self.last


class RankLines:
    """Cuts the bytes of one log into lines and places them.

    Args:
        start: byte of the log that comes first.
        shift: see `Clock`.
        longest: bytes held back of a line without an end.
        aligned: whether a line starts at `start`; else what precedes the first line end is left.
    """

    def __init__(
        self,
        rank: int,
        attempt: int = 0,
        start: int = 0,
        *,
        shift: int = 0,
        longest: int = LONGEST,
        aligned: bool = True,
    ) -> None:
        self.rank, self.attempt, self.start = rank, attempt, start
        self.clock = Clock(shift)
        self._longest = longest
        self._aligned = aligned or start == 0
        self._rest = b""

    @property
    def end(self) -> int:
        """The byte that is to come next."""
        return self.start + len(self._rest)

    @property
    def waiting(self) -> int:
        """Bytes of a line whose end has not come."""
        return len(self._rest)

    def feed(self, data: bytes, arrived: int) -> list[Placed]:
        """Take the bytes that come next; the lines they end.

        Args:
            arrived: when, in microseconds since 1970.
        """
        data = self._rest + data
        if not self._aligned:
            cut = data.find(b"\n") + 1
            if not cut and len(data) < self._longest:
                self._rest = data
                return []
            self.start, data, self._aligned = self.start + cut, data[cut:], True
        found = _LINE.findall(data)
        rest = data[sum(map(len, found)) :]
        if len(rest) > self._longest:
            found, rest = [*found, rest], b""
        self._rest = rest
        return self._place(found, arrived)

    def finish(self, arrived: int) -> list[Placed]:
        """The last line, where it has no end."""
        rest, self._rest = self._rest, b""
        return self._place([rest], arrived) if rest else []

    def _place(self, found: list[bytes], arrived: int) -> list[Placed]:
        placed: list[Placed] = []
        for line, moment in zip(found, self.clock.moments(found, arrived), strict=True):
            key = key_base(moment, self.rank, self.attempt) + self.start
            placed.append((key, line))
            self.start += len(line)
        return placed


def lines_before(
    data: bytes, start: int, rank: int, attempt: int, latest: int, shift: int = 0
) -> tuple[int, list[Placed]]:
    """The lines of a piece that ends where held lines begin, and the byte they begin at.

    What precedes the first line that names a time is left to the piece before, which knows the
    line it belongs to.

    Args:
        latest: moment of the first held line, in microseconds; none of these is later.
    """
    lines = RankLines(rank, attempt, start, shift=shift, aligned=False)
    placed = lines.feed(data, latest)
    placed += lines.finish(latest)
    top = key_base(latest, rank, attempt)
    if start:
        hint = time_of(top)
        timed = next((at for at, (_, raw) in enumerate(placed) if find_time(raw, hint)), 0)
        placed = placed[timed:]
    if not placed:
        return start + len(data), []
    return offset_of(placed[0][0]), [(min(key, top + offset_of(key)), raw) for key, raw in placed]
