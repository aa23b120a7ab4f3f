"""Where the hits of a search lie, in bounded memory: each is counted, not each is kept."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence

BUCKETS = 4096
KEPT = 100_000
"""Positions that are kept; of the later ones only how many there are in each bucket."""


class HitMap:
    """Counts by equal parts of the log, and the first positions."""

    def __init__(self) -> None:
        self.count = 0
        """All of them."""
        self._shift = 8
        self._counts = array("Q", bytes(8 * BUCKETS))
        self._kept = array("Q")

    def add(self, starts: Sequence[int]) -> None:
        """Take hits, in ascending order, all behind those taken before."""
        if not starts:
            return
        while starts[-1] >> self._shift >= BUCKETS:
            self._widen()
        at = 0
        while at < len(starts):
            bucket = starts[at] >> self._shift
            behind = bisect_left(starts, (bucket + 1) << self._shift, at)
            self._counts[bucket] += behind - at
            at = behind
        self.count += len(starts)
        self._kept.extend(starts[: max(0, KEPT - len(self._kept))])

    def _widen(self) -> None:
        pairs = zip(self._counts[::2], self._counts[1::2], strict=True)
        self._counts = array("Q", [one + other for one, other in pairs])
        self._counts.frombytes(bytes(8 * (BUCKETS - len(self._counts))))
        self._shift += 1

    @property
    def is_whole(self) -> bool:
        """Whether every position is kept."""
        return self.count == len(self._kept)

    @property
    def kept(self) -> Sequence[int]:
        """The first positions, ascending."""
        return self._kept

    def rows(self, count: int, size: int) -> list[int]:
        """How many hits lie in each of `count` equal parts of a log of `size` bytes.

        A part smaller than a bucket shares the hits of its bucket with its neighbours; no part in
        which there are hits is empty.
        """
        found = [0] * max(0, count)
        if not found or size <= 0:
            return found
        if self.is_whole:
            for start in self._kept:
                found[min(count - 1, start * count // size)] += 1
            return found
        for bucket, hits in enumerate(self._counts):
            if hits:
                first = min(count - 1, (bucket << self._shift) * count // size)
                last = min(count - 1, (((bucket + 1) << self._shift) - 1) * count // size)
                for row in range(first, last + 1):
                    found[row] += max(1, hits // (last - first + 1))
        return found

    def place(self, start: int) -> int | None:
        """How many hits lie before a position; `None` where that is not known."""
        at = bisect_left(self._kept, start)
        return at if at < len(self._kept) or self.is_whole else None

    def after(self, start: int) -> int | None:
        """The first kept position from `start` on, if it is sure to be the first hit there."""
        at = bisect_left(self._kept, start)
        return self._kept[at] if at < len(self._kept) else None

    def before(self, start: int) -> int | None:
        """The last kept position before `start`, if it is sure to be the last hit there."""
        at = bisect_left(self._kept, start)
        sure = self.is_whole or at < len(self._kept)
        return self._kept[at - 1] if at and sure else None
