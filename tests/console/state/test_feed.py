from __future__ import annotations

import asyncio

from api_client.errors import RateLimited, Unavailable
from console.state.feed import SLOWEST, Feed, Reading
from console.state.store import Store
from tests.console.fakes import until


class Source:
    def __init__(self) -> None:
        self.reads = 0
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None

    async def read(self) -> Reading[int]:
        self.reads += 1
        number = self.reads
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        return Reading({"n": number})


def feed_of(source: Source, store: Store, interval: float = 0.01) -> Feed[int]:
    return Feed("n", source.read, store, interval=interval, jitter=0.0)


async def test_it_reads_again_and_again_until_stopped() -> None:
    source, store = Source(), Store()
    feed = feed_of(source, store)
    feed.start()
    await until(lambda: source.reads >= 3)
    await feed.stop()
    reads = source.reads
    await asyncio.sleep(0.05)
    assert source.reads == reads and store.snapshot("n").items["n"] >= 2


async def test_a_refresh_waits_for_a_reading_that_began_after_it() -> None:
    source, store = Source(), Store()
    source.gate = asyncio.Event()
    feed = feed_of(source, store, interval=60)
    feed.start()
    await until(lambda: source.reads == 1)
    asked = asyncio.create_task(feed.refresh())
    await asyncio.sleep(0)
    source.gate.set()
    await asked
    assert source.reads == 2 and store.snapshot("n").items["n"] == 2
    await feed.stop()


async def test_errors_end_in_the_snapshot_and_slow_it_down() -> None:
    source, store = Source(), Store()
    feed = feed_of(source, store, interval=1.0)
    await feed.refresh()
    source.error = Unavailable("read n", "down")
    await feed.refresh()
    snapshot = store.snapshot("n")
    assert snapshot.items["n"] == 1 and snapshot.error is source.error and snapshot.stale_since
    assert feed.delay() == 2.0
    for _ in range(20):
        await feed.refresh()
    assert feed.delay() == SLOWEST
    source.error = RateLimited("read n", retry_after=300.0)
    await feed.refresh()
    assert feed.delay() == 300.0
    source.error = ZeroDivisionError("a bug in a provider")
    await feed.refresh()
    assert "ZeroDivisionError" in str(store.snapshot("n").error)
    source.error = None
    await feed.refresh()
    assert feed.delay() == 1.0 and store.snapshot("n").error is None


async def test_what_is_read_rarely_is_tried_again_soon_after_a_failure() -> None:
    source, store = Source(), Store()
    feed = feed_of(source, store, interval=300.0)
    source.error = Unavailable("read n", "down")
    await feed.refresh()
    assert feed.delay() == 5.0
    for _ in range(20):
        await feed.refresh()
    assert feed.delay() == SLOWEST
    source.error = None
    await feed.refresh()
    assert feed.delay() == 300.0


async def test_paused_it_reads_only_when_asked() -> None:
    source, store = Source(), Store()
    feed = feed_of(source, store)
    feed.start()
    await until(lambda: source.reads >= 1)
    feed.pause()
    await feed.refresh()
    reads = source.reads
    feed.nudge()
    await asyncio.sleep(0.05)
    assert source.reads == reads
    await feed.refresh()
    assert source.reads == reads + 1
    feed.resume()
    await until(lambda: source.reads >= reads + 3)
    await feed.stop()


async def test_stopping_releases_who_waits() -> None:
    source, store = Source(), Store()
    source.gate = asyncio.Event()
    feed = feed_of(source, store)
    feed.start()
    await until(lambda: source.reads == 1)
    asked = asyncio.create_task(feed.refresh())
    await asyncio.sleep(0)
    await feed.stop()
    await asyncio.wait_for(asked, 1)
