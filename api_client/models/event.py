"""Events as they happened, and incidents: one failure with its phases and its price."""

from __future__ import annotations

from datetime import timedelta

from api_client.models.base import LenientEnum, Money, Quality, Ref, UtcDatetime
from api_client.models.slim import Slim


class Severity(LenientEnum):
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    UNKNOWN = "UNKNOWN"


class ObservedBy(LenientEnum):
    PROVIDER = "PROVIDER"
    DERIVED = "DERIVED"
    """Made by the console from a difference between two readings."""
    UNKNOWN = "UNKNOWN"


class EventReason:
    """Machine words of the events every provider is translated into.

    The incident analysis reads these and nothing else, so a provider that emits them gets
    incidents with phases.
    """

    JOB_CREATED = "JobCreated"
    JOB_QUEUED = "JobQueued"
    JOB_STARTING = "JobStarting"
    JOB_RUNNING = "JobRunning"
    JOB_STOPPING = "JobStopping"
    JOB_STOPPED = "JobStopped"
    JOB_SUCCEEDED = "JobSucceeded"
    JOB_FAILED = "JobFailed"
    JOB_RESTART_REQUESTED = "JobRestartRequested"
    FAILURE_DETECTED = "FailureDetected"
    """Opens an incident. Fields: category, cause, node, rank, exit_code, failed_step,
    checkpoint_step, accelerators, attempt."""
    GANG_ISOLATED = "GangIsolated"
    """Every worker of the failed attempt is stopped. Field: attempt (the failed one)."""
    GANG_RESCHEDULED = "GangRescheduled"
    """Slots found for the next attempt. Field: attempt (the next one)."""
    CHECKPOINT_RESTORED = "CheckpointRestored"
    """The workers run again. Fields: attempt, checkpoint_step."""
    TRAINING_RESUMED = "TrainingResumed"
    """First new step after the restart. Fields: attempt, step."""
    RECOVERY_FAILED = "RecoveryFailed"
    """The failure ended the job. Fields: attempt, cause."""
    CHECKPOINT_SAVED = "CheckpointSaved"
    WORKER_EXITED = "WorkerExited"
    NODE_READY = "NodeReady"
    NODE_FAILED = "NodeFailed"
    NODE_CORDONED = "NodeCordoned"
    NODE_UNCORDONED = "NodeUncordoned"
    NODE_DRAINING = "NodeDraining"
    NODE_DRAINED = "NodeDrained"
    NODE_REBOOTED = "NodeRebooted"


FAILURE_REASONS = frozenset(
    {
        EventReason.FAILURE_DETECTED,
        EventReason.GANG_ISOLATED,
        EventReason.GANG_RESCHEDULED,
        EventReason.CHECKPOINT_RESTORED,
        EventReason.TRAINING_RESUMED,
        EventReason.RECOVERY_FAILED,
        EventReason.JOB_FAILED,
        EventReason.JOB_STOPPED,
        EventReason.JOB_SUCCEEDED,
    }
)
"""What incidents are read from; a list of events about failures holds these.

A server may leave out the ends of jobs (`JOB_FAILED`, `JOB_STOPPED`, `JOB_SUCCEEDED`) of which no
failure was ever detected.
"""


class Event(Slim):
    """Something that happened to a subject at a time."""

    SHARED = ("kind", "reason")

    id: str
    """Unique within the provider and sortable by time."""
    time: UtcDatetime
    kind: str
    """job, worker, node, pool or tenant."""
    severity: Severity = Severity.INFO
    subject: Ref
    reason: str
    """A word of `EventReason`, or the provider's own."""
    message: str = ""
    observed_by: ObservedBy = ObservedBy.PROVIDER
    fields: dict[str, str | int | float | bool | None] = {}
    resource_version: int = 0


class FailureCategory(LenientEnum):
    """Neutral categories over every platform's own words."""

    ACCELERATOR = "ACCELERATOR"
    NODE = "NODE"
    NETWORK = "NETWORK"
    PROCESS = "PROCESS"
    HANG = "HANG"
    SLOW = "SLOW"
    LOG_ANOMALY = "LOG_ANOMALY"
    PLATFORM = "PLATFORM"
    UNKNOWN = "UNKNOWN"


class RecoveryAction(LenientEnum):
    RESTART_WORKER = "RESTART_WORKER"
    RESTART_JOB = "RESTART_JOB"
    ISOLATE_NODE_RESTART_JOB = "ISOLATE_NODE_RESTART_JOB"
    FAIL_JOB = "FAIL_JOB"
    NONE = "NONE"
    UNKNOWN = "UNKNOWN"


class IncidentOutcome(LenientEnum):
    RECOVERING = "RECOVERING"
    RECOVERED = "RECOVERED"
    FAILED = "FAILED"
    DOWNGRADED = "DOWNGRADED"
    STOPPED = "STOPPED"
    """Somebody stopped the job before it came back."""
    UNKNOWN = "UNKNOWN"


class Incident(Slim):
    """One failure: what broke, each phase with its time, what it cost."""

    id: str
    """`<job>-<failed attempt>`."""
    job: str
    jobs: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    category: FailureCategory
    cause: str
    action: RecoveryAction = RecoveryAction.UNKNOWN
    outcome: IncidentOutcome
    attempt: int
    rank: int | None = None
    exit_code: int | None = None
    happened: UtcDatetime | None = None
    """Last moment the job was known to be well (last heartbeat, exit time)."""
    detected: UtcDatetime | None = None
    isolated: UtcDatetime | None = None
    rescheduled: UtcDatetime | None = None
    restored: UtcDatetime | None = None
    resumed: UtcDatetime | None = None
    failed_step: int | None = None
    checkpoint_step: int | None = None
    lost_steps: int | None = None
    lost_accelerator_seconds: float | None = None
    """Time the gang held but did not advance, plus the steps it had to repeat."""
    lost_money: Money | None = None
    lost_money_quality: Quality = Quality.ESTIMATED
    observed_by: ObservedBy = ObservedBy.PROVIDER

    @property
    def time_to_detect(self) -> timedelta | None:
        return _between(self.happened, self.detected)

    @property
    def time_to_reschedule(self) -> timedelta | None:
        return _between(self.detected, self.rescheduled)

    @property
    def time_to_restore(self) -> timedelta | None:
        return _between(self.rescheduled, self.restored)

    @property
    def time_to_recover(self) -> timedelta | None:
        """From the failure to the first new step."""
        return _between(self.happened or self.detected, self.resumed or self.restored)


def _between(start: UtcDatetime | None, end: UtcDatetime | None) -> timedelta | None:
    return None if start is None or end is None else end - start
