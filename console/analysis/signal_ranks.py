"""The training signals of a run whose ranks have a log each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from console.analysis.signal_model import Point, Signals
from console.analysis.signal_pace import step_seconds
from console.analysis.signals import FEW, FEW_WHOLE, Shape, SignalReader
from console.analysis.slow_ranks import RankMark, RankSpeed, behind, rank_speeds

_WELL_KEPT = 16
"""Ranks whose points are kept as those of a single log are."""


@dataclass(slots=True)
class RunReader:
    """Takes the bytes of the logs of a run, of each rank in order."""

    _readers: dict[int | None, SignalReader] = field(default_factory=dict)
    _shapes: dict[bytes, Shape] = field(default_factory=dict)

    def feed(self, data: bytes, rank: int | None = None) -> None:
        """Read on; `rank` says whose log it is where each rank has its own."""
        reader = self._readers.get(rank)
        if reader is None:
            many = len(self._readers) >= _WELL_KEPT
            reader = (
                SignalReader(FEW, FEW_WHOLE, self._shapes)
                if many
                else SignalReader(shapes=self._shapes)
            )
            self._readers[rank] = reader
        reader.feed(data)

    @property
    def lines(self) -> int:
        """Lines read, of all ranks."""
        return sum(each.lines for each in self._readers.values())

    def result(self) -> Signals:
        """What was read so far, as the rank says it that says most."""
        found = {rank: reader.result() for rank, reader in self._readers.items()}
        if not found:
            return Signals()
        told = list(found.values())
        main = max(told, key=lambda each: (each.losses, len(each.points)))
        evaluated = max(told, key=lambda each: each.evaluation_count)
        saved = max(told, key=lambda each: each.checkpoint_count)
        ranks = {
            rank: signals.points
            for rank, signals in sorted(found.items(), key=lambda item: item[0] or 0)
            if rank is not None and signals.points
        }
        return replace(
            main,
            evaluations=evaluated.evaluations,
            evaluation_count=evaluated.evaluation_count,
            checkpoints=saved.checkpoints,
            checkpoint_count=saved.checkpoint_count,
            ranks=ranks if len(ranks) > 1 else main.ranks,
        )


def speeds_of(signals: Signals) -> tuple[RankSpeed, ...]:
    """How fast each rank is beside the others, with those that fell behind marked as that."""
    speeds = rank_speeds({rank: step_seconds(points) for rank, points in signals.ranks.items()})
    late = behind(
        {rank: points[-1].step for rank, points in signals.ranks.items()},
        _steps_between(signals.points),
    )
    return tuple(
        replace(each, mark=RankMark.BEHIND) if each.rank in late else each for each in speeds
    )


def _steps_between(points: tuple[Point, ...]) -> float:
    """Steps from one report to the next, at the end of the log."""
    last = points[-2:]
    return max(last[1].step - last[0].step, 1.0) if len(last) == 2 else 1.0
