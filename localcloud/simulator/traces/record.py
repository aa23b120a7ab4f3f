"""What a trace says of one job, whatever its format; times are whole microseconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from api_client.models.job import JobState

MICROSECONDS = 1_000_000


class TraceError(Exception):
    """A trace cannot be read; the text names file, line and column as far as they are known."""

    def __init__(
        self,
        path: Path,
        message: str,
        *,
        line: int | None = None,
        record: int | None = None,
        column: str = "",
    ) -> None:
        where = str(path)
        if line is not None:
            where = f"{where}:{line}"
        if record is not None:
            where = f"{where}: record {record}"
        if column:
            where = f"{where}: column {column[:40]}"
        super().__init__(_printable(f"{where}: {message}"))
        self.path = path
        self.line = line
        self.column = column


def _printable(text: str) -> str:
    """Cells and titles come from the file: nothing of them may steer a terminal."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


@dataclass(frozen=True, slots=True)
class TraceRun:
    """One time for which the job held accelerators."""

    start: int
    end: int
    accelerators: Decimal
    """May be a fraction, where the trace shares accelerators."""


@dataclass(frozen=True, slots=True)
class TraceJob:
    """One job of a trace."""

    id: str
    submit: int
    runs: tuple[TraceRun, ...]
    """In order of time; empty where the job never started."""
    ended: int | None
    """`None` where the trace never saw it end."""
    state: JobState
    accelerators: Decimal
    native: str = ""
    """The trace's own word for the state."""
    reason: str = ""
    name: str = ""
    user: str = ""
    project: str = ""
    pool: str = ""
    model: str = ""
    """Model of the accelerators."""
    nodes: int | None = None


@dataclass(slots=True)
class Trace:
    """A whole trace, in the order of its file."""

    path: Path
    format: str
    jobs: list[TraceJob]
    notes: list[str] = field(default_factory=list)
    """What was assumed or left out; sentences for a person."""
    absolute: bool = True
    """False where the file counts its times from its own beginning."""

    @property
    def begin(self) -> int:
        """The first submission."""
        return min(job.submit for job in self.jobs)

    @property
    def end(self) -> int:
        """The last moment the trace speaks of."""
        return max(_last(job) for job in self.jobs)


def _last(job: TraceJob) -> int:
    return max(job.submit, job.ended or 0, *(run.end for run in job.runs))
