"""The hit next to a place in a log, found without having searched all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from console.logs.query import Query
from console.logs.regex_process import Matches, Piece, RegexProcess, TooSlow
from console.logs.scan import BLOCK, LONGEST, OVERLAP, LineScan, scan_for, stretch_of
from console.logs.source import LogSource

Span = tuple[int, int]
"""First byte and the one behind the last."""

_SCREEN_SECONDS = 0.5
_BACK = 64 * 1024


class NearHits:
    """Looks forwards and backwards from places, one question at a time."""

    def __init__(self, source: LogSource, query: Query) -> None:
        self._source, self._query = source, query
        self._process = RegexProcess(query)
        self._one = asyncio.Lock()

    @property
    def is_running(self) -> bool:
        """Whether a process works for it."""
        return self._process.is_running

    async def after(self, start: int) -> Span | None:
        """The first hit that begins at `start` or later; `None` where there is none.

        Raises:
            LogError, CloudError: the log cannot be read.
            TooSlow: the expression took too long.
        """
        line = start if self._query.needle else await self.line_start(start)
        scan = scan_for(self._query, line, start)
        while True:
            part = await stretch_of(self._source, scan, 1)
            if part.found.starts:
                first = part.found.starts[0]
                return first, first + len(self._query.needle)
            matches = await self._match(part.found.pieces)
            if matches.starts:
                return matches.starts[0], matches.ends[0]
            if part.ended:
                return None

    async def before(self, start: int) -> Span | None:
        """The last hit that begins before `start`; `None` where there is none.

        Raises:
            LogError, CloudError: the log cannot be read.
            TooSlow: the expression took too long.
        """
        if self._query.needle:
            return await self._plain_before(start)
        high, length = start, BLOCK
        while high > 0:
            low = max(0, high - length)
            # What goes on behind belongs to the last line as well.
            data = await self._source.read(low, high - low + OVERLAP)
            inside = high - low
            head = data.find(b"\n", 0, inside - 1) + 1 if low else 0
            if low and not head and length < LONGEST:
                length *= 4
                continue
            end = data.find(b"\n", inside - 1)
            lines = data[head : end if end >= 0 else len(data)]
            pieces = LineScan(self._query, low + head).pieces_of(lines, inside - head)
            matches = await self._match(pieces)
            if matches.starts:
                return matches.starts[-1], matches.ends[-1]
            high, length = low + head, BLOCK
        return None

    async def _plain_before(self, start: int) -> Span | None:
        needle = self._query.needle
        high = start
        while high > 0:
            low = max(0, high - BLOCK)
            data = await self._source.read(low, high - low + len(needle) - 1)
            found = (data.lower() if self._query.folds else data).rfind(needle)
            if found >= 0:
                return low + found, low + found + len(needle)
            high = low
            await asyncio.sleep(0)
        return None

    async def spans(self, data: bytes) -> Sequence[Span]:
        """Where the hits in some lines are, such as those on the screen.

        Returns:
            positions in `data`; none where the expression takes too long on them.
        """
        if not self._query.needle:
            try:
                matches = await self._match([Piece(0, data)], _SCREEN_SECONDS)
            except TooSlow:
                return ()
            return list(zip(matches.starts, matches.ends, strict=True))
        text = data.lower() if self._query.folds else data
        length, found, at = len(self._query.needle), [], text.find(self._query.needle)
        while at >= 0:
            found.append((at, at + length))
            at = text.find(self._query.needle, at + length)
        return found

    async def _match(self, pieces: Sequence[Piece], patience: float | None = None) -> Matches:
        if not pieces:
            return Matches()
        async with self._one:
            return await self._process.match(pieces, patience)

    async def line_start(self, start: int) -> int:
        """Where the line at an offset begins; of a very long one a place before it.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        low = max(0, start - _BACK)
        before = await self._source.read(low, start - low)
        return low + before.rfind(b"\n") + 1

    async def close(self) -> None:
        """End what runs for it."""
        await self._process.close()
