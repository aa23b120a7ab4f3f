"""One transaction per step: what changed, its events and its numbered changes, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from api_client.models.base import Ref
from api_client.models.event import Event, Severity
from api_client.models.slim import replace
from api_client.models.watch import Change, ChangeOp
from localcloud.engine.clock import Clock
from localcloud.engine.job_views import JobViews
from localcloud.engine.node_views import NodeViews
from localcloud.store.rows import JobRow, NodeRow
from localcloud.store.store import Store

FieldValue = str | int | float | bool | None


class Journal:
    """Saves rows and writes the changes a watch delivers."""

    def __init__(self, store: Store, clock: Clock, jobs: JobViews, nodes: NodeViews) -> None:
        self._store = store
        self._clock = clock
        self._jobs = jobs
        self._nodes = nodes
        self._version = store.changes.newest()
        self._next_event = store.events.next_seq()
        self._dirty_jobs: dict[str, None] = {}
        self._dirty_nodes: dict[str, None] = {}
        self._depth = 0
        self._subscribers: list[Callable[[], None]] = []

    @property
    def version(self) -> int:
        """The version of the last change that is on disk."""
        return self._version

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back after each transaction that moved the version; returns how to stop that."""
        self._subscribers.append(callback)

        def stop() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return stop

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is on disk afterwards, or nothing is. Inner ones join."""
        if self._depth:
            yield
            return
        before = (self._version, self._next_event)
        self._depth += 1
        try:
            with self._store.database.transaction():
                yield
                self._flush()
        except BaseException:
            self._version, self._next_event = before
            raise
        finally:
            self._depth -= 1
            self._dirty_jobs.clear()
            self._dirty_nodes.clear()
        if self._version != before[0]:
            for callback in tuple(self._subscribers):
                callback()

    def save_job(self, job: JobRow, *, publish: bool = True) -> None:
        """Save a job; its change is written when the transaction ends."""
        self._store.jobs.save(job)
        if publish:
            self.touch_job(job.uid)

    def touch_job(self, uid: str) -> None:
        """Publish a job whose shown facts changed."""
        self._dirty_jobs[uid] = None

    def drop_job(self, job: JobRow) -> None:
        """Delete a job and say so."""
        self._store.jobs.delete(job.uid)
        self._dirty_jobs.pop(job.uid, None)
        self._write(Change(resource_version=0, op=ChangeOp.DELETE, kind="job", id=job.name))

    def save_node(self, node: NodeRow, *, publish: bool = True) -> None:
        """Save a node; its change is written when the transaction ends."""
        self._store.nodes.save(node)
        if publish:
            self.touch_node(node.name)

    def touch_node(self, name: str) -> None:
        """Publish a node whose shown facts changed."""
        self._dirty_nodes[name] = None

    def drop_node(self, name: str) -> None:
        """Delete a node and say so."""
        self._store.nodes.delete(name)
        self._dirty_nodes.pop(name, None)
        self._write(Change(resource_version=0, op=ChangeOp.DELETE, kind="node", id=name))

    def event(
        self,
        subject: Ref,
        reason: str,
        message: str,
        severity: Severity = Severity.INFO,
        **fields: FieldValue,
    ) -> None:
        """Record an event of now."""
        seq, self._next_event = self._next_event, self._next_event + 1
        event = Event(
            id=f"{seq:012d}",
            time=self._clock.now(),
            kind=subject.kind,
            severity=severity,
            subject=subject,
            reason=reason,
            message=message,
            fields=fields,
            resource_version=self._version + 1,
        )
        self._store.events.append(seq, event)
        self._write(
            Change(resource_version=0, op=ChangeOp.PUT, kind="event", id=event.id, event=event)
        )

    def _flush(self) -> None:
        for uid in self._dirty_jobs:
            job = self._store.jobs.by_uid(uid)
            if job is not None:
                self._put_job(job)
        for name in self._dirty_nodes:
            node = self._store.nodes.get(name)
            if node is not None:
                self._put_node(node)

    def _put_job(self, job: JobRow) -> None:
        job.version = self._version + 1
        self._store.jobs.set_version(job.uid, job.version)
        summary = self._jobs.summaries([job])[0]
        self._write(
            Change(resource_version=0, op=ChangeOp.PUT, kind="job", id=job.name, job=summary)
        )

    def _put_node(self, node: NodeRow) -> None:
        node.version = self._version + 1
        self._store.nodes.set_version(node.name, node.version)
        summary = self._nodes.summaries([node])[0]
        self._write(
            Change(resource_version=0, op=ChangeOp.PUT, kind="node", id=node.name, node=summary)
        )

    def _write(self, change: Change) -> None:
        self._version += 1
        self._store.changes.append(replace(change, resource_version=self._version))


def job_ref(name: str) -> Ref:
    return Ref(kind="job", id=name)


def node_ref(name: str) -> Ref:
    return Ref(kind="node", id=name)
