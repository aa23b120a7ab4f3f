"""Rows as the engine works with them: plain, mutable, one class per table."""

from __future__ import annotations

from dataclasses import dataclass, field

from api_client.models.compute import NodeHealth, Scheduling
from api_client.models.job import JobSpec, JobState, Progress, WorkerState

LIVE_STATES = (WorkerState.PENDING, WorkerState.RUNNING, WorkerState.STOPPING)


@dataclass
class NodeRow:
    """One declared node."""

    name: str
    ordinal: int
    accelerators: int
    created: float
    health: NodeHealth = NodeHealth.UNKNOWN
    scheduling: Scheduling = Scheduling.OPEN
    native: str = "NEW"
    reason: str = ""
    """Why it is cordoned or drained."""
    reason_by: str = ""
    fault: str = ""
    """Why it is not healthy."""
    since: float = 0.0
    last_heartbeat: float | None = None
    agent_id: str = ""
    agent_pid: int | None = None
    agent_version: str = ""
    boot_id: str = ""
    cpu_count: int | None = None
    memory_bytes: int | None = None
    version: int = 0

    @property
    def open(self) -> bool:
        """True where new work may start."""
        return self.health is NodeHealth.HEALTHY and self.scheduling is Scheduling.OPEN


@dataclass
class JobRow:
    """One job, with what the supervisor must remember between two steps."""

    uid: str
    name: str
    owner: str
    spec: JobSpec
    created: float
    log_dir: str
    checkpoint_dir: str
    id: int = 0
    state: JobState = JobState.QUEUED
    reason: str = ""
    ending: str = ""
    """While STOPPING: the state that follows."""
    isolating: bool = False
    """While RECOVERING: workers of the failed attempt may still run."""
    incident: bool = False
    """A failure happened and no step of a later attempt was seen yet."""
    restart_ranks: list[int] = field(default_factory=list)
    """While RECOVERING: ranks to start again; empty means all."""
    resume_from: int | None = None
    """Step of the checkpoint the current attempt started from."""
    attempt: int = 0
    next_attempt: int = 0
    restarts: int = 0
    backoff_used: int = 0
    failures_in_row: int = 0
    """Failures since the job last made progress; paces the restarts."""
    not_before: float = 0.0
    queued: float = 0.0
    exit_code: int | None = None
    progress: Progress = field(default_factory=Progress)
    first_started: float | None = None
    started: float | None = None
    ended: float | None = None
    ran_seconds: float = 0.0
    """Time spent running in earlier attempts."""
    version: int = 0


@dataclass
class RunRow:
    """One worker of one attempt."""

    id: str
    job_uid: str
    rank: int
    attempt: int
    node: str
    slots: list[int]
    port: int
    local_rank: int
    created: float
    current: bool = True
    """The newest run of its rank."""
    state: WorkerState = WorkerState.PENDING
    stop_wanted: bool = False
    pid: int | None = None
    pid_started: float | None = None
    exit_code: int | None = None
    signal: int | None = None
    reason: str = ""
    tail: str = ""
    started: float | None = None
    ended: float | None = None
    log_bytes: int | None = None
    last_output: float | None = None
    progress: Progress = field(default_factory=Progress)

    @property
    def live(self) -> bool:
        """True until its end is recorded."""
        return self.state in LIVE_STATES


@dataclass
class AllocationRow:
    """Slots held by one run; everything a charge needs, so that it outlives its job."""

    id: str
    job_uid: str
    job_name: str
    project: str
    rank: int
    attempt: int
    node: str
    accelerators: int
    model: str
    quota_type: str
    tags: dict[str, str]
    start: int
    end: int | None = None
    charged: bool = False
    """Its charges are final."""


@dataclass
class ChargeRow:
    """What one allocation cost within one clock hour."""

    allocation: AllocationRow
    hour: int
    start: int
    end: int
    sku: str
    unit_price: str
    currency: str
    cost: str
    seq: int = 0
