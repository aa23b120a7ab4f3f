"""From a moment to the place in a log, and back, by reading a few lines of it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from console.analysis.log_times import find_time, has_zone
from console.logs.source import LogSource

__all__ = ["Stamp", "TimeMap", "find_time", "zone_of"]

_WINDOW = 64 * 1024
"""Bytes read at once in the search of a line with a time."""

_FARTHEST = 4 << 20
"""Bytes without a time after which a place counts as having none."""

_NEAR = 8 * 1024
"""Bytes that are gone through line by line rather than halved again."""

_PROBES = 64
"""Places looked at where the log does not end with its latest time."""

_KEPT = 4096
_QUARTER = timedelta(minutes=15)
_CLOCKS_APART = timedelta(minutes=4)
_WIDEST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line that names a time.

    Attributes:
        start: offset at which the line begins.
        moment: the time.
    """

    start: int
    moment: datetime


class TimeMap:
    """The times of one log, read where they are asked for.

    Args:
        source: the log; when it is replaced, make another map.
        hint: a moment near its lines, for those that name no year or no day.
        zone: of the clock its lines were written by, where they do not say.
    """

    def __init__(self, source: LogSource, hint: datetime | None = None, zone: tzinfo = UTC) -> None:
        self._source, self._hint, self._zone = source, hint, zone
        self._known: OrderedDict[int, Stamp | None] = OrderedDict()

    async def offset_at(self, moment: datetime) -> int | None:
        """Where the first line of that moment or later begins, its neighbour being earlier.

        Before the first time it is the first line with a time, after the last one the last line
        with one. A clock that was set back meanwhile makes several places right; this is one.

        Returns:
            an offset; `None` where no line names a time.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        size = await self._source.size() or 0
        low = await self._stamp_from(0, size)
        if low is None or low.moment >= moment:
            return low.start if low else None
        last = await self.last(size)
        high = last if last and last.moment >= moment else await self._later(moment, low, size)
        if high is None:
            return (last or low).start
        while high.start - low.start > _NEAR:
            middle = (low.start + high.start) // 2
            found = await self._stamp_from(middle, high.start)
            if found is None:
                # Nothing there names a time: what is left is before it.
                found = await self._stamp_before(middle, low.start)
                if found is None or found.start <= low.start:
                    return high.start
            if found.moment >= moment:
                high = found
            else:
                low = found
        return await self._crossing(low, high, moment)

    async def moment_at(self, offset: int) -> datetime | None:
        """The time of the line at an offset: its own, else that of the last one before it, else
        that of the first one after it.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        size = await self._source.size() or 0
        at = max(0, min(offset, size))
        head = await self._source.read(at, _WINDOW)
        end = head.find(b"\n")
        behind = at + (end if end >= 0 else len(head)) + 1
        found = await self._stamp_before(behind, 0)
        found = found or await self._stamp_from(at, size)
        return found.moment if found else None

    async def last(self, size: int | None = None) -> Stamp | None:
        """The last line that names a time.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        whole = await self._source.size() or 0 if size is None else size
        return await self._stamp_before(whole + 1, 0)

    async def _later(self, moment: datetime, low: Stamp, size: int) -> Stamp | None:
        """Some line of that moment or later in a log whose last time is earlier."""
        for part in range(_PROBES - 1, 0, -1):
            found = await self._stamp_from(size * part // _PROBES, size)
            if found and found.moment >= moment and found.start > low.start:
                return found
        return None

    async def _crossing(self, low: Stamp, high: Stamp, moment: datetime) -> int:
        at = low.start
        while at < high.start:
            data = await self._source.read(at, min(_WINDOW, high.start - at))
            for start, line in _whole_lines(data, at, first=True):
                stamp = self._read(start, line)
                if stamp is not None and stamp.moment >= moment:
                    return start
            cut = data.rfind(b"\n") + 1
            at += cut or max(1, len(data))
        return high.start

    async def _stamp_from(self, offset: int, end: int) -> Stamp | None:
        """The first line with a time that begins at `offset` or later, before `end`."""
        if offset in self._known:
            self._known.move_to_end(offset)
            return self._known[offset]
        at, stop, found = offset, min(end, offset + _FARTHEST), None
        while at < stop and found is None:
            # One byte more in front tells whether a line begins here.
            start = max(0, at - 1)
            data = await self._source.read(start, _WINDOW)
            if not data:
                break
            for line_start, line in _whole_lines(data, start, first=start == 0):
                found = self._read(line_start, line)
                if found is not None or line_start >= stop:
                    break
            cut = data.rfind(b"\n")
            at = start + cut + 1 if cut > at - start else start + len(data)
        found = found if found and found.start < end else None
        if found is not None:
            self._keep(offset, found)
        return found

    async def _stamp_before(self, offset: int, begin: int) -> Stamp | None:
        """The last line with a time that begins before `offset`, not before `begin`."""
        high = offset
        stop = max(begin, offset - _FARTHEST)
        while high > stop:
            low = max(0, high - _WINDOW)
            data = await self._source.read(low, high - low + 512)
            lines = [each for each in _whole_lines(data, low, first=low == 0) if each[0] < high]
            for start, line in reversed(lines):
                found = self._read(start, line)
                if found is not None:
                    return found if found.start >= begin else None
            # A line that began before is seen whole the next time.
            high = lines[0][0] if lines and lines[0][0] > low else low
        return None

    def _read(self, start: int, line: bytes) -> Stamp | None:
        moment = find_time(line, self._hint, self._zone)
        return Stamp(start, moment) if moment else None

    def _keep(self, offset: int, stamp: Stamp) -> None:
        self._known[offset] = stamp
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)


def _whole_lines(data: bytes, base: int, *, first: bool) -> list[tuple[int, bytes]]:
    """Lines that begin in `data`, with where they do."""
    at = 0 if first else data.find(b"\n") + 1
    if not first and at == 0:
        return []
    lines = []
    while at < len(data):
        end = data.find(b"\n", at)
        end = len(data) if end < 0 else end
        lines.append((base + at, data[at : min(end, at + 512)]))
        at = end + 1
    return lines


def zone_of(line: bytes, written: datetime, hint: datetime | None = None) -> timedelta | None:
    """How far the clock of a log is ahead of UTC.

    Args:
        line: one that names a time.
        written: when that line was written, within minutes.
        hint: a moment near it, for lines that name no year or no day.

    Returns:
        whole quarters of an hour; `None` where the line names its zone or no time, or where the
        two times fit no zone.
    """
    named = find_time(line, hint or written)
    if named is None or has_zone(line):
        return None
    ahead = named - written
    zone = round(ahead / _QUARTER) * _QUARTER
    return zone if abs(ahead - zone) <= _CLOCKS_APART and abs(zone) <= _WIDEST else None
