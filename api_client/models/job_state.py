"""Words about jobs: states, priorities, quotas, what follows a failure."""

from __future__ import annotations

from api_client.models.base import LenientEnum


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
