"""An in-memory tenant that speaks the service protocols, for tests of the live state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from api_client.errors import CloudError, Conflict, NotFound
from api_client.models.base import Page, Ref
from api_client.models.billing import Charge, PriceItem, PriceList
from api_client.models.compute import Node, NodeHealth, NodeSummary, Pool, Scheduling
from api_client.models.event import Event
from api_client.models.identity import Principal, Tenant
from api_client.models.job import Job, JobSpec, JobState, JobSummary, Progress, Worker
from api_client.models.slim import replace
from api_client.models.watch import Change, ChangeOp
from api_client.paging import Pages
from api_client.services import ChargeQuery, EventQuery, JobQuery

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PRICES = PriceList(items=(PriceItem(sku="acc", amount=Decimal("10"), currency="CNY"),))


def make_job(name: str, state: JobState = JobState.RUNNING, **more: Any) -> Job:
    spec = JobSpec(name=name, command="true", workers=2, accelerators_per_worker=1)
    values: dict[str, Any] = {
        "name": name,
        "uid": f"uid-{name}",
        "owner": "kim",
        "state": state,
        "workers": 2,
        "accelerators": 2,
        "nodes": () if state is JobState.QUEUED or state.ended else ("n", "m"),
        "created": T0,
        "started": T0,
        "progress": Progress(step=120, total_steps=600, checkpoint_step=100, checkpoint_time=T0),
        "spec": spec,
    }
    return Job(**(values | more))


def make_node(name: str, **more: Any) -> Node:
    values: dict[str, Any] = {
        "name": name,
        "pool": "default",
        "health": NodeHealth.HEALTHY,
        "scheduling": Scheduling.OPEN,
        "accelerators": 8,
        "allocated": 0,
    }
    return Node(**(values | more))


def make_event(number: int, job: str, reason: str = "JobRunning", **fields: Any) -> Event:
    return Event(
        id=f"{number:06}",
        time=T0,
        kind="job",
        subject=Ref(kind="job", id=job),
        reason=reason,
        fields=fields,
    )


def summary_of(job: Job) -> JobSummary:
    """What a list shows of a job."""
    return JobSummary(**{name: getattr(job, name) for name in JobSummary.__struct_fields__})


class FakeTenant:
    """Holds jobs and nodes; `fail` makes every call raise; `calls` counts what was asked."""

    NAME = "fake"

    def __init__(self) -> None:
        self.job_items: dict[str, Job] = {}
        self.node_items: dict[str, Node] = {}
        self.event_items: list[Event] = []
        self.version = 1
        self.fail: CloudError | None = None
        self.write_error: BaseException | None = None
        self.lose_answer = False
        self.calls: list[str] = []
        self.changes: asyncio.Queue[Change | CloudError] = asyncio.Queue()
        self.closed = False

    def _called(self, what: str) -> None:
        self.calls.append(what)
        if self.fail is not None:
            raise self.fail

    def _page(self, what: str, items: Sequence[Any]) -> Pages[Any]:
        async def fetch(cursor: str | None) -> Page[Any]:
            self._called(what)
            return Page(items=tuple(items), resource_version=self.version)

        return Pages(fetch)

    async def tenant(self) -> Tenant:
        self._called("tenant")
        me = Principal(name="kim")
        return Tenant(id="t", name="t", principal=me, currency="CNY", server_time=T0)

    def jobs(self, query: JobQuery = JobQuery()) -> Pages[JobSummary]:
        return self._page("jobs", [summary_of(job) for job in self.job_items.values()])

    async def job(self, name: str) -> Job:
        self._called(f"job {name}")
        if name not in self.job_items:
            raise NotFound(f"read job {name}")
        return self.job_items[name]

    async def workers(self, name: str, *, all_attempts: bool = False) -> Sequence[Worker]:
        self._called(f"workers {name}")
        return ()

    async def pools(self) -> Sequence[Pool]:
        self._called("pools")
        return (Pool(name="default", free=1),)

    def nodes(self) -> Pages[NodeSummary]:
        return self._page("nodes", list(self.node_items.values()))

    async def node(self, name: str) -> Node:
        self._called(f"node {name}")
        if name not in self.node_items:
            raise NotFound(f"read node {name}")
        return self.node_items[name]

    def events(self, query: EventQuery = EventQuery()) -> Pages[Event]:
        return self._page("events", self.event_items)

    def charges(self, query: ChargeQuery = ChargeQuery()) -> Pages[Charge]:
        return self._page("charges", ())

    async def prices(self) -> PriceList:
        self._called("prices")
        return PRICES

    async def set_prices(self, prices: PriceList) -> PriceList:
        raise AssertionError("nobody sets prices here")

    async def aclose(self) -> None:
        self.closed = True

    async def _write(self, what: str) -> None:
        self.calls.append(what)
        if self.write_error is not None:
            raise self.write_error

    async def create_job(self, spec: JobSpec) -> Job:
        await self._write(f"create {spec.name}")
        if spec.name in self.job_items:
            raise Conflict(f"create job {spec.name}", "the name is taken")
        self.job_items[spec.name] = make_job(spec.name, JobState.QUEUED, spec=spec)
        return self.job_items[spec.name]

    async def stop_job(self, name: str, *, reason: str = "") -> Job:
        if self.lose_answer:
            self._put(name, state=JobState.STOPPING)
        await self._write(f"stop {name}")
        return self._put(name, state=JobState.STOPPING)

    async def restart_job(self, name: str, *, from_checkpoint: bool = True) -> Job:
        await self._write(f"restart {name}")
        return self._put(name, attempt=self.job_items[name].attempt + 1)

    async def delete_job(self, name: str) -> None:
        await self._write(f"delete {name}")
        del self.job_items[name]

    def _put(self, name: str, **changes: Any) -> Job:
        self.job_items[name] = replace(self.job_items[name], **changes)
        return self.job_items[name]

    async def cordon_node(self, name: str, *, reason: str) -> Node:
        await self._write(f"cordon {name}: {reason}")
        return self._put_node(name, Scheduling.CORDONED)

    async def uncordon_node(self, name: str) -> Node:
        await self._write(f"uncordon {name}")
        return self._put_node(name, Scheduling.OPEN)

    async def drain_node(self, name: str, *, reason: str) -> Node:
        await self._write(f"drain {name}")
        return self._put_node(name, Scheduling.DRAINING)

    async def reboot_node(self, name: str, *, reason: str) -> Node:
        await self._write(f"reboot {name}")
        return self.node_items[name]

    def _put_node(self, name: str, scheduling: Scheduling) -> Node:
        self.node_items[name] = replace(self.node_items[name], scheduling=scheduling)
        return self.node_items[name]


class StreamingTenant(FakeTenant):
    """The same with a watch that yields what is put into `changes`."""

    async def watch(self, since: int) -> AsyncIterator[Change]:
        self._called(f"watch {since}")
        while True:
            change = await self.changes.get()
            if isinstance(change, CloudError):
                raise change
            yield change

    def change(self, job: Job, version: int, op: ChangeOp = ChangeOp.PUT) -> Change:
        summary = replace(summary_of(job), resource_version=version)
        return Change(resource_version=version, op=op, kind="job", id=job.name, job=summary)


async def until(condition: Any, seconds: float = 20.0) -> None:
    """Wait for a condition, never longer than the deadline."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
