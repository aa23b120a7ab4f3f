"""A session opened on the hostile tenant, and waiting for what it comes to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from console.profiles import Profile, ProviderChoice
from console.session import Session
from tests.hostile_tenant import HostileTenant

PATIENCE = 15.0


@asynccontextmanager
async def opened(hostile: HostileTenant) -> AsyncIterator[Session]:
    """A session that reads the tenant, with nothing kept on disk."""
    choice = ProviderChoice(provider="tenant", url=hostile.url)
    profile = Profile(name="hostile", services={"training": choice})
    async with Session(profile, keep_history=False) as session:
        await session.start()
        yield session


async def until(holds: Callable[[], object], what: str) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, what
        await asyncio.sleep(0.01)


async def watched(hostile: HostileTenant) -> None:
    """Wait until one more watch is open."""
    await asyncio.to_thread(hostile.await_watch)


def names(session: Session, feed: str = "jobs") -> set[str]:
    return set(session.store.snapshot(feed).items)


def states(session: Session) -> dict[str, str]:
    return {name: each.state.value for name, each in session.store.snapshot("jobs").items.items()}


async def ends_as(session: Session, wanted: dict[str, str]) -> None:
    """Wait until the jobs are in these states."""
    try:
        await until(lambda: states(session) == wanted, "")
    finally:
        assert states(session) == wanted


def said(session: Session, feed: str = "jobs") -> str:
    """What is wrong with a feed; empty where nothing is."""
    error = session.store.snapshot(feed).error
    return "" if error is None else str(error)
