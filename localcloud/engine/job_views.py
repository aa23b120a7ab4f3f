"""Job rows as the domain models of the client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from api_client.models.job import Allocation, Job, JobSummary, Worker, WorkerState
from localcloud.engine.clock import Clock, from_epoch
from localcloud.engine.live import LiveFacts
from localcloud.store.rows import AllocationRow, JobRow, RunRow
from localcloud.store.store import Store


class JobViews:
    """Makes summaries, details and workers."""

    def __init__(self, store: Store, live: LiveFacts, clock: Clock) -> None:
        self._store = store
        self._live = live
        self._clock = clock

    def summaries(self, jobs: Sequence[JobRow]) -> list[JobSummary]:
        """Summaries in the given order."""
        runs = self._store.runs.current(job.uid for job in jobs)
        now = int(self._clock.now().timestamp())
        seconds = self._store.allocations.accelerator_seconds((job.uid for job in jobs), now)
        return [
            JobSummary(**self._columns(job, runs[job.uid]), accelerator_seconds=seconds[job.uid])
            for job in jobs
        ]

    def detail(self, job: JobRow) -> Job:
        runs = self._store.runs.current([job.uid])[job.uid]
        allocations = self._store.allocations.of_job(job.uid)
        now = int(self._clock.now().timestamp())
        return Job(
            **self._columns(job, runs),
            accelerator_seconds=sum(_held(allocation, now) for allocation in allocations),
            spec=job.spec,
            checkpoint_dir=job.checkpoint_dir,
            log_dir=job.log_dir,
            first_started=from_epoch(job.first_started),
            allocations=tuple(_allocation(allocation) for allocation in allocations),
        )

    def workers(self, job: JobRow, *, all_attempts: bool) -> list[Worker]:
        """Workers of a job; a job that never started has one pending worker per rank."""
        uid = job.uid
        runs = (
            self._store.runs.of_job(uid) if all_attempts else self._store.runs.current([uid])[uid]
        )
        if runs:
            return [self.worker(job, run) for run in runs]
        return [
            Worker(job=job.name, rank=rank, attempt=0, state=_before(job), native=job.state.value)
            for rank in range(job.spec.workers)
        ]

    def worker(self, job: JobRow, run: RunRow) -> Worker:
        return Worker(
            job=job.name,
            rank=run.rank,
            attempt=run.attempt,
            state=run.state,
            native=run.state.value,
            node=run.node,
            accelerators=tuple(run.slots),
            pid=run.pid,
            exit_code=run.exit_code,
            signal=run.signal,
            reason=run.reason,
            started=from_epoch(run.started),
            ended=from_epoch(run.ended),
            log_bytes=run.log_bytes,
            last_output=from_epoch(run.last_output),
            utilisation=self.utilisation(run),
        )

    def utilisation(self, run: RunRow) -> float | None:
        """Measured CPU use as a fraction of one core per slot, at most 1."""
        load = self._live.loads.get(run.id)
        if not run.live or load is None or load.cores is None or not run.slots:
            return None
        return min(1.0, load.cores / len(run.slots))

    def _columns(self, job: JobRow, runs: list[RunRow]) -> dict[str, Any]:
        spec = job.spec
        measured = [u for run in runs if (u := self.utilisation(run)) is not None]
        return {
            "name": job.name,
            "uid": job.uid,
            "owner": job.owner,
            "project": spec.project,
            "pool": spec.pool,
            "state": job.state,
            "native": job.state.value,
            "reason": job.reason,
            "framework": spec.framework,
            "priority": spec.priority,
            "quota_type": spec.quota_type,
            "workers": spec.workers,
            "accelerators": spec.workers * spec.accelerators_per_worker,
            "nodes": tuple(dict.fromkeys(run.node for run in runs)),
            "attempt": job.attempt,
            "restarts": job.restarts,
            "backoff_used": job.backoff_used,
            "backoff_limit": spec.backoff_limit,
            "exit_code": job.exit_code,
            "progress": job.progress,
            "utilisation": sum(measured) / len(measured) if measured else None,
            "created": from_epoch(job.created),
            "started": from_epoch(job.started),
            "ended": from_epoch(job.ended),
            "resource_version": job.version,
        }


def log_path(job: JobRow, rank: int, attempt: int) -> Path:
    """Where the log of one worker run lies."""
    return Path(job.log_dir) / f"rank-{rank}.attempt-{attempt}.log"


def _before(job: JobRow) -> WorkerState:
    return WorkerState.STOPPED if job.state.ended else WorkerState.PENDING


def _held(allocation: AllocationRow, now: int) -> int:
    end = now if allocation.end is None else allocation.end
    return max(0, end - allocation.start) * allocation.accelerators


def _allocation(row: AllocationRow) -> Allocation:
    start = from_epoch(row.start)
    assert start is not None
    return Allocation(
        id=row.id,
        attempt=row.attempt,
        rank=row.rank,
        node=row.node,
        accelerators=row.accelerators,
        start=start,
        end=from_epoch(row.end),
    )
