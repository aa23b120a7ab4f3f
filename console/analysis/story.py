"""What was found in a log, in the order it was read, and whether the run went on after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from console.analysis.log_progress import Step
from console.analysis.signatures import Role, Signature

_FURTHER_STEPS = 2
"""Different steps after which a run is said to have gone on: the others finish the one they are
in when a rank dies."""

_GENERIC = 30
"""Priority below which a signature says little: any other one in the same story is better."""

_HARDWARE = ("gpu.", "nvswitch.", "ascend.event", "host.mce", "host.pcie", "net.link", "net.mlx5")

_COLLECTIVE = ("nccl.", "hccl.")
"""Waves that a program turns into exceptions of its own: what comes first says more."""

ENDS = ("ops.time_limit", "ops.preempted", "ops.cancelled")
"""Signatures by which somebody else ended the run."""


@dataclass(slots=True)
class Finding:
    """One line that means something.

    Attributes:
        step: where the run was then.
        chained: it was raised while, or because, the finding before it was dealt with.
        survived: the run went on afterwards.
        passing: it stands in a line of progress, so it ended nothing by itself.
    """

    signature: Signature
    rank: int | None
    line: int
    time: datetime | None
    text: str
    step: Step | None = None
    chained: bool = False
    survived: bool = False
    passing: bool = False
    order: int = 0

    @property
    def tier(self) -> int:
        """How near to a first cause lines of this kind stand; the lowest is nearest."""
        role, name = self.signature.role, self.signature.id
        if role is Role.ROOT and name.startswith(_HARDWARE):
            return 0
        if role is Role.ROOT and self.signature.priority >= _GENERIC and name not in ENDS:
            return 1
        if role is Role.EITHER:
            return 2
        if role is Role.ROOT and name not in ENDS or name.startswith(_COLLECTIVE):
            return 3
        return 4 if role is Role.CASCADE else 5


@dataclass(slots=True)
class Success:
    """A line by which the run said that it was done."""

    rank: int | None
    line: int
    time: datetime | None
    step: Step | None
    order: int = 0
    superseded: bool = False


@dataclass(slots=True)
class Story:
    """What was found, in the order it was read."""

    findings: list[Finding] = field(default_factory=list)
    successes: list[Success] = field(default_factory=list)
    further: Counter[tuple[str, int | None]] = field(default_factory=Counter)
    """Lines of each kind beyond those held, by signature and rank."""
    steps: list[Step | None] = field(default_factory=list)
    launcher_rank: int | None = None
    lines: int = 0
    of_a_run: bool = True
    """Whether the log is a job's at all, rather than a service's."""
    has_result: bool = False
    """Whether a result stands near its end."""
    complaints: list[Finding] = field(default_factory=list)
    """Errors of no known kind at its end."""
    _seen: set[tuple[str, float]] = field(default_factory=set)
    _open: int = 0
    _order: int = 0

    @property
    def is_open(self) -> bool:
        """Whether further steps would change what was found."""
        return self._open < len(self.findings) or any(
            not each.superseded for each in self.successes
        )

    def add(self, finding: Finding) -> None:
        """Something went wrong, or was said to."""
        self._order += 1
        finding.order = self._order
        self.findings.append(finding)
        self._seen.clear()

    def count(self, signature: Signature, rank: int | None) -> None:
        """One more line of a kind, of which enough are held."""
        self.further[signature.id, rank] += 1

    def succeeded(self, success: Success) -> None:
        """The run said that it is done."""
        self._order += 1
        success.order = self._order
        self.successes.append(success)
        self._seen.clear()

    def went_on(self, step: Step) -> None:
        """A further step after something was found: after two of them it was survived."""
        self._seen.add((step.unit, step.at))
        if not any(self._is_further(step.unit, each) for each in self._late_steps()):
            return
        for finding in self.findings[self._open :]:
            finding.survived = True
        self._open = len(self.findings)
        for success in self.successes:
            success.superseded = True
        self._seen.clear()

    def _late_steps(self) -> Iterable[Step | None]:
        pending = [each.step for each in self.findings[self._open :]]
        return [*pending[-1:], *(each.step for each in self.successes[-1:])]

    def _is_further(self, unit: str, before: Step | None) -> bool:
        known = before.at if before is not None and before.unit == unit else None
        return sum(one == unit and at != known for one, at in self._seen) >= _FURTHER_STEPS


def told_together(stories: Sequence[Story]) -> Story:
    """The stories of several ranks as one: by time where every line has one, else rank by rank."""
    if len(stories) == 1:
        return stories[0]
    whole = Story()
    parts: list[Finding | Success] = []
    for story in stories:
        parts += sorted([*story.findings, *story.successes], key=lambda part: part.order)
        whole.further += story.further
        if whole.launcher_rank is None:
            whole.launcher_rank = story.launcher_rank
    if all(part.time is not None for part in parts):
        parts.sort(key=lambda part: part.time or _NEVER)
    for order, part in enumerate(parts, start=1):
        part.order = order
        if isinstance(part, Finding):
            whole.findings.append(part)
        else:
            whole.successes.append(part)
    return whole


_NEVER = datetime.max.replace(tzinfo=UTC)
