"""A search through a whole log: block by block, beside everything else, and stopped at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from console.logs.hit_map import HitMap
from console.logs.near_hits import NearHits, Span
from console.logs.query import BadQuery, Query
from console.logs.regex_process import Matches, RegexProcess, TooSlow
from console.logs.ripgrep import Refused, Ripgrep, ripgrep_for
from console.logs.scan import Scan, Stretch, scan_for, stretch_of
from console.logs.source import LogSource

__all__ = ["BadQuery", "Query", "Search", "SearchProgress", "Span", "TooSlow"]

_TIMES_SLOW = 3
"""Requests to a process that may run out of time before the search is given up."""

_LINES_SLOW = 200
"""Lines that may run out of time before the search is given up."""


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far a search is.

    Attributes:
        searched: offset up to which the log has been searched.
        size: bytes of the log, as far as they are known.
        found: offsets of the hits since the last progress, ascending.
        count: hits so far.
        lines: lines they are in.
        finished: nothing is left to search, for now: the log may grow.
        engine: who searches: `bytes`, `re` or `rg`.
        slow_lines: lines on which the expression was stopped because it took too long.
        slow_bytes: bytes that were therefore not searched.
        gave_up: the expression took too long too often; the rest was not searched.
    """

    searched: int
    size: int
    found: Sequence[int] = ()
    count: int = 0
    lines: int = 0
    finished: bool = False
    engine: str = "bytes"
    slow_lines: int = 0
    slow_bytes: int = 0
    gave_up: bool = False


@dataclass(slots=True)
class Search:
    """The hits of one query in one log.

    `async for progress in search.run()` goes through all of it; run again, it goes on with what
    the log has grown by. `hits` has what was found so far.
    """

    source: LogSource
    query: Query
    hits: HitMap = field(default_factory=HitMap)
    lines: int = 0
    slow_lines: int = 0
    slow_bytes: int = 0
    gave_up: bool = False
    searched: int = 0
    _scan: Scan = field(init=False)
    _near: NearHits = field(init=False)
    _process: RegexProcess = field(init=False)
    _stopped: bool = False
    _failures: int = 0
    _ripgrep: Ripgrep | None = None

    def __post_init__(self) -> None:
        self._scan = scan_for(self.query)
        self._near = NearHits(self.source, self.query)
        self._process = RegexProcess(self.query)

    @property
    def engine(self) -> str:
        """Who searches."""
        if self.query.needle:
            return "bytes"
        return "rg" if self._ripgrep is not None else "re"

    @property
    def is_running(self) -> bool:
        """Whether a process works for it."""
        return self._process.is_running or self._near.is_running or self._ripgrep is not None

    async def run(self) -> AsyncGenerator[SearchProgress, None]:
        """Go through the log, or what is new of it, a stretch at a time.

        A run that is left before its end is the last one. After the log was cut or replaced a new
        search is needed.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        through = False
        try:
            if not self.searched and not self._stopped:
                self._ripgrep = ripgrep_for(self.source, self.query)
            if self._ripgrep is not None:
                try:
                    async for progress in self._by_ripgrep(self._ripgrep):
                        yield progress
                        through = progress.finished
                except Refused:
                    self._ripgrep = None
            if not through:
                async for progress in self._by_scan():
                    yield progress
                    through = progress.finished
        finally:
            self._stopped = self._stopped or not through
            await self._end()

    async def _by_ripgrep(self, ripgrep: Ripgrep) -> AsyncGenerator[SearchProgress, None]:
        async with aclosing(ripgrep.run()) as run:
            async for part in run:
                if self._stopped:
                    return
                self.searched = part.reached
                self.lines += part.lines
                if part.ended:
                    line = await self._near.line_start(part.reached)
                    self._scan = scan_for(self.query, line, part.reached)
                    self._ripgrep = None
                yield await self._progress(part.starts, part.ended, "rg")

    async def _by_scan(self) -> AsyncGenerator[SearchProgress, None]:
        ahead = self._next_stretch()
        try:
            while not self._stopped:
                part = await ahead
                if not part.ended:
                    # The next stretch is read while this one is matched.
                    ahead = self._next_stretch()
                matches = await self._match(part)
                if self._stopped:
                    return
                self.searched = part.reached
                self._count(part, matches)
                found: Sequence[int] = part.found.starts if matches is None else matches.starts
                yield await self._progress(found, part.ended, self.engine)
                if part.ended or self.gave_up:
                    return
        finally:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)

    async def after(self, start: int) -> Span | None:
        """The first hit from `start` on, be it searched yet or not; `None` where there is none.

        Raises:
            LogError, CloudError: the log cannot be read.
            TooSlow: the expression took too long.
        """
        return await self._near.after(start)

    async def before(self, start: int) -> Span | None:
        """The last hit that begins before `start`; see `after`."""
        return await self._near.before(start)

    async def spans(self, data: bytes) -> Sequence[Span]:
        """Where in some lines of the log hits are, to be marked on the screen; empty where an
        expression takes too long on them."""
        return await self._near.spans(data)

    async def stop(self) -> None:
        """End everything at once; what was found stays."""
        self._stopped = True
        await self._near.close()
        await self._end()

    async def _end(self) -> None:
        await self._process.close()
        ripgrep, self._ripgrep = self._ripgrep, None
        if ripgrep is not None:
            await ripgrep.close()

    def _next_stretch(self) -> asyncio.Task[Stretch]:
        return asyncio.create_task(stretch_of(self.source, self._scan))

    async def _match(self, part: Stretch) -> Matches | None:
        """What the expression says to the candidates; `None` where plain text needs none."""
        pieces = part.found.pieces
        if not pieces:
            return None
        try:
            return await self._process.match(pieces)
        except TooSlow:
            self._failures += 1
            self.gave_up = self._failures >= _TIMES_SLOW
            # Lines in one piece are not counted one by one.
            return Matches(slow_lines=1, slow_bytes=sum(len(p.data) for p in pieces))

    def _count(self, part: Stretch, matches: Matches | None) -> None:
        if matches is None:
            self.lines += part.found.lines
            return
        self.lines += matches.lines
        self.slow_lines += matches.slow_lines
        self.slow_bytes += matches.slow_bytes
        self.gave_up = self.gave_up or self.slow_lines >= _LINES_SLOW
        if part.ended and matches.ends:
            self._scan.counted(max(matches.ends[-1], matches.starts[-1] + 1))

    async def _progress(self, found: Sequence[int], ended: bool, engine: str) -> SearchProgress:
        self.hits.add(found)
        return SearchProgress(
            self.searched,
            max(await self.source.size() or 0, self.searched),
            found,
            self.hits.count,
            self.lines,
            ended,
            engine,
            self.slow_lines,
            self.slow_bytes,
            self.gave_up,
        )
