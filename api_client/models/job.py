"""Training jobs: what runs, how far it is, what it left behind.

What was asked for is in `job_spec`; that module is loaded when the first `Job` is read or a name
of it is asked for here, because a list of jobs needs none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from api_client.models.base import UtcDatetime
from api_client.models.job_state import FailureAction as FailureAction
from api_client.models.job_state import JobState as JobState
from api_client.models.job_state import Priority as Priority
from api_client.models.job_state import QuotaType as QuotaType
from api_client.models.job_state import WorkerState as WorkerState
from api_client.models.slim import Slim

if TYPE_CHECKING:
    from api_client.models.job_spec import NAME_PATTERN as NAME_PATTERN
    from api_client.models.job_spec import FailureRule as FailureRule
    from api_client.models.job_spec import JobSpec as JobSpec
    from api_client.models.job_spec import parse_exit_codes as parse_exit_codes

_OF_THE_SPEC = frozenset({"FailureRule", "JobSpec", "NAME_PATTERN", "parse_exit_codes"})


def __getattr__(name: str) -> Any:
    if name not in _OF_THE_SPEC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module("api_client.models.job_spec"), name)
    globals()[name] = found
    return found


class Progress(Slim):
    """How far the job says it is; read from its log and its checkpoint folder."""

    step: int | None = None
    total_steps: int | None = None
    loss: float | None = None
    tokens_per_second: float | None = None
    steps_per_second: float | None = None
    checkpoint_step: int | None = None
    checkpoint_time: UtcDatetime | None = None
    updated: UtcDatetime | None = None


class Allocation(Slim):
    """Slots held by one worker from one whole second to another; what metering is made of."""

    id: str
    attempt: int
    rank: int
    node: str
    accelerators: int
    start: UtcDatetime
    end: UtcDatetime | None = None
    """`None` while held."""


class Worker(Slim):
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


class JobSummary(Slim):
    """The columns a list of jobs needs."""

    SHARED = ("owner", "project", "pool", "native", "reason", "framework", "nodes")

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
    accelerator_seconds: int | float = 0
    """Allocated so far, seconds x slots; whole seconds where the cloud meters them."""
    resource_version: int = 0


class Job(JobSummary):
    """Everything about one job."""

    LATE_TYPES = ("JobSpec",)

    spec: JobSpec
    checkpoint_dir: str = ""
    log_dir: str = ""
    first_started: UtcDatetime | None = None
    allocations: tuple[Allocation, ...] = ()


class LogChunk(Slim):
    """A piece of one worker's log, bytes as they were written."""

    start: int
    """Byte offset of `data` in the whole log."""
    data: bytes
    total: int | None = None
    """Bytes the log had when this was read."""
    end_of_log: bool = False
    """True when the worker has ended and nothing follows."""
    attempt: int | None = None
    """Whose log it is, where the answer says so."""
