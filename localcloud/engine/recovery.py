"""From a failure to the next attempt: judge it, stop the gang, make it ready to be placed."""

from __future__ import annotations

from api_client.models.base import rfc3339
from api_client.models.compute import Scheduling
from api_client.models.event import EventReason, FailureCategory, Severity
from api_client.models.job import FailureAction, JobState, Progress, WorkerState
from localcloud.engine.clock import from_epoch
from localcloud.engine.core import Core
from localcloud.engine.journal import job_ref, node_ref
from localcloud.engine.policy import Decision, Failure, decide, pause_seconds
from localcloud.engine.runs import want_stop
from localcloud.store.rows import JobRow, RunRow


def first_failure(runs: list[RunRow]) -> RunRow | None:
    """The run that failed first; a lost node counts before what its loss did to others."""
    failed = [run for run in runs if run.state in (WorkerState.FAILED, WorkerState.LOST)]
    return min(
        failed,
        key=lambda run: (run.state is not WorkerState.LOST, run.ended or 0.0, run.rank),
        default=None,
    )


def judge(run: RunRow) -> Failure:
    """What a failed run means."""
    if run.state is WorkerState.LOST:
        return Failure(FailureCategory.NODE, run.reason)
    cause = f"rank {run.rank} on {run.node} {run.reason}"
    return Failure(FailureCategory.PROCESS, cause, run.exit_code)


def handle_failure(
    core: Core, job: JobRow, failure: Failure, run: RunRow | None, runs: list[RunRow]
) -> None:
    """Open an incident and do what the policy says; must be inside a transaction.

    `run` is the run that failed, `None` where none of them did by itself (a hang).
    """
    decision = decide(job.spec, failure, job.backoff_used)
    _say_detected(core, job, failure, decision, run)
    if run is not None:
        job.exit_code = run.exit_code
        if decision.cordon and failure.category is not FailureCategory.NODE:
            _cordon(core, job, run)
    if decision.action is FailureAction.FAIL_JOB:
        cause = failure.cause
        if decision.exhausted:
            cause = f"{cause}; backoff limit {job.spec.backoff_limit} is used up"
        fail_job(core, job, cause, incident=True)
        return
    job.incident = True
    if decision.counts:
        job.backoff_used += 1
        job.failures_in_row += 1
        job.not_before = core.now() + pause_seconds(core.settings, job.failures_in_row)
    else:
        job.not_before = 0.0
    if decision.action is FailureAction.RESTART_WORKER and run is not None:
        _restart_ranks(core, job, [run.rank], failure.cause)
    else:
        restart_gang(core, job, failure.cause, runs)


def restart_gang(core: Core, job: JobRow, reason: str, runs: list[RunRow] | None = None) -> None:
    """Stop every worker and wait for new slots; must be inside a transaction."""
    runs = core.store.runs.current([job.uid])[job.uid] if runs is None else runs
    for run in runs:
        want_stop(core, run)
    _leave_running(core, job)
    job.state, job.reason = JobState.RECOVERING, reason
    job.isolating, job.restart_ranks = True, []
    core.journal.save_job(job)


def fail_job(core: Core, job: JobRow, cause: str, *, incident: bool) -> None:
    """End a job as FAILED as soon as its workers are stopped; must be inside a transaction."""
    if incident:
        core.journal.event(
            job_ref(job.name),
            EventReason.RECOVERY_FAILED,
            f"{job.name} is not restarted: {cause}.",
            Severity.ERROR,
            attempt=job.attempt,
            cause=cause,
        )
    stop_gang(core, job, JobState.FAILED, cause)


def stop_gang(core: Core, job: JobRow, ending: JobState, reason: str) -> None:
    """Stop every worker and end the job; must be inside a transaction."""
    for run in core.store.runs.current([job.uid])[job.uid]:
        want_stop(core, run)
    _leave_running(core, job)
    job.state, job.ending, job.reason = JobState.STOPPING, ending.value, reason
    core.journal.save_job(job)


def isolated(core: Core, job: JobRow) -> None:
    """The last worker of the failed attempt is stopped; must be inside a transaction."""
    job.isolating = False
    job.queued = core.now()
    core.journal.save_job(job)
    if job.incident:
        core.journal.event(
            job_ref(job.name),
            EventReason.GANG_ISOLATED,
            f"Every worker of attempt {job.attempt} of {job.name} is stopped.",
            attempt=job.attempt,
        )


def _restart_ranks(core: Core, job: JobRow, ranks: list[int], reason: str) -> None:
    _leave_running(core, job)
    job.state, job.reason, job.restart_ranks = JobState.RECOVERING, reason, ranks
    isolated(core, job)


def _leave_running(core: Core, job: JobRow) -> None:
    if job.state is JobState.RUNNING and job.started is not None:
        job.ran_seconds += max(0.0, core.now() - job.started)


def _say_detected(
    core: Core, job: JobRow, failure: Failure, decision: Decision, run: RunRow | None
) -> None:
    progress = job.progress
    happened = from_epoch(_happened(core, job, run))
    core.journal.event(
        job_ref(job.name),
        EventReason.FAILURE_DETECTED,
        f"{job.name} failed: {failure.cause}.",
        Severity.ERROR,
        category=failure.category.value,
        cause=failure.cause,
        node=run.node if run else None,
        rank=run.rank if run else None,
        exit_code=failure.exit_code,
        failed_step=reached_step(progress),
        checkpoint_step=progress.checkpoint_step,
        accelerators=job.spec.workers * job.spec.accelerators_per_worker,
        attempt=job.attempt,
        action=decision.recovery.value,
        happened=None if happened is None else rfc3339(happened),
    )


def reached_step(progress: Progress) -> int | None:
    """The furthest step known; a saved checkpoint may be newer than the last log line."""
    steps = (progress.step, progress.checkpoint_step)
    return max((step for step in steps if step is not None), default=None)


def _happened(core: Core, job: JobRow, run: RunRow | None) -> float | None:
    """The last moment at which the job was known to be well."""
    if run is None:
        runs = core.store.runs.current([job.uid])[job.uid]
        return last_activity(job, runs)
    if run.state is WorkerState.LOST:
        node = core.store.nodes.get(run.node)
        heard = node.last_heartbeat if node else None
        return min((t for t in (heard, run.ended) if t is not None), default=None)
    return run.ended


def last_activity(job: JobRow, runs: list[RunRow]) -> float | None:
    """When a worker last wrote a line, took a step or saved a checkpoint."""
    moments = [run.last_output for run in runs] + [run.started for run in runs]
    moments += [run.progress.updated.timestamp() for run in runs if run.progress.updated]
    if job.progress.checkpoint_time is not None:
        moments.append(job.progress.checkpoint_time.timestamp())
    moments.append(job.started)
    return max((moment for moment in moments if moment is not None), default=None)


def _cordon(core: Core, job: JobRow, run: RunRow) -> None:
    node = core.store.nodes.get(run.node)
    if node is None or node.scheduling is not Scheduling.OPEN:
        return
    node.scheduling, node.since = Scheduling.CORDONED, core.now()
    node.reason = f"rank {run.rank} of {job.name} exited with code {run.exit_code} here"
    node.reason_by = "failure rule"
    core.journal.save_node(node)
    core.journal.event(
        node_ref(node.name),
        EventReason.NODE_CORDONED,
        f"{node.name} is cordoned: {node.reason}.",
        Severity.WARNING,
        job=job.name,
        exit_code=run.exit_code,
    )
