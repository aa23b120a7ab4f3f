"""Gives waiting jobs their slots: all workers of a gang or none."""

from __future__ import annotations

import socket
import uuid
from pathlib import Path

from api_client.models.event import EventReason
from api_client.models.job import JobState, Priority
from localcloud.agent.progress import newest_checkpoint
from localcloud.engine.core import Core
from localcloud.engine.journal import job_ref
from localcloud.engine.scheduler import NodeSlots, Place, Waiting, place
from localcloud.store.rows import AllocationRow, JobRow, NodeRow, RunRow

_ORDER = {Priority.HIGHEST: 0, Priority.HIGH: 1, Priority.NORMAL: 2, Priority.UNKNOWN: 2}


class Gangs:
    """Places jobs by priority, then recovering before new, then first come first served.

    A job that does not fit lets those behind it pass for `backfill_seconds`; after that they
    wait for it, so that many small jobs cannot keep a large one out for ever.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def place(self, jobs: list[JobRow]) -> None:
        """Start what fits of these active jobs and give the others their reason."""
        blocker = ""
        waiting = sorted((job for job in jobs if self._waits(job)), key=_rank)
        slots = self._slots() if waiting else []
        for job in waiting:
            if blocker and job.spec.accelerators_per_worker:
                self._explain(job, f"waits behind {blocker}, which has waited too long")
                continue
            found = self._find(job, slots)
            if isinstance(found, Waiting):
                self._explain(job, found.reason)
                waited = self._core.now() - job.queued
                # What cannot start here however long it waits must not hold up the others.
                if waited > self._core.settings.backfill_seconds and "never" not in found.reason:
                    blocker = job.name
            else:
                with self._core.journal.transaction():
                    self._start(job, found)
                slots = self._slots()

    def _waits(self, job: JobRow) -> bool:
        if job.state is JobState.QUEUED:
            return True
        ready = job.state is JobState.RECOVERING and not job.isolating
        return ready and job.not_before <= self._core.now()

    def _explain(self, job: JobRow, reason: str) -> None:
        if job.reason != reason:
            job.reason = reason
            with self._core.journal.transaction():
                self._core.journal.save_job(job)

    def _find(self, job: JobRow, slots: list[NodeSlots]) -> tuple[Place, ...] | Waiting:
        workers = len(job.restart_ranks) or job.spec.workers
        return place(workers, job.spec.accelerators_per_worker, slots)

    def _slots(self) -> list[NodeSlots]:
        runs: dict[str, list[RunRow]] = {}
        for run in self._core.store.runs.live():
            runs.setdefault(run.node, []).append(run)
        return [_node_slots(node, runs.get(node.name, [])) for node in self._core.store.nodes.all()]

    def _start(self, job: JobRow, places: tuple[Place, ...]) -> None:
        core, recovering = self._core, job.state is JobState.RECOVERING
        job.attempt, job.next_attempt = job.next_attempt, job.next_attempt + 1
        job.restarts += 1 if job.attempt else 0
        ranks = job.restart_ranks or list(range(job.spec.workers))
        stays = [run for run in core.store.runs.current([job.uid])[job.uid] if run.live]
        port = stays[0].port if stays else _free_port()
        local: dict[str, int] = {}
        for run in stays:
            local[run.node] = max(local.get(run.node, 0), run.local_rank + 1)
        for rank, where in zip(ranks, places, strict=True):
            self._add_run(job, rank, where, port, local.get(where.node, 0))
            local[where.node] = local.get(where.node, 0) + 1
        checkpoint = newest_checkpoint(Path(job.checkpoint_dir))
        job.resume_from = None if checkpoint is None else checkpoint[0]
        job.state, job.reason, job.restart_ranks = JobState.STARTING, "", []
        core.live.meter_now = True
        core.journal.save_job(job)
        self._say(job, places, recovered=recovering and job.incident)

    def _say(self, job: JobRow, places: tuple[Place, ...], *, recovered: bool) -> None:
        nodes = ", ".join(dict.fromkeys(where.node for where in places))
        self._core.journal.event(
            job_ref(job.name),
            EventReason.GANG_RESCHEDULED if recovered else EventReason.JOB_STARTING,
            f"{job.name} starts on {nodes}, attempt {job.attempt}.",
            attempt=job.attempt,
            nodes=nodes,
        )

    def _add_run(self, job: JobRow, rank: int, where: Place, port: int, local_rank: int) -> None:
        core = self._core
        run = RunRow(
            id=uuid.uuid4().hex,
            job_uid=job.uid,
            rank=rank,
            attempt=job.attempt,
            node=where.node,
            slots=list(where.slots),
            port=port,
            local_rank=local_rank,
            created=core.now(),
        )
        core.store.runs.insert(run)
        core.store.allocations.open(self._allocation(job, run))
        core.journal.touch_node(run.node)

    def _allocation(self, job: JobRow, run: RunRow) -> AllocationRow:
        real = self._core.live.devices.get(run.node)
        tags = {
            **job.spec.tags,
            "user": job.owner,
            "pool": job.spec.pool,
            "node": run.node,
            "job": job.name,
            "attempt": str(run.attempt),
            "rank": str(run.rank),
        }
        return AllocationRow(
            id=run.id,
            job_uid=job.uid,
            job_name=job.name,
            project=job.spec.project,
            rank=run.rank,
            attempt=run.attempt,
            node=run.node,
            accelerators=len(run.slots),
            model=real[0].model if real else self._core.settings.accelerator_model,
            quota_type=job.spec.quota_type.value,
            tags=tags,
            start=int(self._core.now()),
        )


def _rank(job: JobRow) -> tuple[int, bool, float, int]:
    waiting_anew = job.state is not JobState.RECOVERING
    return (_ORDER[job.spec.priority], waiting_anew, job.queued, job.id)


def _node_slots(node: NodeRow, runs: list[RunRow]) -> NodeSlots:
    held = {slot for run in runs for slot in run.slots}
    free = tuple(slot for slot in range(node.accelerators) if slot not in held)
    return NodeSlots(node.name, node.accelerators, free, node.open, len(runs))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
