"""Moves one job one step on, from what its workers do."""

from __future__ import annotations

from api_client.models.compute import NodeHealth
from api_client.models.event import EventReason, FailureCategory, Severity
from api_client.models.job import JobState, WorkerState
from localcloud.engine.core import Core
from localcloud.engine.journal import job_ref
from localcloud.engine.policy import Failure
from localcloud.engine.progress import note_resumed
from localcloud.engine.recovery import (
    fail_job,
    first_failure,
    handle_failure,
    isolated,
    judge,
    last_activity,
    restart_gang,
)
from localcloud.store.rows import JobRow, RunRow

_ENDINGS = {
    JobState.SUCCEEDED: (EventReason.JOB_SUCCEEDED, Severity.INFO),
    JobState.STOPPED: (EventReason.JOB_STOPPED, Severity.INFO),
    JobState.FAILED: (EventReason.JOB_FAILED, Severity.ERROR),
}


class Lifecycle:
    """The state machine of jobs. Each call is one transaction."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def advance(self, job: JobRow) -> None:
        """Take the step that is due, if any."""
        runs = self._core.store.runs.current([job.uid])[job.uid]
        with self._core.journal.transaction():
            if job.state in (JobState.STARTING, JobState.RUNNING):
                self._watch(job, runs)
            elif job.state is JobState.RECOVERING:
                self._recover(job, runs)
            elif job.state is JobState.STOPPING and not any(run.live for run in runs):
                self.end(job, JobState(job.ending), job.reason)

    def end(self, job: JobRow, state: JobState, reason: str) -> None:
        """Record the end of a job; must be inside a transaction."""
        core = self._core
        if job.state is JobState.RUNNING and job.started is not None:
            job.ran_seconds += max(0.0, core.now() - job.started)
        job.state, job.reason, job.ended = state, reason, core.now()
        job.ending, job.isolating, job.incident, job.restart_ranks = "", False, False, []
        core.journal.save_job(job)
        for run in core.store.runs.current([job.uid])[job.uid]:
            core.live.end_seen.pop(run.id, None)
        word, severity = _ENDINGS[state]
        said = f": {reason}" if reason else ""
        core.journal.event(
            job_ref(job.name),
            word,
            f"{job.name} {state.value.lower()}{said}.",
            severity,
            attempt=job.attempt,
            exit_code=job.exit_code,
        )

    def _watch(self, job: JobRow, runs: list[RunRow]) -> None:
        if job.state is JobState.STARTING and all(run.pid is not None for run in runs):
            self._running(job, runs)
        note_resumed(self._core, job, runs)
        failed = first_failure(runs)
        if failed is not None:
            if self._heard_all(failed, runs):
                handle_failure(self._core, job, judge(failed), failed, runs)
        elif all(run.state is WorkerState.SUCCEEDED for run in runs):
            job.exit_code = 0
            self.end(job, JobState.SUCCEEDED, "")
        elif not self._overran(job):
            self._check_hang(job, runs)

    def _recover(self, job: JobRow, runs: list[RunRow]) -> None:
        if job.isolating:
            if not any(run.live for run in runs):
                isolated(self._core, job)
            return
        # Single ranks are being restarted; the others run on and may fail too.
        others = [run for run in runs if run.rank not in job.restart_ranks]
        failed = first_failure(others) if job.restart_ranks else None
        if failed is not None:
            restart_gang(self._core, job, judge(failed).cause, runs)

    def _heard_all(self, failed: RunRow, runs: list[RunRow]) -> bool:
        """Hear once more from every node of the gang before a process is blamed.

        When a node dies, its peers' connections break at once and they exit with errors,
        long before the node's silence is noticed. Judged alone, they would be the cause.
        """
        if failed.state is WorkerState.LOST:
            return True
        seen = self._core.live.end_seen.setdefault(failed.id, self._core.clock.monotonic())
        nodes = {run.node for run in runs if run.live and run.node != failed.node}
        return all(self._core.live.heard.get(node, seen - 1.0) > seen for node in nodes)

    def _running(self, job: JobRow, runs: list[RunRow]) -> None:
        core = self._core
        job.state, job.reason = JobState.RUNNING, ""
        job.started = max((run.started or core.now() for run in runs), default=core.now())
        if job.first_started is None:
            job.first_started = job.started
        core.journal.save_job(job)
        subject = job_ref(job.name)
        if job.incident:
            core.journal.event(
                subject,
                EventReason.CHECKPOINT_RESTORED,
                f"The workers of {job.name} run again, attempt {job.attempt}.",
                attempt=job.attempt,
                checkpoint_step=job.resume_from,
            )
        core.journal.event(
            subject, EventReason.JOB_RUNNING, f"{job.name} runs.", attempt=job.attempt
        )

    def _overran(self, job: JobRow) -> bool:
        limit = job.spec.max_run_seconds
        if limit is None or job.started is None or job.state is not JobState.RUNNING:
            return False
        if job.ran_seconds + self._core.now() - job.started < limit:
            return False
        reason = f"ran longer than its limit of {limit:g} s"
        fail_job(self._core, job, reason, incident=False)
        return True

    def _check_hang(self, job: JobRow, runs: list[RunRow]) -> None:
        limit = job.spec.hang_seconds
        if limit is None or job.state is not JobState.RUNNING or not self._fresh(runs):
            return
        active = last_activity(job, runs)
        if active is None or self._core.now() - active < limit:
            return
        cause = f"no log line and no step for {limit:g} s"
        handle_failure(self._core, job, Failure(FailureCategory.HANG, cause), None, runs)

    def _fresh(self, runs: list[RunRow]) -> bool:
        """True where silence is the workers' own and not a node's we have not heard."""
        live, oldest = self._core.live, self._core.settings.heartbeat_seconds * 2
        now = self._core.clock.monotonic()
        nodes = {run.node for run in runs if run.live}
        rows = [self._core.store.nodes.get(name) for name in nodes]
        healthy = all(row is not None and row.health is NodeHealth.HEALTHY for row in rows)
        return healthy and all(now - live.heard.get(n, now - oldest - 1) <= oldest for n in nodes)
