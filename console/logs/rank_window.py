"""Moves what is held of a merged log: further back, further on, to the newest lines."""

from __future__ import annotations

from console.logs.merge import MergedLog
from console.logs.ranks import RankReader
from console.logs.tracked import Tracked

_SHARE = 2 * 1024 * 1024
"""Bytes that one step back over all ranks is worth."""
_LEAST_PIECE, _MOST_PIECE = 1024, 32 * 1024
_LONGEST = 1024 * 1024
_RANKS = 64
"""Logs read for one step; who asks again gets the next ones."""


class RankWindow:
    """Reads what a reader of a merged log asks for, and no more.

    The reader says with `MergedLog.keep` what is in view; what is far from it falls off.
    """

    def __init__(self, merged: MergedLog, reader: RankReader) -> None:
        self._merged, self._reader = merged, reader
        self._pieces: dict[int, int] = {}

    @property
    def at_start(self) -> bool:
        """Whether nothing precedes what is held."""
        return not self._before()

    @property
    def at_end(self) -> bool:
        """Whether nothing that was read follows what is held."""
        return not any(self._merged.is_cut(rank) for rank in self._reader.ranks)

    async def earlier(self) -> int:
        """Read what precedes, of those ranks of which it is missing nearest; lines gained.

        Raises:
            CloudError: none of them can be read.
        """
        nearest = sorted(self._before(), key=self._first, reverse=True)[:_RANKS]
        gained = await self._reader.each(nearest, self._read_before)
        return sum(gained)

    async def later(self) -> int:
        """Read on where newer lines fell off, of those ranks of which the oldest are missing.

        Raises:
            CloudError: none of them can be read.
        """
        cut = [each for rank, each in self._reader.ranks.items() if self._merged.is_cut(rank)]
        nearest = sorted(cut, key=self._last)[:_RANKS]
        gained = await self._reader.each(nearest, self._read_after)
        return sum(gained)

    async def to_end(self) -> None:
        """Hold the newest lines again, whatever lies between.

        Raises:
            CloudError: the workers cannot be read.
        """
        self._merged.keep = None
        if not self.at_end:
            self._merged.clear()
            await self._reader.ends()

    @property
    def _piece(self) -> int:
        share = _SHARE // max(1, len(self._reader.ranks))
        return max(_LEAST_PIECE, min(_MOST_PIECE, share))

    def _before(self) -> list[Tracked]:
        return [
            each
            for rank, each in self._reader.ranks.items()
            if self._merged.start_of(rank) and self._merged.first_of(rank) is not None
        ]

    def _first(self, tracked: Tracked) -> int:
        return self._merged.first_of(tracked.worker.rank) or 0

    def _last(self, tracked: Tracked) -> float:
        last = self._merged.last_of(tracked.worker.rank)
        return last.timestamp() if last else 0.0

    async def _read_before(self, tracked: Tracked) -> int:
        rank = tracked.worker.rank
        end, attempt = self._merged.start_of(rank) or 0, tracked.attempt
        start = max(0, end - self._pieces.get(rank, self._piece))
        chunk = await self._reader.read(tracked, start, end - start)
        if self._merged.start_of(rank) != end or tracked.attempt != attempt:
            # It moved while this was on its way.
            return 0
        gained = self._merged.feed_before(rank, chunk.start, chunk.data)
        # Nothing came of a piece without a line's start: the next one is longer.
        self._pieces[rank] = self._piece if gained else min(_LONGEST, (end - start) * 2)
        return gained

    async def _read_after(self, tracked: Tracked) -> int:
        before = len(self._merged)
        start = self._merged.end_of(tracked.worker.rank, tracked.attempt) or 0
        chunk = await self._reader.read(tracked, start, self._piece)
        self._reader.take(tracked, chunk)
        return max(0, len(self._merged) - before)
