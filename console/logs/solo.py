"""The lines of some ranks of a merged log alone; line-addressable under the same keys."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from console.logs.line_keys import rank_of
from console.logs.merge import MergedLog


class SoloLog:
    """What a merged log holds of the chosen ranks.

    It holds a share of each log only: `MergedLog.place` says where to open the whole one.
    """

    def __init__(self, merged: MergedLog, ranks: Iterable[int]) -> None:
        self.ranks = frozenset(ranks)
        self._merged = merged
        self._version = -1
        self._keys: list[int] = []

    def __len__(self) -> int:
        return len(self._current())

    def key(self, index: int) -> int:
        return self._current()[index]

    def raw(self, index: int) -> bytes:
        return self._merged.line(self._current()[index])

    def rank(self, index: int) -> int | None:
        return rank_of(self._current()[index])

    def index(self, key: int) -> int:
        return max(0, bisect_right(self._current(), key) - 1)

    def _current(self) -> list[int]:
        if self._version != self._merged.version:
            self._version = self._merged.version
            self._keys = self._merged.keys_of(self.ranks)
        return self._keys
