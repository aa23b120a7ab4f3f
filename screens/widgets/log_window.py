"""What a log view holds of a log: a window of its bytes, or the merged lines of several ranks."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Protocol

from screens.widgets.log_find import Wanted

MAX_BYTES = 8 * 1024 * 1024
"""Bytes held at most; what is furthest from the view is dropped and can be asked for again."""

CHUNK = 256 * 1024
"""Bytes asked for at once."""


class LineSource(Protocol):
    """Lines in order; each has a key that stays while others come and go around it."""

    def __len__(self) -> int: ...
    def key(self, index: int) -> int:
        """The key of a line; keys grow with the index."""
        ...

    def raw(self, index: int) -> bytes:
        """The bytes of a line without its line end."""
        ...

    def rank(self, index: int) -> int | None:
        """Whose line it is, where several are merged."""
        ...

    def index(self, key: int) -> int:
        """The line with that key, or the last one before it."""
        ...


class LogWindow:
    """One contiguous stretch of a log's bytes and the lines in it; keys are byte offsets."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self.start = 0
        self.total: int | None = None
        """Bytes the whole log has, where that is known."""
        self._limit = limit
        self._bytes = bytearray()
        self._lines: list[int] = []

    @property
    def end(self) -> int:
        """Offset after the last byte held."""
        return self.start + len(self._bytes)

    def put(self, start: int, data: bytes, keep: int, *, jump: bool = False) -> bool:
        """Take the bytes from `start`; False where they do not touch what is held.

        Args:
            start: offset of the first byte in the whole log.
            data: the bytes.
            keep: offset that must stay held when something has to go.
            jump: let go of everything held when `data` does not touch it.
        """
        self.total = max(self.total or 0, start + len(data))
        if not self._bytes or (jump and (start > self.end or start + len(data) < self.start)):
            self._replace(start, data)
        elif self.start <= start <= self.end:
            self._extend(data[self.end - start :])
        elif start < self.start <= start + len(data):
            self._prepend(start, data[: self.start - start])
        else:
            return False
        self._shrink(keep)
        return True

    @property
    def long_first(self) -> bool:
        """Whether the first line is so long that its start is not worth waiting for."""
        second = self._lines[1] if len(self._lines) > 1 else self.end
        return second - self.start >= CHUNK

    @property
    def long_last(self) -> bool:
        """Whether the last line is so long that its end is not worth waiting for."""
        return bool(self._lines) and self.end - self._lines[-1] >= CHUNK

    def clear(self) -> None:
        """Hold nothing: another attempt, or the log was replaced."""
        self._replace(0, b"")
        self.total = None

    def __len__(self) -> int:
        return len(self._lines)

    def key(self, index: int) -> int:
        return self._lines[index]

    def raw(self, index: int) -> bytes:
        start = self._lines[index] - self.start
        last = index + 1 == len(self._lines)
        end = len(self._bytes) if last else self._lines[index + 1] - self.start
        return bytes(self._bytes[start:end]).removesuffix(b"\n")

    def rank(self, index: int) -> int | None:
        return None

    def index(self, key: int) -> int:
        return max(0, bisect_right(self._lines, key) - 1)

    def find(self, wanted: Wanted, start: int) -> int:
        """The line of the first hit of plain text from an offset on; -1 where there is none."""
        found = wanted.first(self._bytes, start - self.start)
        return self._lines[self.index(self.start + found)] if found >= 0 else -1

    def find_last(self, wanted: Wanted, end: int) -> int:
        """The line of the last hit of plain text before an offset; -1 where there is none."""
        found = wanted.last(self._bytes, end - self.start)
        return self._lines[self.index(self.start + found)] if found >= 0 else -1

    def _replace(self, start: int, data: bytes) -> None:
        self.start, self._bytes = start, bytearray(data)
        self._lines = _line_starts(self._bytes, 0, start, first=True)
        self._drop_partial_head()

    def _extend(self, data: bytes) -> None:
        if not data:
            return
        at = len(self._bytes)
        opens = at == 0 or self._bytes.endswith(b"\n")
        self._bytes += data
        self._lines += _line_starts(self._bytes, at, self.start, first=opens)

    def _prepend(self, start: int, data: bytes) -> None:
        joined = self._lines[:1] if data.endswith(b"\n") else []
        self._bytes[:0] = data
        self.start = start
        fresh = _line_starts(bytearray(data), 0, start, first=True)
        self._lines = fresh + joined + self._lines[1:]
        self._drop_partial_head()

    def _drop_partial_head(self) -> None:
        """Let go of the tail of a line nobody has seen, unless it is too long to be awaited."""
        if self.start and len(self._lines) > 1 and self._lines[1] - self.start < CHUNK:
            self._drop_head(self._lines[1])

    def _shrink(self, keep: int) -> None:
        over = len(self._bytes) - self._limit
        if over <= 0:
            return
        if keep - self.start > len(self._bytes) // 2:
            at = self.index(self.start + over) + 1
            self._drop_head(self._lines[at] if at < len(self._lines) else self.start + over)
        else:
            del self._bytes[self._limit :]
            del self._lines[bisect_right(self._lines, self.end - 1) :]

    def _drop_head(self, offset: int) -> None:
        del self._bytes[: offset - self.start]
        self.start = offset
        del self._lines[: bisect_right(self._lines, offset - 1)]
        if not self._lines or self._lines[0] != offset:
            self._lines.insert(0, offset)


def _line_starts(data: bytearray, at: int, base: int, *, first: bool) -> list[int]:
    """Offsets of the lines that start in `data` from `at` on."""
    found = [base + at] if first and at < len(data) else []
    found += [base + match.end() for match in re.compile(b"\n").finditer(data, at)]
    if found and found[-1] >= base + len(data):
        found.pop()
    return found


class MergedLines:
    """Whole lines of several ranks in the order they came; the oldest go when it is full."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._held = 0
        self._dropped = 0
        self._lines: list[tuple[int, bytes]] = []
        self._partial: dict[int, bytes] = {}

    def append(self, rank: int, data: bytes) -> int:
        """Take the next bytes of a rank; how many lines they ended."""
        *lines, rest = (self._partial.get(rank, b"") + data).split(b"\n")
        # A line longer than all that may be held is taken as it is.
        if len(rest) > self._limit // 2:
            lines, rest = [*lines, rest], b""
        self._partial[rank] = rest
        self._lines += [(rank, line) for line in lines]
        self._held += sum(map(len, lines))
        self._shrink()
        return len(lines)

    def _shrink(self) -> None:
        drop = 0
        while self._held > self._limit and drop < len(self._lines) - 1:
            self._held -= len(self._lines[drop][1])
            drop += 1
        del self._lines[:drop]
        self._dropped += drop

    def clear(self) -> None:
        """Hold nothing."""
        self._lines, self._partial, self._held = [], {}, 0

    def __len__(self) -> int:
        return len(self._lines)

    def key(self, index: int) -> int:
        return self._dropped + index

    def raw(self, index: int) -> bytes:
        return self._lines[index][1]

    def rank(self, index: int) -> int | None:
        return self._lines[index][0]

    def index(self, key: int) -> int:
        return max(0, min(key - self._dropped, len(self._lines) - 1))
