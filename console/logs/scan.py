"""Blocks of a log gone through in order: hits of plain text, or lines an expression may match."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from console.logs.finding import Finder, LineFinder
from console.logs.query import Query
from console.logs.regex_process import Piece
from console.logs.source import BlockingReads, LogSource

BLOCK = 1 << 20
"""Bytes read at once."""

LONGEST = 4 << 20
"""Bytes of one line that are searched in one piece."""

OVERLAP = 64 * 1024
"""Bytes that neighbouring pieces of a longer line share: a longer match may be missed there."""

_STRETCH_SECONDS = 0.03
STRETCH_WEIGHT = 1 << 20
"""Of hits and candidates, in bytes, that are gathered at once."""

_FEW = 700
"""Bytes to one candidate: where there are more, a block is searched as a whole."""


@dataclass(slots=True)
class Found:
    """What a stretch of the log has.

    Attributes:
        starts: hits that are sure.
        lines: lines they are in that had none before.
        pieces: what is still to be tried.
    """

    starts: list[int] = field(default_factory=list)
    lines: int = 0
    pieces: list[Piece] = field(default_factory=list)

    @property
    def weight(self) -> int:
        """How much it is, about in bytes."""
        return 32 * len(self.starts) + sum(len(piece.data) + 64 for piece in self.pieces)


@dataclass(slots=True)
class Stretch:
    """A part of the log that was gone through.

    Attributes:
        reached: offset up to which there is nothing more to be found.
        ended: the log ends there, for now.
    """

    found: Found
    reached: int
    ended: bool


class LiteralScan:
    """Hits of plain text; a hit does not begin within another.

    Attributes:
        at: offset the next bytes are to be read from.
        want: how many.
        reached: offset up to which there is nothing more to be found.
    """

    want = BLOCK

    def __init__(self, query: Query, start: int = 0) -> None:
        self.at = self.reached = start
        self._finder, self._folds = Finder(query.needle), query.folds
        self._hit_line = False

    def take(self, data: bytes, ended: bool, into: Found) -> None:
        """Look through the bytes at `at`."""
        finder, base, starts = self._finder, self.at, into.starts
        text = data.lower() if self._folds else data
        finder.learn(text)
        length = len(finder.word)
        found = finder.find(text)
        before, behind = 0, max(0, len(text) - length + 1)
        hit_line = self._hit_line
        while found >= 0:
            if not hit_line or text.find(b"\n", before, found) >= 0:
                into.lines += 1
            hit_line = True
            starts.append(base + found)
            before = found
            behind = max(behind, found + length)
            found = finder.find(text, found + length)
        if hit_line:
            hit_line = text.find(b"\n", before) < 0
        self._hit_line = hit_line
        self.reached = base + len(data)
        self.at = base + behind

    def counted(self, end: int) -> None:
        """Hits that end there are known."""


class LineScan:
    """Lines an expression may match.

    Attributes:
        at: offset the next bytes are to be read from.
        want: how many.
        reached: offset up to which there is nothing more to be found.
    """

    def __init__(self, query: Query, start: int = 0, first: int | None = None) -> None:
        self.at = self.reached = self._line = start
        self.want = BLOCK
        self._first = start if first is None else first
        self._finder = LineFinder(query.words, query.classes, ascii_run=query.classes_of_ascii)
        self._folds = query.folds

    def take(self, data: bytes, ended: bool, into: Found) -> None:
        """Look through the bytes at `at`."""
        cut = data.rfind(b"\n")
        base, self.reached = self.at, self.at + len(data)
        if ended and data:
            whole = data if cut < len(data) - 1 else data[:-1]
            self._find(whole, len(data) + 1, into)
            # The last line may go on: what it will be is looked at again, its hits are not.
            self._line = base + cut + 1 if cut >= 0 else self._line
            self.at, self.want = max(self._line, self.reached - OVERLAP), BLOCK
        elif cut >= 0:
            self._find(data[:cut], len(data) + 1, into)
            self.at = self._line = base + cut + 1
            self.want = BLOCK
        elif len(data) >= LONGEST:
            self._find(data, len(data) - OVERLAP, into)
            self._first = self.reached - OVERLAP
            self.at = self._first - OVERLAP
        else:
            self.want = 4 * self.want

    def pieces_of(self, data: bytes, limit: int) -> list[Piece]:
        """What is to be tried of the lines at `at`, for hits up to a position in them."""
        into = Found()
        self._find(data, limit, into)
        return into.pieces

    def counted(self, end: int) -> None:
        """Hits that end there are known."""
        self._first = max(self._first, end)

    def _find(self, data: bytes, limit: int, into: Found) -> None:
        base, first = self.at, max(0, self._first - self.at)
        text = data.lower() if self._folds else data
        lines = self._finder.lines(text, max(4, len(data) // _FEW))
        if lines is None:
            into.pieces.append(Piece(base, data, first, limit, self._line))
            return
        into.pieces += [
            Piece(
                base + start,
                data[start:end],
                max(0, first - start),
                max(0, limit - start),
                None if start else self._line,
            )
            for start, end in lines
        ]


Scan = LiteralScan | LineScan


def scan_for(query: Query, start: int = 0, first: int | None = None) -> Scan:
    """What goes through a log from `start`, where a line begins, for hits from `first` on."""
    if query.needle:
        return LiteralScan(query, start if first is None else first)
    return LineScan(query, start, first)


async def stretch_of(source: LogSource, scan: Scan, most: int = STRETCH_WEIGHT) -> Stretch:
    """Go on through a log for a short time, in a thread where the log can be read in one.

    Args:
        source: the log.
        scan: what goes through it.
        most: bytes of hits and candidates at which it is enough.

    Raises:
        LogError, CloudError: it cannot be read.
    """
    if isinstance(source, BlockingReads):
        return await asyncio.to_thread(_go_through, source.read_now, scan, most)
    found = Found()
    want = scan.want
    data = await source.read(scan.at, want)
    scan.take(data, len(data) < want, found)
    return Stretch(found, scan.reached, len(data) < want)


def _go_through(read: Callable[[int, int], bytes], scan: Scan, most: int) -> Stretch:
    found, ended = Found(), False
    until = time.monotonic() + _STRETCH_SECONDS
    while not ended and time.monotonic() < until and found.weight < most:
        want = scan.want
        data = read(scan.at, want)
        ended = len(data) < want
        scan.take(data, ended, found)
    return Stretch(found, scan.reached, ended)
