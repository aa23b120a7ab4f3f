"""Which workers stopped talking while the others went on, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from console.logs.line_keys import micros

_LEAST = 30_000_000
"""Microseconds behind the others below which nobody counts as silent."""
_PATIENCE = 5
"""So many of the usual gaps between lines, one's own or the others', are no silence."""
_WEIGHT = 0.1


@dataclass(frozen=True, slots=True)
class Silent:
    """A worker that said nothing while the others did."""

    rank: int
    since: datetime
    """Its last line."""
    behind: float
    """Seconds from then to the last line of the median worker."""


@dataclass(slots=True)
class _Voice:
    last: datetime
    gap: float | None = None


class Voices:
    """When each worker was heard last, and how often it speaks."""

    def __init__(self) -> None:
        self._voices: dict[int, _Voice] = {}
        self._ended: set[int] = set()

    def heard(self, rank: int, moment: datetime) -> None:
        """A worker wrote a line; an older one than known tells nothing."""
        voice = self._voices.get(rank)
        if voice is None:
            self._voices[rank] = _Voice(moment)
            return
        gap = float(micros(moment) - micros(voice.last))
        if gap <= 0:
            return
        voice.gap = gap if voice.gap is None else voice.gap + _WEIGHT * (gap - voice.gap)
        voice.last = moment

    def ended(self, rank: int) -> None:
        """A worker ended in good order or was stopped: it need not speak."""
        self._ended.add(rank)

    def began(self, rank: int) -> None:
        """A worker runs again."""
        self._ended.discard(rank)

    def forget(self, ranks: Iterable[int]) -> None:
        """Those are no workers any more."""
        for rank in ranks:
            self._voices.pop(rank, None)
            self._ended.discard(rank)

    def last(self, rank: int) -> datetime | None:
        """A worker's last line; `None` where it was never heard."""
        voice = self._voices.get(rank)
        return voice.last if voice else None

    def silent(self) -> tuple[Silent, ...]:
        """The workers far behind the median one, longest silent first.

        Where most are quiet nobody is: then the job is, and not a worker of it.
        """
        voices = {rank: v for rank, v in self._voices.items() if rank not in self._ended}
        if len(voices) < 2:
            return ()
        lasts = {rank: micros(voice.last) for rank, voice in voices.items()}
        # Of two the one that speaks is the measure.
        heard = sorted(lasts.values())[len(lasts) // 2]
        gaps = [voice.gap for voice in voices.values() if voice.gap is not None]
        usual = median(gaps) if gaps else 0.0
        found = [
            Silent(rank, voice.last, (heard - lasts[rank]) / 1e6)
            for rank, voice in voices.items()
            if heard - lasts[rank] > max(_LEAST, _PATIENCE * max(usual, voice.gap or 0.0))
        ]
        return tuple(sorted(found, key=lambda each: (each.since, each.rank)))
