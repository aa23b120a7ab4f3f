"""Which line a byte is in and where a line begins, counted in the background."""

from __future__ import annotations

import asyncio
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable
from typing import NamedTuple

from console.logs.newlines import fast_count, find_newline, plain_count
from console.logs.source import BLOCK, BlockingReads, LogSource

MOST = 1 << 16
"""Counts kept at most: one a MiB up to 64 GiB, of larger logs one every 2 MiB, every 4, ..."""

SLICE_SECONDS = 0.02

_WORTH_LOADING = 32 * BLOCK
"""Bytes of a log from which on the fast way to count earns what loading it takes."""


class _Piece(NamedTuple):
    """What was counted in some bytes."""

    length: int
    newlines: int
    last: bytes


class LineIndex:
    """Line numbers of one log, from 1 on; what is counted so far can be asked for at once.

    A last line without its line end counts as a line.

    Attributes:
        known_until: bytes counted so far.
        newlines: line ends among them.
    """

    def __init__(self, source: LogSource) -> None:
        self._source = source
        self._unit = BLOCK
        self._before = array("Q", [0])
        """Line ends before every multiple of the unit."""
        self._size: int | None = None
        self._is_open = False
        self._version = 0
        self._count: Callable[[bytes], int] = plain_count
        self._is_fast = False
        self.known_until = 0
        self.newlines = 0

    @property
    def complete(self) -> bool:
        """Whether the whole log is counted, as far as is known."""
        return self._size is not None and self.known_until >= self._size

    @property
    def lines(self) -> int:
        """Lines in what is counted so far."""
        return self.newlines + self._is_open

    @property
    def total(self) -> int | None:
        """Lines of the log, once all of it is counted."""
        return self.lines if self.complete else None

    async def run(self) -> None:
        """Count until the end, as it is then.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        while not await self.step():
            await asyncio.sleep(0)

    async def step(self, budget: float = SLICE_SECONDS) -> bool:
        """Count on for about so many seconds; true once the end is reached.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        version, start = self._version, self.known_until
        size = await self._source.size()
        if isinstance(self._source, BlockingReads):
            big = size is not None and size - start >= _WORTH_LOADING
            found = await asyncio.to_thread(self._slice, self._source, start, budget, big)
        else:
            data = await self._source.read(start, BLOCK - start % BLOCK)
            found = [_Piece(len(data), self._count(data), data[-1:])] if data else []
        if version != self._version or start != self.known_until:
            return self.complete
        for piece in found:
            self._add(piece)
        if not found:
            self._size = self.known_until
        elif size is not None:
            self._size = max(size, self.known_until)
        return self.complete

    def _slice(self, source: BlockingReads, start: int, budget: float, big: bool) -> list[_Piece]:
        """Runs in a thread; changes nothing that the loop reads."""
        if big and not self._is_fast:
            self._count, self._is_fast = fast_count(), True
        end = time.monotonic() + budget
        found: list[_Piece] = []
        while data := source.read_now(start, BLOCK - start % BLOCK):
            found.append(_Piece(len(data), self._count(data), data[-1:]))
            start += len(data)
            if start % BLOCK or time.monotonic() >= end:
                break
        return found

    def _add(self, piece: _Piece) -> None:
        self.known_until += piece.length
        self.newlines += piece.newlines
        self._is_open = piece.last != b"\n"
        if self.known_until % self._unit == 0:
            self._before.append(self.newlines)
            if len(self._before) > MOST:
                self._before = self._before[::2]
                self._unit *= 2

    def told(self, start: int, data: bytes) -> None:
        """Take bytes that somebody read anyway, where they follow what is counted."""
        self._size = max(self._size or 0, start + len(data))
        if start > self.known_until or start + len(data) <= self.known_until:
            return
        data = data[self.known_until - start :]
        while data:
            piece = data[: BLOCK - self.known_until % BLOCK]
            self._add(_Piece(len(piece), piece.count(b"\n"), piece[-1:]))
            data = data[len(piece) :]

    def cut(self, start: int) -> None:
        """Forget what stood from `start` on: the log was cut there, or written anew."""
        self._version += 1
        self._size = start
        if start >= self.known_until:
            return
        # Before its last byte, so that it is read again whether a line is open there.
        kept = max(start - 1, 0) // self._unit
        del self._before[kept + 1 :]
        self.known_until, self.newlines = kept * self._unit, self._before[kept]
        self._is_open = False

    async def line_number(self, offset: int) -> int | None:
        """The line a byte is in; `None` while what is before it is not counted.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        if not 0 <= offset <= self.known_until:
            return None
        block = offset // self._unit
        start, before = block * self._unit, self._before[block]
        end, until = self.known_until, self.newlines
        if block + 1 < len(self._before):
            end, until = start + self._unit, self._before[block + 1]
        if offset - start <= end - offset:
            return 1 + before + await self._between(start, offset)
        return 1 + until - await self._between(offset, end)

    async def _between(self, start: int, end: int) -> int:
        newlines = 0
        while start < end:
            data = await self._source.read(start, min(BLOCK, end - start))
            if not data:
                break
            newlines += data.count(b"\n")
            start += len(data)
        return newlines

    async def offset_of_line(self, number: int) -> int | None:
        """Where a line begins; `None` where there is no such line, or it is not counted yet.

        Raises:
            LogError, CloudError: the log cannot be read.
        """
        if number <= 1:
            return 0 if number == 1 and self._size != 0 else None
        if number - 1 > self.newlines:
            return None
        block = bisect_left(self._before, number - 1) - 1
        start, left = block * self._unit, number - 1 - self._before[block]
        while data := await self._source.read(start, BLOCK):
            place = find_newline(data, left)
            if place >= 0:
                found = start + place + 1
                return None if found == self._size else found
            left -= data.count(b"\n")
            start += len(data)
        return None
