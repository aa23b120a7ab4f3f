"""The real application over an in-memory tenant, for tests that press keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

from textual.pilot import Pilot

from api_client.models.compute import NodeHealth
from api_client.models.job import JobState
from console.profiles import local_profile
from console.session import Session
from console.settings import Settings
from screens.app import QuarterdeckApp
from screens.workspace import Workspace
from tests.console.fakes import StreamingTenant, make_event, make_job, make_node

WRITE_WORDS = ("create", "stop", "restart", "delete", "cordon", "uncordon", "drain", "reboot")


def busy_tenant() -> StreamingTenant:
    """Three jobs in different states, two nodes, an event."""
    tenant = StreamingTenant()
    for name, state in (
        ("alpha", JobState.RUNNING),
        ("beta", JobState.FAILED),
        ("gamma", JobState.QUEUED),
    ):
        tenant.job_items[name] = make_job(name, state)
    tenant.node_items["node-1"] = make_node("node-1", jobs=("alpha",), allocated=2)
    tenant.node_items["node-2"] = make_node("node-2", health=NodeHealth.FAILED)
    tenant.event_items.append(make_event(1, "alpha"))
    return tenant


def writes(tenant: StreamingTenant) -> list[str]:
    """The calls that changed something."""
    return [call for call in tenant.calls if call.split()[0] in WRITE_WORDS]


@asynccontextmanager
async def running(
    tenant: StreamingTenant,
    *,
    size: tuple[int, int] = (120, 40),
    settings: Settings | None = None,
    read_only: bool = False,
) -> AsyncIterator[tuple[QuarterdeckApp, Pilot[int]]]:
    """The application on `tenant`, after its first frame with data."""
    settings = settings or Settings()
    profile = replace(local_profile(), read_only=read_only)
    session = Session(profile, settings, opener=lambda choice: tenant, keep_history=False)
    app = QuarterdeckApp(session, settings)
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        yield app, pilot


@asynccontextmanager
async def opened(
    tenant: StreamingTenant, *, size: tuple[int, int], language: str, now: datetime
) -> AsyncIterator[tuple[QuarterdeckApp, Pilot[int]]]:
    """The application at a moment that does not pass, in UTC, without animation."""
    settings = Settings(language=language)  # type: ignore[arg-type]
    session = Session(local_profile(), settings, opener=lambda choice: tenant, keep_history=False)
    app = QuarterdeckApp(session, settings)
    app.animation_level = "none"
    app.desk.clock = lambda: now
    app.desk.zone = UTC
    async with app.run_test(size=size) as pilot:
        await settled(app, pilot)
        yield app, pilot


async def until(pilot: Pilot[int], condition: Callable[[], bool]) -> None:
    """Wait for a condition, however slow the machine; a lost cause fails after about 20 s."""
    for _ in range(1000):
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came true")


async def settled(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
    """Wait until the lists have been read and drawn."""
    for _ in range(1000):
        await pilot.pause(0.01)
        if app.session.store.snapshot("jobs").fetched_at is not None:
            break
    await pilot.pause(0.15)


def workspace(app: QuarterdeckApp) -> Workspace:
    """The screen under every dialog."""
    return app.workspace
