"""Fair comparison on a machine that is never quite quiet."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Once = Callable[[], float]
"""Does the thing once; returns the seconds it took."""


@dataclass(frozen=True)
class Times:
    """Seconds of every round of one case."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """Half the distance between the quartiles, in seconds."""
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return (high - low) / 2


def interleave(cases: Mapping[str, Once], rounds: int) -> dict[str, Times]:
    """Run every case once per round, so that a slow minute hurts all of them alike.

    A round before the first warms the caches and is thrown away.
    """
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, once in cases.items():
            taken = once()
            if number > 0:
                seconds[name].append(taken)
    return {name: Times(name, tuple(values)) for name, values in seconds.items()}
