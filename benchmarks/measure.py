"""Fair comparison on a machine that is never quite quiet."""

from __future__ import annotations

import gc
import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Once = Callable[[], float]
"""Does the thing once; returns what it took, in seconds or another unit."""
Many = Callable[[], Mapping[str, float]]
"""Does the thing once; returns several measures of it by name."""


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to take a percentile of")
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


@dataclass(frozen=True)
class Samples:
    """What every round of one case gave, in the order of the rounds."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles."""
        return (self.quartile(75) - self.quartile(25)) / 2

    def quartile(self, percent: float) -> float:
        return percentile(self.values, percent)

    def over(self, other: Samples, plus: float = 0.0) -> Samples:
        """The ratios inside each round, after `plus` is taken off this one."""
        pairs = zip(self.values, other.values, strict=True)
        # A floor of nothing (an idle program that wrote no byte) makes no ratio: 0 of 0 is even.
        ratios = tuple(_ratio(mine - plus, theirs) for mine, theirs in pairs)
        return Samples(f"{self.name} / {other.name}", ratios)


def _ratio(mine: float, theirs: float) -> float:
    if theirs == 0:
        return 1.0 if mine <= 0 else math.inf
    return mine / theirs


def interleave(cases: Mapping[str, Once], rounds: int) -> dict[str, Samples]:
    """Run every case once per round, so that a slow minute hurts all of them alike.

    A round before the first warms the caches and is thrown away.
    """

    def wrapped(once: Once) -> Many:
        return lambda: {"": once()}

    several = {name: wrapped(once) for name, once in cases.items()}
    return interleave_many(several, rounds).get("", {})


def interleave_many(
    cases: Mapping[str, Many],
    rounds: int,
    lost: dict[str, str] | None = None,
    *,
    warm_up: bool = True,
) -> dict[str, dict[str, Samples]]:
    """The same for cases of several measures; returns the samples by measure and case.

    Args:
        lost: takes the cases that failed twice in one round, each with its reason; they are left
            out and the others go on. Without it a failure is raised.
        warm_up: whether a round before the first warms the caches and is thrown away.
    """
    kept: dict[str, dict[str, list[float]]] = {}
    going = dict(cases)
    first = 0 if warm_up else 1
    for number in range(first, rounds + 1):
        for name, once in list(going.items()):
            measured = once() if lost is None else _tried(name, once, lost)
            if measured is None:
                del going[name]
                continue
            for measure, value in measured.items():
                if number > 0:
                    kept.setdefault(measure, {}).setdefault(name, []).append(value)
    return {
        measure: {
            name: Samples(name, tuple(values)) for name, values in by_name.items() if name in going
        }
        for measure, by_name in kept.items()
    }


def _tried(name: str, once: Many, lost: dict[str, str]) -> Mapping[str, float] | None:
    reasons = []
    for _ in range(2):
        try:
            return once()
        except Exception as error:
            reasons.append(f"{type(error).__name__}: {error}")
            # The whole words, a terminal's picture among them, are for whoever looks on.
            print(f"{name} failed: {reasons[-1]}\n", file=sys.stderr, flush=True)
    lost[name] = reasons[-1].splitlines()[0]
    return None


@dataclass(frozen=True)
class Calibration:
    """A fixed piece of pure Python: how fast the machine is, and how busy."""

    cpu: float
    wall: float

    @property
    def busy(self) -> float:
        """Wall seconds over CPU seconds: 1.0 on a machine that does nothing else."""
        return self.wall / self.cpu if self.cpu else 1.0


def calibrate() -> Calibration:
    """Run the fixed loop once (about 30 ms)."""
    was_on = gc.isenabled()
    gc.disable()
    wall, cpu = time.perf_counter(), time.process_time()
    total = 0
    for number in range(500_000):
        total += number & 7
    taken = Calibration(time.process_time() - cpu, time.perf_counter() - wall)
    if was_on:
        gc.enable()
    return taken
