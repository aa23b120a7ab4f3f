"""Takes nodes out of scheduling and back, and declares them failed."""

from __future__ import annotations

from api_client.models.compute import NodeHealth, Scheduling
from api_client.models.event import EventReason, Severity
from api_client.models.job import JobState
from localcloud.engine.core import Core
from localcloud.engine.errors import InvalidFault, NotFoundFault
from localcloud.engine.journal import job_ref, node_ref
from localcloud.engine.recovery import restart_gang
from localcloud.engine.runs import lose_run
from localcloud.store.rows import JobRow, NodeRow

_LONGEST_REASON = 500


class NodeControl:
    """What an operator or the supervisor does to a node."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, name: str) -> NodeRow:
        """Raises `NotFoundFault`."""
        node = self._core.store.nodes.get(name)
        if node is None:
            raise NotFoundFault("node", name)
        return node

    def cordon(self, name: str, reason: str, by: str) -> NodeRow:
        """No new work starts here; what runs goes on."""
        node = self.get(name)
        check_reason(reason)
        with self._core.journal.transaction():
            self._schedule(node, Scheduling.CORDONED, reason, by)
            self._event(node, EventReason.NODE_CORDONED, f"{name} is cordoned by {by}: {reason}")
        return node

    def uncordon(self, name: str, reason: str, by: str) -> NodeRow:
        """New work may start here again; an open node stays as it is."""
        node = self.get(name)
        if node.scheduling is Scheduling.OPEN:
            return node
        with self._core.journal.transaction():
            self._schedule(node, Scheduling.OPEN, "", "")
            said = f": {reason}" if reason else ""
            self._event(node, EventReason.NODE_UNCORDONED, f"{name} is opened by {by}{said}")
        return node

    def drain(self, name: str, reason: str, by: str) -> NodeRow:
        """Cordon, and restart every job with a worker here on other nodes."""
        node = self.get(name)
        check_reason(reason)
        with self._core.journal.transaction():
            self._schedule(node, Scheduling.DRAINING, reason, by)
            self._event(node, EventReason.NODE_DRAINING, f"{name} is drained by {by}: {reason}")
            for job in self._jobs_on(name):
                self._move(job, f"{name} is drained by {by}: {reason}")
        return node

    def finish_drains(self) -> None:
        """Nodes being drained that hold no worker any more are drained."""
        for node in self._core.store.nodes.all():
            empty = node.scheduling is Scheduling.DRAINING and not self._core.store.runs.live(
                node.name
            )
            if empty:
                with self._core.journal.transaction():
                    self._schedule(node, Scheduling.DRAINED, node.reason, node.reason_by)
                    self._event(node, EventReason.NODE_DRAINED, f"{node.name} is empty")

    def fail(self, node: NodeRow, cause: str) -> None:
        """Declare a node failed, fence and lose what ran on it."""
        with self._core.journal.transaction():
            node.health, node.native = NodeHealth.FAILED, "FAILED"
            node.fault, node.since = cause, self._core.now()
            self._core.journal.save_node(node)
            self._event(node, EventReason.NODE_FAILED, f"{node.name} failed: {cause}", bad=True)
            self.lose_runs(node, f"{node.name} failed: {cause}")

    def lose_runs(self, node: NodeRow, reason: str) -> None:
        """Fence and lose every run of a node."""
        for run in self._core.store.runs.live(node.name):
            lose_run(self._core, run, reason)

    def _jobs_on(self, name: str) -> list[JobRow]:
        uids = dict.fromkeys(run.job_uid for run in self._core.store.runs.live(name))
        found = [self._core.store.jobs.by_uid(uid) for uid in uids]
        return [job for job in found if job is not None]

    def _move(self, job: JobRow, reason: str) -> None:
        partly_runs = job.state is JobState.RECOVERING and bool(job.restart_ranks)
        if job.state not in (JobState.STARTING, JobState.RUNNING) and not partly_runs:
            return
        job.not_before = 0.0
        self._core.journal.event(
            job_ref(job.name),
            EventReason.JOB_RESTART_REQUESTED,
            f"{job.name} restarts elsewhere: {reason}.",
            attempt=job.attempt,
        )
        restart_gang(self._core, job, reason)

    def _schedule(self, node: NodeRow, scheduling: Scheduling, reason: str, by: str) -> None:
        node.scheduling, node.reason, node.reason_by = scheduling, reason, by
        node.since = self._core.now()
        self._core.journal.save_node(node)

    def _event(self, node: NodeRow, reason: str, message: str, *, bad: bool = False) -> None:
        severity = Severity.ERROR if bad else Severity.INFO
        self._core.journal.event(node_ref(node.name), reason, f"{message}.", severity)


def check_reason(reason: str) -> None:
    """Whoever takes a node away says why; raises `InvalidFault`."""
    if not reason.strip():
        raise InvalidFault({"reason": "say why, the others will read it"})
    if len(reason) > _LONGEST_REASON:
        raise InvalidFault({"reason": f"is longer than {_LONGEST_REASON} characters"})
