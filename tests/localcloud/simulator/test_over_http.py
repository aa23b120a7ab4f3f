"""A simulated tenant behind the real server and the real provider."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api_client.models.job import JobSpec, JobState
from api_client.models.telemetry import Metric, Window
from api_client.providers.tenant import TenantProvider
from api_client.transport import Transport
from console.analysis.recovery import incidents
from localcloud.server.app import create_app
from localcloud.server.context import ServerState
from localcloud.simulator.cloud import SimulatedCloud
from tests.localcloud.server.serving import ONCE, listening
from tests.localcloud.simulator.small import pass_time, quiet, tenant


@asynccontextmanager
async def _served(cloud: SimulatedCloud) -> AsyncIterator[TenantProvider]:
    with tempfile.TemporaryDirectory(prefix="qd-") as short:
        socket = Path(short) / "api.sock"
        state = ServerState(cloud)
        app = create_app(cloud, token=None, unix=True, state=state)
        async with listening(app, uds=str(socket)):
            async with TenantProvider(Transport(f"unix://{socket}", limits=ONCE)) as provider:
                yield provider
            state.stopping.set()


async def test_every_noun_is_read_as_from_any_tenant() -> None:
    cloud = tenant(3, nodes=64, jobs=1500)
    async with _served(cloud) as provider:
        told = await provider.tenant()
        assert told.simulation is not None and told.simulation.paused
        assert "simulation" in told.notices[0]
        jobs = await provider.jobs().all()
        names = [job.name for job in jobs]
        assert len(names) == len(set(names)) > 100
        job = max(jobs, key=lambda each: (each.state == "RUNNING", each.accelerators))
        shown = await provider.job(job.name)
        assert shown.spec.workers == job.workers
        assert len(await provider.workers(job.name)) == job.workers
        window = Window(start=told.server_time.replace(hour=11), end=told.server_time)
        series = await provider.series(Metric.UTILISATION, window, node="", job=job.name)
        assert series and all(0 <= (p.value or 0) <= 1 for s in series for p in s.points)
        nodes = await provider.nodes().all()
        assert {node.region for node in nodes} >= {"sim-centre-1", "sim-edge-1"}
        assert len(await provider.pools()) == 5
        assert (await provider.prices()).items
        assert (await provider.charges().all())[0].billing_currency == "CNY"


async def test_a_fault_reaches_watchers_and_becomes_an_incident_with_money() -> None:
    cloud = quiet()
    async with _served(cloud) as provider:
        await provider.create_job(JobSpec(name="mine", command="true", workers=2))
        pass_time(cloud, 600)
        since = (await provider.tenant()).resource_version
        cloud.inject("xid", job="mine")
        pass_time(cloud, 600)
        seen = []
        async with asyncio.timeout(10):
            async for change in provider.watch(since):
                if change.event is not None:
                    seen.append(change.event)
                if seen and seen[-1].reason == "TrainingResumed":
                    break
        story = list(seen)
        found = incidents(
            story,
            prices=await provider.prices(),
            jobs={"mine": await provider.job("mine")},
        )
        assert [(i.job, i.category.value, i.outcome.value) for i in found] == [
            ("mine", "ACCELERATOR", "RECOVERED")
        ]
        phases = (found[0].detected, found[0].isolated, found[0].rescheduled, found[0].restored)
        assert all(phases) and found[0].resumed is not None
        assert found[0].lost_steps is not None and found[0].lost_steps > 0
        assert found[0].lost_money is not None and found[0].lost_money.amount > 0
        chunk = await provider.read_log("mine", 0, attempt=0, start=0)
        assert b"\n" in chunk.data


async def test_a_job_is_submitted_and_stopped() -> None:
    cloud = quiet()
    async with _served(cloud) as provider:
        job = await provider.create_job(JobSpec(name="mine", command="true"))
        assert job.owner == "you"
        pass_time(cloud, 300)
        await provider.stop_job("mine", reason="enough")
        pass_time(cloud, 60)
        assert (await provider.job("mine")).state == JobState.STOPPED
