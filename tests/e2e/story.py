"""The story everything serves, as steps a test can tell over the client or by keyboard.

The example trains on two of four nodes; the agent of one is killed; the platform notices, moves
the gang, goes on from the checkpoint, and the bill is what was held times its price.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TypeVar, cast

from api_client.models.compute import NodeHealth
from api_client.models.event import Event
from api_client.models.job import JobSpec, JobState
from api_client.providers.tenant import TenantProvider
from api_client.registry import open_provider
from api_client.services import ChargeQuery, EventQuery
from tests.cloud import EmbeddedCloud

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "train_charlm.py"
OPTIONS = "--steps 300 --checkpoint-every 20 --log-every 5"
CENT = Decimal("0.01")

T = TypeVar("T")


@asynccontextmanager
async def client_of(cloud: EmbeddedCloud) -> AsyncIterator[TenantProvider]:
    """A client of the cloud's own socket."""
    async with open_provider("tenant", {"url": f"unix://{cloud.socket}"}) as provider:
        yield cast(TenantProvider, provider)


def example_spec(name: str) -> JobSpec:
    """Two workers that each fill a node of eight accelerators."""
    return JobSpec(
        name=name,
        command=f"exec {sys.executable} {EXAMPLE} {OPTIONS}",
        workers=2,
        accelerators_per_worker=8,
        framework="numpy",
    )


async def until(
    read: Callable[[], Awaitable[T]], holds: Callable[[T], bool], what: str, seconds: float = 60.0
) -> T:
    """Read until the answer holds; fail after `seconds` with the last answer."""
    deadline = time.monotonic() + seconds
    while not holds(value := await read()):
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}: {value!r}"
        await asyncio.sleep(0.1)
    return value


async def job_states(client: TenantProvider, name: str, since: int) -> list[JobState]:
    """Every state the job goes through until it ends, as the watch tells it."""
    states: list[JobState] = []
    async with aclosing(client.watch(since)) as changes:
        async for change in changes:
            if change.job is None or change.job.name != name:
                continue
            if not states or states[-1] is not change.job.state:
                states.append(change.job.state)
            if change.job.state.ended:
                break
    return states


async def kill_agent_of_rank(client: TenantProvider, name: str, rank: int) -> str:
    """Kill -9 the agent of the node a rank runs on; returns the node's name."""
    (worker,) = [w for w in await client.workers(name) if w.rank == rank]
    assert worker.node is not None
    node = await client.node(worker.node)
    assert node.agent_pid is not None
    os.kill(node.agent_pid, signal.SIGKILL)
    return node.name


async def assert_node_failed(client: TenantProvider, name: str) -> None:
    node = await client.node(name)
    assert node.health is NodeHealth.FAILED, node
    assert node.reason, "a failed node says why"


async def events_of(client: TenantProvider, job: str) -> list[Event]:
    return await client.events(EventQuery(subject_kind="job", subject_id=job)).all()


async def whole_log(client: TenantProvider, job: str, rank: int, attempt: int) -> str:
    """A worker's log, read in ranges."""
    data = b""
    while True:
        chunk = await client.read_log(job, rank, attempt=attempt, start=len(data))
        data += chunk.data
        if chunk.end_of_log and not chunk.data:
            return data.decode()


async def assert_bill_is_what_was_held(client: TenantProvider, name: str) -> Decimal:
    """The charges equal allocated whole seconds x accelerators x price, to the cent."""
    job = await client.job(name)
    prices = await client.prices()
    (price,) = [
        item.amount
        for item in prices.items
        if item.quota_type == job.quota_type and item.unit == "accelerator-hour"
    ]
    seconds = 0
    for allocation in job.allocations:
        assert allocation.end is not None, f"{allocation.id} is still held by an ended job"
        held = allocation.end - allocation.start
        assert held % timedelta(seconds=1) == timedelta(0)
        seconds += held // timedelta(seconds=1) * allocation.accelerators
    assert seconds > 0
    assert job.accelerator_seconds == seconds
    charges = await client.charges(ChargeQuery(resource_name=name)).all()
    billed = sum((charge.billed_cost for charge in charges), Decimal(0))
    expected = price * seconds / 3600
    assert _cents(billed) == _cents(expected), f"{billed} billed, {expected} held"
    assert {charge.billing_currency for charge in charges} == {prices.items[0].currency}
    return billed


def reasons_in_order(events: Sequence[Event], wanted: Sequence[str]) -> list[Event]:
    """The first event of each reason, each after the one before."""
    found: list[Event] = []
    rest = iter(events)
    for reason in wanted:
        event = next((e for e in rest if e.reason == reason), None)
        assert event is not None, f"no {reason} after {[e.reason for e in found]}: " + ", ".join(
            e.reason for e in events
        )
        found.append(event)
    return found


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
