"""What a diagnosis says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.analysis.signatures import Restart, Signature


class Outcome(StrEnum):
    """How a run ended, as far as its log says."""

    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    PREEMPTED = "preempted"
    TIME_LIMIT = "time_limit"
    HUNG = "hung"
    RUNNING = "running"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How much the log supports what is said."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Cause:
    """The first thing that went wrong.

    Attributes:
        rank: whose line it is; `None` where the log does not say.
        line: its number in that log, from 1.
        time: when, where a line at or before it says.
        text: the line, cut.
    """

    signature: Signature
    rank: int | None
    line: int
    time: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Symptom:
    """Lines of one kind that follow from the cause.

    Attributes:
        count: how many lines.
        ranks: the ranks that say it, in order.
        line: the first of them, from 1.
    """

    signature: Signature
    count: int
    ranks: tuple[int, ...]
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a run stopped.

    Attributes:
        after_success: the outcome of what came after a run that had already succeeded.
        restart: whether starting again helps; `None` where nothing went wrong.
        lines: how many lines were read.
    """

    outcome: Outcome
    after_success: Outcome | None
    cause: Cause | None
    symptoms: tuple[Symptom, ...]
    restart: Restart | None
    confidence: Confidence
    lines: int
