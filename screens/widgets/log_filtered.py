"""Lines of a log that match, with some before and after each: what is shown in place of all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

MAX_BYTES = 8 * 1024 * 1024
"""Bytes of lines held at most."""


class FilteredLines:
    """Lines by their offset in the log, in order, some of which match."""

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self._limit = limit
        self._held = 0
        self._keys: list[int] = []
        self._lines: list[bytes] = []
        self._matching: set[int] = set()
        self.matches = 0
        """Lines that match, of those held."""

    @property
    def is_full(self) -> bool:
        """Whether no more is taken."""
        return self._held >= self._limit

    def put(self, key: int, line: bytes, *, matches: bool) -> None:
        """Take a line, in its place; one that is there already may turn out to match."""
        if matches and key not in self._matching:
            self._matching.add(key)
            self.matches += 1
        at = bisect_left(self._keys, key)
        if at < len(self._keys) and self._keys[at] == key:
            return
        self._keys.insert(at, key)
        self._lines.insert(at, line)
        self._held += len(line) + 64

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, index: int) -> int:
        return self._keys[index]

    def raw(self, index: int) -> bytes:
        return self._lines[index]

    def rank(self, index: int) -> int | None:
        return None

    def is_match(self, index: int) -> bool:
        """Whether the line itself matches, rather than one near it."""
        return self._keys[index] in self._matching

    def index(self, key: int) -> int:
        return max(0, bisect_right(self._keys, key) - 1)
