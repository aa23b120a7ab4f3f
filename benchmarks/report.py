"""What the benches found: rows with a peer or floor beside them, budgets and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from benchmarks.measure import Samples


class Verdict(StrEnum):
    """Whether a row kept its budget."""

    KEPT = "kept"
    MISSED = "MISSED"
    KNOWN = "missed, known"
    OPEN = "no budget"
    NO_PEER = "peer not installed"


@dataclass(frozen=True)
class Budget:
    """The most a row may take.

    With `factor`: so many times the row's peer, after `plus` (in the row's unit) is taken off.
    With `at_most`: so much in the row's unit, whatever the peer took. Both must hold.
    """

    factor: float | None = None
    plus: float = 0.0
    at_most: float | None = None

    def sentence(self, unit: str) -> str:
        parts = []
        if self.factor is not None:
            plus = f" + {number(self.plus)} {unit}" if self.plus else ""
            parts.append(f"{self.factor:g} x{plus}")
        if self.at_most is not None:
            parts.append(f"{number(self.at_most)} {unit}")
        return " and ".join(parts)


@dataclass(frozen=True)
class Row:
    """One measure of ours beside one of a peer or of a floor."""

    key: str
    """Stable over versions: what the recorded ratio is found by."""
    scenario: str
    unit: str
    ours: Samples
    against: Samples | None = None
    """`None` where the peer is not installed."""
    budget: Budget | None = None
    others: Sequence[Samples] = ()
    """Further peers, for the reader."""

    @property
    def ratio(self) -> Samples | None:
        return None if self.against is None else self.ours.over(self.against)

    @property
    def verdict(self) -> Verdict:
        budget = self.budget
        if budget is None:
            return Verdict.OPEN
        if budget.at_most is not None and self.ours.median > budget.at_most:
            return Verdict.MISSED
        if budget.factor is None:
            return Verdict.KEPT
        if self.against is None:
            return Verdict.NO_PEER
        over = self.ours.over(self.against, budget.plus).median
        return Verdict.KEPT if over <= budget.factor else Verdict.MISSED


@dataclass(frozen=True)
class Finding:
    """The result of one bench."""

    title: str
    rows: Sequence[Row]
    left_out: Sequence[str] = ()
    """What was not measured, each with its reason."""
    notes: Sequence[str] = field(default=())
    broken: Sequence[str] = ()
    """What of ours failed while it was measured, each with its reason."""


def number(value: float) -> str:
    """Three figures, without an exponent."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.4f}"


def times(value: float) -> str:
    """A ratio."""
    return f"{value:.1f}x" if value >= 10 else f"{value:.2f}x" if value >= 0.1 else f"{value:.4f}x"


HEADINGS = ("scenario", "unit", "ours", "beside", "", "ratio", "budget", "verdict")


def cells(row: Row, known: bool = False) -> tuple[str, ...]:
    """A row of the table, as the terminal and the document show it."""
    ratio = row.ratio
    verdict = row.verdict
    if verdict is Verdict.MISSED and known:
        verdict = Verdict.KNOWN
    return (
        row.scenario,
        row.unit,
        f"{number(row.ours.median)} ±{number(row.ours.spread)}",
        "—" if row.against is None else row.against.name,
        "—" if row.against is None else number(row.against.median),
        "—" if ratio is None else times(ratio.median),
        "—" if row.budget is None else row.budget.sentence(row.unit),
        verdict.value,
    )


def write(finding: Finding, known: frozenset[str] = frozenset()) -> str:
    """The finding as text for a terminal."""
    table = [HEADINGS, *(cells(row, row.key in known) for row in finding.rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    lines = [finding.title, ""]
    for line in table:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        lines.append("  " + "  ".join(padded).rstrip())
    for row in finding.rows:
        also = ", ".join(f"{other.name} {number(other.median)}" for other in row.others)
        if also:
            lines.append(f"  {row.scenario}: also {also} {row.unit}")
    lines.extend(f"  note: {note}" for note in finding.notes)
    lines.extend(f"  not measured: {reason}" for reason in finding.left_out)
    lines.extend(f"  BROKEN: {reason}" for reason in finding.broken)
    return "\n".join(lines)
