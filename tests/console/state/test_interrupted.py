"""Work in slices may be stopped between any two of them: nothing is lost by it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import MappingProxyType

from console.state.event_index import EventIndex
from console.state.incidents import Incidents
from console.state.snapshot import Snapshot
from console.state.store import Store
from tests.console.analysis.stories import START, Story

JOBS = 1500
MANY = 30_000


def store_of_failures(jobs: int = JOBS) -> Store:
    """A store that knows one failure of each of many jobs."""
    store = Store()
    events = [event for at in range(jobs) for event in Story(f"job-{at}").fails(10, 0).events]
    items = MappingProxyType({event.id: event for event in events})
    store.put("events", Snapshot(items=items, fetched_at=START))
    return store


async def stopped_on_the_way(work: Callable[[], Awaitable[object]], turns: int) -> bool:
    """Begin, stop after a few turns of the loop; whether there was something left to do."""
    task = asyncio.ensure_future(work())
    for _ in range(turns):
        await asyncio.sleep(0)
    unfinished = task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return unfinished


async def test_the_index_of_events_goes_on_after_it_was_stopped() -> None:
    index = EventIndex(store_of_failures(MANY))
    assert await stopped_on_the_way(index.catch_up, 2)
    await index.catch_up()
    assert len(set(index.failed_jobs())) == MANY


async def test_incidents_go_on_after_they_were_stopped() -> None:
    store = store_of_failures()
    index = EventIndex(store)
    await index.catch_up()
    feed = Incidents(index, lambda: START)
    assert await stopped_on_the_way(lambda: feed.compute(store), 2)
    found = await feed.compute(store)
    assert len(found) == JOBS
    assert await feed.compute(store) is found, "nothing changed, nothing is made anew"
