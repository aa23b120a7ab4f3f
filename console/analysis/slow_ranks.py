"""Which ranks of a job hold the others up, from the time each takes for the same steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median

SLOW_SHARE = 0.05
"""How much longer than the others a rank takes for most of its steps to be slow."""

LATE_SHARE = 0.2
"""How much longer than the others it takes for one step for this to be a late one."""

_LATE_STEPS, _LATE_OF_ALL = 5, 0.02
"""Late steps that are more than chance: so many, and this share of all."""

_LEAST_RANKS, _LEAST_STEPS = 3, 8
"""Fewer say nothing of who is slower than the others."""


class RankMark(StrEnum):
    """What is wrong with the speed of a rank."""

    SLOW = "slow"
    STRAGGLING = "straggling"
    BEHIND = "behind"


@dataclass(frozen=True, slots=True)
class RankSpeed:
    """How fast one rank is beside the others.

    Attributes:
        rank: which one.
        steps: how many of its steps were measured.
        mean: seconds a step takes on average.
        median: seconds most steps take.
        ratio: how long it takes for a step of what the middle rank takes for the same one.
        late: steps for which it took far longer than the others.
        mark: what is wrong; `None` for nothing.
    """

    rank: int
    steps: int
    mean: float
    median: float
    ratio: float
    late: int
    mark: RankMark | None = None


Times = Mapping[int, Mapping[float, float]]
"""Rank -> step -> seconds the rank took for it."""


def rank_speeds(times: Times) -> tuple[RankSpeed, ...]:
    """Every rank with its mark, the slowest on average first."""
    middle = _middle(times)
    late = late_steps(times, share=LATE_SHARE)
    many = sum(bool(each) for each in times.values()) >= _LEAST_RANKS
    speeds = []
    for rank, own in times.items():
        if not own:
            continue
        ratio = median(own[step] / middle[step] for step in own if middle[step] > 0)
        mark = _mark(ratio, late[rank], len(own)) if many and len(own) >= _LEAST_STEPS else None
        speeds.append(
            RankSpeed(
                rank, len(own), fmean(own.values()), median(own.values()), ratio, late[rank], mark
            )
        )
    return tuple(sorted(speeds, key=lambda each: (-each.mean, each.rank)))


def _mark(ratio: float, late: int, steps: int) -> RankMark | None:
    if ratio >= 1 + SLOW_SHARE:
        return RankMark.SLOW
    if late >= _LATE_STEPS and late >= steps * _LATE_OF_ALL:
        return RankMark.STRAGGLING
    return None


def late_steps(times: Times, *, by: float = 0.0, share: float = 0.0) -> dict[int, int]:
    """For how many steps each rank took longer than the middle one.

    Args:
        times: what each took.
        by: seconds it must be longer.
        share: the share of the middle one's time it must be longer.
    """
    middle = _middle(times)
    return {
        rank: sum(taken > middle[step] * (1 + share) + by for step, taken in own.items())
        for rank, own in times.items()
    }


def _middle(times: Times) -> dict[float, float]:
    """What the middle rank took for each step."""
    by_step: dict[float, list[float]] = {}
    for own in times.values():
        for step, taken in own.items():
            by_step.setdefault(step, []).append(taken)
    return {step: median(taken) for step, taken in by_step.items()}


def behind(last_steps: Mapping[int, float], reports: float = 1.0) -> dict[int, float]:
    """Ranks that stopped or fell behind, with how many steps they are short.

    Args:
        last_steps: the newest step of each rank.
        reports: steps between two reports: one report later is not behind.
    """
    if len(last_steps) < _LEAST_RANKS:
        return {}
    middle = median(last_steps.values())
    return {
        rank: middle - step
        for rank, step in sorted(last_steps.items())
        if middle - step > 2 * max(reports, 1.0)
    }
