"""Every noun of the Tenant API through the client, against a real cloud."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from api_client import errors
from api_client.models.billing import PriceItem, PriceList
from api_client.models.compute import Scheduling
from api_client.models.job import JobSpec, JobState
from api_client.models.telemetry import Metric, Window
from api_client.services import ChargeQuery, EventQuery, JobQuery
from tests.localcloud.server.serving import Served


async def test_the_tenant_its_pools_and_nodes(served: Served) -> None:
    tenant = await served.provider.tenant()
    assert tenant.currency == "CNY"
    assert tenant.server_time.tzinfo is UTC
    (pool,) = await served.provider.pools()
    assert (pool.nodes, pool.accelerators) == (2, 8)
    nodes = await served.provider.nodes().all()
    assert [node.name for node in nodes] == ["node-1", "node-2"]
    assert (await served.provider.node("node-1")).accelerators == 4


async def test_a_node_is_cordoned_with_its_reason_and_opened_again(served: Served) -> None:
    node = await served.provider.cordon_node("node-1", reason="fan is loud")
    assert (node.scheduling, node.reason) == (Scheduling.CORDONED, "fan is loud")
    assert (await served.provider.uncordon_node("node-1")).scheduling is Scheduling.OPEN


async def test_the_life_of_a_job(served: Served) -> None:
    spec = JobSpec(name="demo", command="true", workers=2, env={"A": "b"})
    created = await served.provider.create_job(spec)
    assert (created.state, created.accelerators) == (JobState.QUEUED, 2)
    assert created.owner == (await served.provider.tenant()).principal.name
    with pytest.raises(errors.Conflict):
        await served.provider.create_job(spec)
    await served.until(lambda: served.cloud.job("demo").state is JobState.RUNNING)
    workers = await served.provider.workers("demo")
    assert [worker.rank for worker in workers] == [0, 1]
    with pytest.raises(errors.Conflict):
        await served.provider.delete_job("demo")
    await served.provider.stop_job("demo", reason="enough")
    await served.until(lambda: served.cloud.job("demo").state is JobState.STOPPED)
    restarted = await served.provider.restart_job("demo")
    assert not restarted.state.ended
    await served.provider.stop_job("demo")
    await served.until(lambda: served.cloud.job("demo").state is JobState.STOPPED)
    await served.provider.delete_job("demo")
    with pytest.raises(errors.NotFound):
        await served.provider.job("demo")


async def test_jobs_are_filtered_and_paged(served: Served) -> None:
    for number in range(5):
        await served.provider.create_job(JobSpec(name=f"job-{number}", command="true"))
    names = [job.name async for job in served.provider.jobs(JobQuery(limit=2))]
    assert names == [f"job-{number}" for number in (4, 3, 2, 1, 0)]
    assert [j.name async for j in served.provider.jobs(JobQuery(name_contains="-3"))] == ["job-3"]
    none = JobQuery(states=(JobState.FAILED, JobState.STOPPED))
    assert await served.provider.jobs(none).all() == []
    assert await served.provider.jobs(JobQuery(owners=("nobody-else",))).all() == []


async def test_events_charges_and_series(served: Served) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    order = await served.running_job("demo")
    served.node_of(order).end(order.id, 0)
    await served.until(lambda: served.cloud.job("demo").state is JobState.SUCCEEDED)
    found = await served.provider.events(EventQuery(subject_kind="job", subject_id="demo")).all()
    assert [e.reason for e in found][0] == "JobCreated"
    assert found == sorted(found, key=lambda event: event.time)
    assert await served.provider.events(EventQuery(since=before, limit=1)).all()
    charges = await served.provider.charges(ChargeQuery(resource_name="demo")).all()
    held = sum(
        a.accelerators * int((a.end - a.start).total_seconds())
        for a in served.cloud.job("demo").allocations
        if a.end
    )
    assert sum(c.consumed_quantity or 0 for c in charges) == held
    window = Window(start=before, end=datetime.now(UTC))
    for series in await served.provider.series(Metric.UTILISATION, window):
        assert series.unit == "ratio"


async def test_the_price_list_is_replaced(served: Served) -> None:
    item = PriceItem(sku="a", amount=Decimal("0.0000001"), currency="CNY")
    replaced = await served.provider.set_prices(PriceList(items=(item,), source="test"))
    assert replaced.items[0].amount == Decimal("0.0000001")
    assert (await served.provider.prices()).items == replaced.items


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_an_empty_or_dot_name_never_leaves_the_client(served: Served, name: str) -> None:
    calls = [
        served.provider.job(name),
        served.provider.stop_job(name),
        served.provider.delete_job(name),
        served.provider.node(name),
        served.provider.cordon_node(name, reason=""),
        served.provider.read_log(name, 0),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="name"):
            await call


@pytest.mark.parametrize("name", ["a/b", "ü", "a b", "%2e", "x?y#z", "\0", "a" * 200])
async def test_a_strange_name_is_a_name_nobody_has(served: Served, name: str) -> None:
    with pytest.raises(errors.NotFound):
        await served.provider.job(name)
    with pytest.raises(errors.NotFound):
        await served.provider.node(name)
