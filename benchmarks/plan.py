"""How much is measured, and on what."""

from __future__ import annotations

from dataclasses import dataclass

SEED = 7


@dataclass(frozen=True)
class Plan:
    """Rounds, and the rows and tenants to measure on."""

    rounds: int = 5
    seed: int = SEED
    scale: float = 1.0
    """Lists and tenants are so many times as long."""

    @property
    def usual(self) -> bool:
        """Whether its ratios are those that are recorded: of the same seed and the same sizes."""
        return self.seed == SEED and self.scale == 1.0

    def count(self, number: int) -> int:
        """A length, scaled."""
        return max(100, round(number * self.scale))
