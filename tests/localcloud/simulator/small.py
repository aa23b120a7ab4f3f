"""Small tenants to play with."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from api_client.models.job import JobState
from api_client.models.slim import plain
from localcloud.simulator.clock import SimulationClock
from localcloud.simulator.cloud import SimulatedCloud
from localcloud.simulator.moments import to_moment
from localcloud.simulator.plan import FleetPlan, Life, TenantPlan
from localcloud.simulator.presets import Preset, default_prices, plan_of

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class HandClock:
    """Real seconds as a test wants them."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def tenant(
    seed: int = 1, nodes: int = 8, jobs: int = 200, accelerators: int = 8, kept: int = 10_000
) -> SimulatedCloud:
    """A paused tenant with its history."""
    plan = replace(plan_of(Preset(nodes, accelerators, jobs), seed, START), kept_jobs=kept)
    return SimulatedCloud(plan, SimulationClock(START, paused=True, real=HandClock()))


def quiet(nodes: int = 8) -> SimulatedCloud:
    """A paused tenant in which nothing happens by itself."""
    plan = plan_of(Preset(nodes, 8, 10), 1, START)
    plan = replace(plan, lives=(), endless=False, faults_per_accelerator_hour=0.0)
    return SimulatedCloud(plan, SimulationClock(START, paused=True, real=HandClock()))


def pass_time(cloud: SimulatedCloud, seconds: float) -> None:
    """Let simulated time pass and play it."""
    cloud.set_clock(step_seconds=seconds)
    while cloud.simulation().now < cloud.simulation().target:
        cloud.tick()


def replayed(lives: list[Life], slots: int) -> SimulatedCloud:
    """A tenant of given lives, before anything happened."""
    plan = TenantPlan(
        scenario="trace",
        name="A trace",
        seed=0,
        fleet=FleetPlan.for_peak(slots),
        lives=sorted(lives, key=lambda life: life.submit),
        prices=default_prices(),
        begin=START,
        start=START,
    )
    return SimulatedCloud(plan, SimulationClock(START, paused=True, real=HandClock()))


def given(
    name: str, submit: float, runs: list[tuple[float, float | None]], milli: int, **more: object
) -> Life:
    """A life as a trace gives it; seconds count from the start."""
    base = to_moment(START)
    fixed = tuple(
        (base + int(a * 1000), None if b is None else base + int(b * 1000)) for a, b in runs
    )
    facts: dict[str, object] = {
        "workers": max(1, -(-milli // 1000)),
        "per_worker": 1 if milli else 0,
        "final": JobState.SUCCEEDED,
        **more,
    }
    return Life(
        name=name,
        submit=base + int(submit * 1000),
        milli=milli,
        fixed=fixed,
        placed_as_given=True,
        **facts,  # type: ignore[arg-type]
    )


def digest(cloud: SimulatedCloud) -> str:
    """What the tenant shows, without the numbers of changes."""
    text = hashlib.sha256()
    cursor = None
    while True:
        page = cloud.jobs(cursor=cursor, limit=1000)
        for job in page.items:
            text.update(repr({**plain(job), "resource_version": 0}).encode())
        cursor = page.next_cursor
        if cursor is None:
            break
    for event in all_events(cloud):
        text.update(repr({**plain(event), "resource_version": 0}).encode())
    return text.hexdigest()


def all_events(cloud: SimulatedCloud, **wanted: str) -> list:  # type: ignore[type-arg]
    found, cursor = [], None
    while True:
        page = cloud.events(cursor=cursor, limit=700, **wanted)  # type: ignore[arg-type]
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
