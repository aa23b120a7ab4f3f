"""The process that tries regular expressions, so that one without an end stops nobody else.

It is run as a script of its own, and loads nothing but the standard library. First comes one line:
the flags, whether blocks may be searched whole, what it is tried on (`Alphabet`), and the
expression in hexadecimal digits. Then requests: the number of pieces and the start of the last line
that had a hit, then for each piece its offset in the log, its length, the position in it from which
hits count, the one from which they count no more, and the start of the line it begins in. An answer
has the number of hits, of lines with hits, of lines given up, their bytes and the start of the last
line with a hit; then the starts and the ends of the hits.
"""

from __future__ import annotations

import re
import signal
import struct
import sys
from array import array
from collections.abc import Callable, Iterator
from types import FrameType
from typing import BinaryIO

REQUEST = struct.Struct("<QQ")
PIECE = struct.Struct("<QQQQQ")
ANSWER = struct.Struct("<QQQQQ")
BYTES, CHARACTERS = 0, 1
NO_LINE = (1 << 64) - 1

_WHOLE_SECONDS = 0.5
"""Seconds of computing that a whole piece gets before it is tried line by line."""

_LINE_SECONDS = 0.05
_LONGEST_SLOW = 64 * 1024
"""Bytes of one line that are tried where the expression has been slow."""


Piece = tuple[int, bytes, int, int, int]
"""Offset in the log, lines, positions from and to which hits count, start of the first line."""


class _TooSlow(Exception):
    """The time of a match is over."""


class _Worker:
    def __init__(self, expression: bytes, flags: int, whole: bool, alphabet: int) -> None:
        # A pattern of bytes is quicker; one of characters knows what a letter is.
        self.of_bytes = re.compile(expression, flags) if alphabet != CHARACTERS else None
        self.of_text = re.compile(expression.decode(), flags) if alphabet != BYTES else None
        self.whole = whole
        self.starts, self.ends = array("Q"), array("Q")
        self.lines = self.slow_lines = self.slow_bytes = 0
        self.hit_line = NO_LINE
        self.begun = 0
        self._armed = False
        signal.signal(signal.SIGVTALRM, self._ring)

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if self._armed:
            self._armed = False
            raise _TooSlow

    def _limited(self, seconds: float, work: Callable[[], None]) -> bool:
        """Do it within a time; whether that was enough."""
        try:
            self._armed = True
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            work()
            self._armed = False
        except _TooSlow:
            return False
        finally:
            self._armed = False
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        return True

    def try_all(self, pieces: list[Piece]) -> None:
        """All of them if that goes fast, else with care."""
        kept = len(self.starts), self.lines, self.hit_line
        if self._limited(_WHOLE_SECONDS, lambda: self._each(pieces)):
            return
        self._forget(kept)
        for piece in pieces:
            self._piece(piece)

    def _each(self, pieces: list[Piece]) -> None:
        for base, data, first, limit, self.begun in pieces:
            if self.whole or b"\n" not in data:
                self._span(base, data, 0, len(data), first, limit)
            else:
                self._line_by_line(base, data, first, limit)

    def _piece(self, piece: Piece) -> None:
        base, data, first, limit, self.begun = piece
        kept = len(self.starts), self.lines, self.hit_line
        if self._limited(_WHOLE_SECONDS, lambda: self._each([piece])):
            return
        self._forget(kept)
        for line in _lines(data, 0):
            self._careful(base, data, line, (first, limit))

    def _forget(self, kept: tuple[int, int, int]) -> None:
        count, self.lines, self.hit_line = kept
        del self.starts[count:], self.ends[count:]

    def _line_by_line(self, base: int, data: bytes, first: int, limit: int) -> None:
        at = 0
        for line in data.split(b"\n"):
            if self._is_in(line):
                self._span(base, data, at, at + len(line), first, limit)
            at += len(line) + 1

    def _is_in(self, line: bytes) -> bool:
        if self.of_bytes is not None and (self.of_text is None or line.isascii()):
            return self.of_bytes.search(line) is not None
        assert self.of_text is not None
        return self.of_text.search(line.decode("utf-8", "surrogateescape")) is not None

    def _careful(
        self, base: int, data: bytes, line: tuple[int, int], counted: tuple[int, int]
    ) -> None:
        kept = len(self.starts), self.lines, self.hit_line
        start, end = line[0], min(line[1], line[0] + _LONGEST_SLOW)
        done = self._limited(_LINE_SECONDS, lambda: self._span(base, data, start, end, *counted))
        if not done:
            self._forget(kept)
        if not done or end < line[1]:
            self.slow_lines += 1
            self.slow_bytes += line[1] - (start if not done else end)

    def _span(self, base: int, data: bytes, start: int, end: int, first: int, limit: int) -> None:
        """The hits of a line, or of many where none can go beyond one."""
        # A line of its own has nothing before it and nothing behind.
        text = data if (start, end) == (0, len(data)) else data[start:end]
        line = base + start if start else self.begun
        before = start
        for found, behind in self._found(text):
            found, behind = found + start, behind + start
            if found < first:
                continue
            if found >= limit:
                return
            turn = data.rfind(b"\n", before, found)
            if turn >= 0:
                line = base + turn + 1
            if line != self.hit_line:
                self.lines += 1
                self.hit_line = line
            before = found
            self.starts.append(base + found)
            self.ends.append(base + behind)

    def _found(self, text: bytes) -> Iterator[tuple[int, int]]:
        if self.of_bytes is not None and (self.of_text is None or text.isascii()):
            for found in self.of_bytes.finditer(text):
                yield found.span()
            return
        assert self.of_text is not None
        characters = text.decode("utf-8", "surrogateescape")
        at = position = 0
        for each in self.of_text.finditer(characters):
            start, end = each.span()
            at += _bytes(characters[position:start])
            length = _bytes(characters[start:end])
            yield at, at + length
            at, position = at + length, end


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _lines(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, its end left out."""
    while at <= len(data):
        end = data.find(b"\n", at)
        if end < 0:
            end = len(data)
        yield at, end
        at = end + 1


def _serve(worker: _Worker, requests: BinaryIO, answers: BinaryIO) -> None:
    while head := requests.read(REQUEST.size):
        count, worker.hit_line = REQUEST.unpack(head)
        heads = PIECE.iter_unpack(requests.read(PIECE.size * count))
        worker.try_all(
            [
                (base, requests.read(length), first, limit, line)
                for base, length, first, limit, line in heads
            ]
        )
        counts = len(worker.starts), worker.lines, worker.slow_lines, worker.slow_bytes
        answers.write(ANSWER.pack(*counts, worker.hit_line))
        answers.write(worker.starts.tobytes() + worker.ends.tobytes())
        answers.flush()
        del worker.starts[:], worker.ends[:]
        worker.lines = worker.slow_lines = worker.slow_bytes = 0


def main() -> None:
    """Answer until nobody asks any more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    flags, whole, alphabet, expression = requests.readline().split()
    source = bytes.fromhex(expression.decode())
    worker = _Worker(source, int(flags), whole == b"1", int(alphabet))
    _serve(worker, requests, answers)


if __name__ == "__main__":
    main()
