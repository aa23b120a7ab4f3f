"""What a simulated tenant can do beyond the Tenant API; the control routes call it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Protocol

from localcloud.server.backend import TenantBackend

FAULT_KINDS = (
    "xid",
    "network",
    "hang",
    "checkpoint-corrupt",
    "node",
    "ecc",
    "thermal",
    "disk-full",
)


@dataclass(frozen=True, slots=True)
class Running:
    """What is simulated, and how time passes there."""

    scenario: str
    seed: int
    speed: float
    """Simulated seconds per real second."""
    paused: bool
    now: datetime
    """The moment the tenant shows."""
    target: datetime
    """The moment it is on its way to; differs from `now` while a jump is played."""
    begin: datetime
    """The first moment of its history."""


@dataclass(frozen=True, slots=True)
class Injected:
    """What an injected fault struck."""

    kind: str
    node: str
    job: str
    """Empty where nothing ran there."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals over every job played so far, also over those no longer listed."""

    jobs: int
    accelerator_hours: Fraction
    """Exact; allocated time x accelerators."""
    peak_accelerators: Fraction
    """The most allocated at one moment; ends come before starts at the same one."""
    by_state: dict[str, int]
    by_native: dict[str, int]


class SimulatedBackend(TenantBackend, Protocol):
    """A tenant whose clock and faults are ours."""

    def simulation(self) -> Running: ...

    def set_clock(
        self,
        *,
        speed: float | None = None,
        paused: bool | None = None,
        step_seconds: float | None = None,
        to: datetime | None = None,
    ) -> Running:
        """Change what is given. A jump is played over several ticks; raises `InvalidFault`."""
        ...

    def inject(
        self,
        kind: str,
        node: str | None = None,
        job: str | None = None,
        seconds: float | None = None,
    ) -> Injected:
        """Break something now, for `seconds` or for as long as repairs take.

        Raises:
            InvalidFault: `kind` is none of `FAULT_KINDS`, or nothing is busy.
            NotFoundFault: there is no such node or job.
        """
        ...

    def summary(self) -> Summary: ...

    def play_to(self, moment: datetime) -> None:
        """Play everything up to a moment at once; for programs that need the end."""
        ...
