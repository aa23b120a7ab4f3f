"""Training jobs: what was asked for, what runs, how far it is."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from api_client.models.base import Frozen, LenientEnum, UtcDatetime

NAME_PATTERN = r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$"
"""1 to 63 characters: a lower-case letter first, then `a-z0-9-`, a letter or digit last."""

_EXIT_CODE_PART = re.compile(r"^\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*$")


class JobState(LenientEnum):
    QUEUED = "QUEUED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    RECOVERING = "RECOVERING"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"

    @property
    def ended(self) -> bool:
        """True where no worker will run again unless somebody restarts the job."""
        return self in (JobState.STOPPED, JobState.SUCCEEDED, JobState.FAILED)


class WorkerState(LenientEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPING = "STOPPING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    STOPPED = "STOPPED"
    LOST = "LOST"
    """Its node stopped answering."""
    UNKNOWN = "UNKNOWN"


class QuotaType(LenientEnum):
    RESERVED = "RESERVED"
    SPOT = "SPOT"
    UNKNOWN = "UNKNOWN"


class Priority(LenientEnum):
    NORMAL = "NORMAL"
    HIGH = "HIGH"
    HIGHEST = "HIGHEST"
    UNKNOWN = "UNKNOWN"


class FailureAction(LenientEnum):
    RESTART_JOB = "RESTART_JOB"
    RESTART_WORKER = "RESTART_WORKER"
    FAIL_JOB = "FAIL_JOB"
    UNKNOWN = "UNKNOWN"


def parse_exit_codes(text: str) -> tuple[tuple[int, int], ...]:
    """Read `99,101-255` as inclusive ranges of exit codes 1..255.

    Raises:
        ValueError: a part is not a number or range, or lies outside 1..255.
    """
    ranges: list[tuple[int, int]] = []
    for part in text.split(","):
        match = _EXIT_CODE_PART.match(part)
        if match is None:
            raise ValueError(f"{part.strip()!r} is not an exit code or a range such as 101-255")
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= 255:
            raise ValueError(f"{part.strip()!r} is outside 1-255 or runs backwards")
        ranges.append((low, high))
    return tuple(ranges)


class FailureRule(Frozen):
    """What to do when a worker exits with one of these codes; the first match decides."""

    exit_codes: str = ""
    """Codes 1..255, ranges and commas (`99,101-255`); empty matches any code."""
    action: FailureAction
    mark_node_unschedulable: bool = False
    """Also cordon the node the worker ran on; needs `exit_codes`."""

    @field_validator("exit_codes")
    @classmethod
    def _check_exit_codes(cls, text: str) -> str:
        if text:
            parse_exit_codes(text)
        return text

    def matches(self, exit_code: int) -> bool:
        if not self.exit_codes:
            return True
        return any(low <= exit_code <= high for low, high in parse_exit_codes(self.exit_codes))


class JobSpec(Frozen):
    """What a person asks for."""

    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=63)]
    command: Annotated[str, Field(min_length=1, max_length=65_536)]
    """Run by `/bin/sh -c` once per worker."""
    workers: Annotated[int, Field(ge=1, le=4096)] = 1
    accelerators_per_worker: Annotated[int, Field(ge=0, le=64)] = 1
    pool: str = "default"
    project: Annotated[str, Field(max_length=256)] = ""
    framework: Annotated[str, Field(max_length=64)] = ""
    working_dir: Annotated[str, Field(max_length=4096)] = ""
    """Absolute; empty means the job's own folder."""
    env: dict[str, str] = {}
    tags: dict[str, str] = {}
    priority: Priority = Priority.NORMAL
    quota_type: QuotaType = QuotaType.RESERVED
    backoff_limit: Annotated[int, Field(ge=-1, le=2_147_483_647)] = 3
    """How often a failed worker may restart the job; -1 is without limit. A lost node is the
    platform's fault and does not count."""
    rules: Annotated[tuple[FailureRule, ...], Field(max_length=20)] = ()
    """First match decides; none matching restarts the job."""
    hang_seconds: Annotated[float, Field(gt=0)] | None = None
    """Restart when no worker wrote a log line and no step went by for so long."""
    max_run_seconds: Annotated[float, Field(gt=0)] | None = None
    """Fail the job when it ran so long in all."""
    checkpoint_dir: Annotated[str, Field(max_length=4096)] = ""
    """Absolute; empty means the job's own checkpoint folder."""


class Progress(Frozen):
    """How far the job says it is; read from its log and its checkpoint folder."""

    step: int | None = None
    total_steps: int | None = None
    loss: float | None = None
    tokens_per_second: float | None = None
    steps_per_second: float | None = None
    checkpoint_step: int | None = None
    checkpoint_time: UtcDatetime | None = None
    updated: UtcDatetime | None = None


class Allocation(Frozen):
    """Slots held by one worker from one whole second to another; what metering is made of."""

    id: str
    attempt: int
    rank: int
    node: str
    accelerators: int
    start: UtcDatetime
    end: UtcDatetime | None = None
    """`None` while held."""


class Worker(Frozen):
    """One rank of one attempt of a job."""

    job: str
    rank: int
    attempt: int
    """0 for the first start of the job; counts up with each restart of the job or the rank."""
    state: WorkerState
    native: str = ""
    node: str | None = None
    accelerators: tuple[int, ...] = ()
    """Indices of the slots on the node."""
    pid: int | None = None
    """Process id, on the embedded cloud only."""
    exit_code: int | None = None
    signal: int | None = None
    reason: str = ""
    started: UtcDatetime | None = None
    ended: UtcDatetime | None = None
    log_bytes: int | None = None
    last_output: UtcDatetime | None = None
    utilisation: float | None = None


class JobSummary(Frozen):
    """The columns a list of jobs needs."""

    name: str
    uid: str
    owner: str
    project: str = ""
    pool: str = ""
    state: JobState
    native: str = ""
    reason: str = ""
    """Why it waits, why it stopped; one sentence."""
    framework: str = ""
    priority: Priority = Priority.NORMAL
    quota_type: QuotaType = QuotaType.RESERVED
    workers: int
    accelerators: int
    """Workers x accelerators per worker."""
    nodes: tuple[str, ...] = ()
    attempt: int = 0
    restarts: int = 0
    """Restarts so far, whatever caused them."""
    backoff_used: int = 0
    backoff_limit: int = 0
    exit_code: int | None = None
    progress: Progress = Progress()
    utilisation: float | None = None
    created: UtcDatetime
    started: UtcDatetime | None = None
    """When the current attempt began to run."""
    ended: UtcDatetime | None = None
    accelerator_seconds: int = 0
    """Allocated so far, whole seconds x slots."""
    resource_version: int = 0


class Job(JobSummary):
    """Everything about one job."""

    spec: JobSpec
    checkpoint_dir: str = ""
    log_dir: str = ""
    first_started: UtcDatetime | None = None
    allocations: tuple[Allocation, ...] = ()


class LogChunk(Frozen):
    """A piece of one worker's log, bytes as they were written."""

    start: int
    """Byte offset of `data` in the whole log."""
    data: bytes
    total: int | None = None
    """Bytes the log had when this was read."""
    end_of_log: bool = False
    """True when the worker has ended and nothing follows."""
