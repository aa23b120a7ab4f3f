"""What a bench found, as a table and as verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.measure import Times


@dataclass(frozen=True)
class Budget:
    """The most a case may take: `factor` x the floor's median + `plus_seconds`."""

    case: str
    floor: str
    factor: float = 1.0
    plus_seconds: float = 0.0

    def limit(self, times: dict[str, Times]) -> float:
        return self.factor * times[self.floor].median + self.plus_seconds

    def sentence(self) -> str:
        factor = "" if self.factor == 1.0 else f"{self.factor:g} x "
        plus = f" + {self.plus_seconds:g} s" if self.plus_seconds else ""
        return f"{factor}{self.floor}{plus}"


@dataclass(frozen=True)
class Finding:
    """The result of one bench."""

    title: str
    floor: str
    """The case all others are divided by."""
    times: dict[str, Times]
    budgets: Sequence[Budget] = ()
    left_out: Sequence[str] = ()
    """What was not measured, each with its reason."""

    @property
    def kept(self) -> bool:
        return all(self.times[b.case].median <= b.limit(self.times) for b in self.budgets)


def write(finding: Finding) -> str:
    """The finding as text."""
    lines = [finding.title, ""]
    width = max([len(name) for name in finding.times], default=4)
    floor = finding.times[finding.floor].median
    lines.append(f"  {'':<{width}}  {'median':>9}  {'spread':>9}  {'ratio':>7}")
    for name, times in finding.times.items():
        lines.append(
            f"  {name:<{width}}  {times.median * 1000:>6.0f} ms  ±{times.spread * 1000:>5.1f} ms"
            f"  {times.median / floor:>6.2f}x"
        )
    lines.append("")
    for budget in finding.budgets:
        took, limit = finding.times[budget.case].median, budget.limit(finding.times)
        verdict = "within budget" if took <= limit else "OVER BUDGET"
        lines.append(
            f"  {budget.case}: {verdict}, {took * 1000:.0f} of {limit * 1000:.0f} ms "
            f"({budget.sentence()})"
        )
    lines.extend(f"  not measured: {reason}" for reason in finding.left_out)
    return "\n".join(lines)
