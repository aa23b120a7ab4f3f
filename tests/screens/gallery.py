"""Tenants with something in every view: a calm one for pictures, a hostile one for survival."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from api_client.models.base import Page, Ref
from api_client.models.billing import Charge
from api_client.models.compute import (
    Accelerator,
    AcceleratorSample,
    Node,
    NodeHealth,
    Scheduling,
)
from api_client.models.event import Event, EventReason, Severity
from api_client.models.job import Job, JobState, Worker, WorkerState
from api_client.models.slim import replace
from api_client.models.telemetry import Point, Series, Window
from api_client.paging import Pages
from api_client.services import ChargeQuery
from tests.console.analysis.stories import Story
from tests.console.analysis.test_spend import charge
from tests.console.fakes import T0, StreamingTenant, make_job, make_node

HOSTILE = (
    "[/x][bold red]",
    "\x1b[31mred\x1b]0;title\x07\x9b2J\r\n\t\x00",
    "\u202eright\u202c to שלום عربي \u200f\u2066left",
    "训练作业👩‍👩‍👧‍👦ｆｕｌｌ－ｗｉｄｔｈ日本語",
    "x" * 300,
)
"""Names nobody should give and somebody will."""


class GalleryTenant(StreamingTenant):
    """Also has workers, charges and the use of slots."""

    def __init__(self) -> None:
        super().__init__()
        self.charge_items: list[Charge] = []
        self.worker_items: list[Worker] = []

    def charges(self, query: ChargeQuery = ChargeQuery()) -> Pages[Charge]:
        async def fetch(cursor: str | None) -> Page[Charge]:
            return Page(items=tuple(self.charge_items), resource_version=self.version)

        return Pages(fetch)

    async def workers(self, name: str, *, all_attempts: bool = False) -> Sequence[Worker]:
        return tuple(worker for worker in self.worker_items if worker.job == name)

    async def series(
        self, metric: str, window: Window, *, node: str = "", job: str = ""
    ) -> Sequence[Series]:
        points = tuple(
            Point(time=window.start + timedelta(seconds=60 * n), value=0.5 + 0.05 * (n % 5))
            for n in range(10)
        )
        labels = {"node": node, "index": "0"}
        return (Series(metric=metric, unit="ratio", labels=labels, points=points),)


def gallery_tenant() -> GalleryTenant:
    """A failed node, a job that recovered from it, one that waits, one that is done."""
    return _tenant("alpha", ("node-1", "node-2", "node-3", "node-4"))


def hostile_tenant() -> GalleryTenant:
    """The same once for each hostile name, which stands wherever a name or a reason can."""
    tenant = GalleryTenant()
    for at, name in enumerate(HOSTILE):
        more = _tenant(name, (name, f"n{at}-2", f"n{at}-3", f"n{at}-4"), reason=name)
        tenant.job_items |= more.job_items
        tenant.node_items |= more.node_items
        tenant.event_items += [replace(e, id=f"{at}{e.id}") for e in more.event_items]
        tenant.charge_items += more.charge_items
        tenant.worker_items += more.worker_items
    return tenant


def _tenant(job: str, nodes: Sequence[str], reason: str = "no heartbeat") -> GalleryTenant:
    tenant = GalleryTenant()
    for each in _jobs(job, nodes, reason):
        tenant.job_items[each.name] = each
    for node in _nodes(job, nodes, reason):
        tenant.node_items[node.name] = node
    tenant.event_items = _events(job, nodes[0], reason)
    tenant.charge_items = [_charge(job, "2.50", 3), _charge("beta", "0.75", 60)]
    tenant.worker_items = [
        Worker(
            job=job,
            rank=rank,
            attempt=1,
            state=WorkerState.RUNNING,
            node=nodes[rank + 1],
            accelerators=(0, 1),
            started=T0,
        )
        for rank in range(2)
    ]
    return tenant


def _jobs(job: str, nodes: Sequence[str], reason: str) -> list[Job]:
    spec = make_job("alpha").spec
    return [
        replace(
            make_job("alpha"),
            **{
                "name": job,
                "owner": "kim",
                "reason": reason,
                "nodes": (nodes[1], nodes[2]),
                "attempt": 1,
                "restarts": 1,
                "backoff_limit": 3,
                "accelerators": 4,
                "accelerator_seconds": 900,
                "spec": spec,
            },
        ),
        make_job("beta", JobState.FAILED, reason="rank 0 exited with code 1", ended=T0),
        make_job("gamma", JobState.QUEUED, reason="needs 16, 5 free"),
        make_job("delta", JobState.SUCCEEDED, ended=T0 + timedelta(minutes=50)),
    ]


def _nodes(job: str, names: Sequence[str], reason: str) -> list[Node]:
    lost, *healthy = names
    sample = AcceleratorSample(time=T0, utilisation=0.75)
    found = [
        make_node(
            lost,
            health=NodeHealth.FAILED,
            scheduling=Scheduling.CORDONED,
            reason=reason,
            since=T0,
            last_heartbeat=T0,
            devices=_slots(lost, 4, ""),
            accelerators=4,
        )
    ]
    for at, name in enumerate(healthy):
        jobs = (job,) if at < 2 else ()
        devices = _slots(name, 4, job if jobs else "", sample)
        found.append(
            make_node(
                name,
                jobs=jobs,
                allocated=2 if jobs else 0,
                accelerators=4,
                devices=devices,
                utilisation=0.75 if jobs else None,
                last_heartbeat=T0,
            )
        )
    return found


def _slots(
    node: str, count: int, job: str, sample: AcceleratorSample | None = None
) -> tuple[Accelerator, ...]:
    return tuple(
        Accelerator(
            id=f"{node}/{index}",
            node=node,
            index=index,
            virtual=True,
            job=job if index < 2 and job else None,
            rank=0 if index < 2 and job else None,
            sample=sample if index < 2 and job else None,
        )
        for index in range(count)
    )


def _events(job: str, node: str, reason: str) -> list[Event]:
    story = Story(job).fails(60.0, 0, node=node, cause=reason).recovers(62.0, 1)
    failed = Event(
        id="node-failed",
        time=T0 + timedelta(seconds=60),
        kind="node",
        severity=Severity.ERROR,
        subject=Ref(kind="node", id=node),
        reason="NodeFailed",
        message=f"{node} failed: {reason}",
        fields={"cause": reason},
    )
    told = [replace(each, message=f"{job}: {each.reason}") for each in story.events]
    assert any(each.reason == EventReason.FAILURE_DETECTED for each in told)
    return [*told, failed]


def _charge(job: str, cost: str, minutes: int) -> Charge:
    start = T0 + timedelta(minutes=minutes)
    return charge(
        cost,
        start,
        charge_period_end=_later(start),
        resource_id=f"uid-{job}",
        resource_name=job,
        sku_id="slot",
        consumed_quantity=Decimal(600),
        consumed_unit="accelerator-second",
        tags={"user": "kim", "pool": "default", "node": job},
    )


def _later(start: datetime) -> datetime:
    return start + timedelta(minutes=5)
