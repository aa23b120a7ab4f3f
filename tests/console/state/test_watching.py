from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from api_client.errors import Expired, Unavailable
from api_client.models.base import Page
from api_client.models.job import JobState, JobSummary
from api_client.models.watch import Change, ChangeOp
from api_client.paging import Pages
from api_client.services import JobQuery
from console.state.snapshot import Snapshot
from console.state.store import Store
from console.state.watching import Watch
from tests.console.fakes import T0, StreamingTenant, make_job, summary_of, until


class PagedTenant(StreamingTenant):
    """Gives jobs a few to a page, each page only once the test lets it."""

    def __init__(self, per_page: int = 2) -> None:
        super().__init__()
        self.per_page = per_page
        self.gate = asyncio.Semaphore(0)
        self.batches: asyncio.Queue[tuple[Change, ...] | Exception] = asyncio.Queue()

    def jobs(self, query: JobQuery = JobQuery()) -> Pages[JobSummary]:
        every = [summary_of(job) for job in self.job_items.values()]

        async def fetch(cursor: str | None) -> Page[Any]:
            self._called("probe" if query.limit == 1 else "jobs")
            if query.limit != 1:
                await self.gate.acquire()
            start = int(cursor or 0)
            end = start + self.per_page
            return Page(
                items=tuple(every[start:end]),
                next_cursor=str(end) if end < len(every) else None,
                total=len(every),
                resource_version=self.version,
            )

        return Pages(fetch)

    async def watch_batches(self, since: int) -> AsyncIterator[tuple[Change, ...]]:
        self._called(f"watch {since}")
        while True:
            batch = await self.batches.get()
            if isinstance(batch, Exception):
                raise batch
            yield batch

    def open(self, pages: int = 100) -> None:
        for _ in range(pages):
            self.gate.release()


@pytest.fixture
async def watching() -> AsyncIterator[tuple[PagedTenant, Store]]:
    tenant, store = PagedTenant(), Store(gap_seconds=0.0)
    tenant.job_items = {name: make_job(name) for name in "abcde"}
    tenant.version = 100
    watch = Watch(tenant, store, retry=0.01)
    watch.start()
    yield tenant, store
    await watch.stop()
    store.close()


def names(store: Store) -> set[str]:
    return set(store.snapshot("jobs").items)


def changed(name: str, version: int, op: ChangeOp = ChangeOp.PUT, **more: Any) -> Change:
    item = summary_of(make_job(name, resource_version=version, **more))
    return Change(resource_version=version, op=op, kind="job", id=name, job=item)


def calls(tenant: PagedTenant, start: str) -> Sequence[str]:
    return [call for call in tenant.calls if call.startswith(start)]


async def test_rows_appear_page_by_page_with_the_count_there_will_be(
    watching: tuple[PagedTenant, Store],
) -> None:
    tenant, store = watching
    tenant.open(1)
    await until(lambda: names(store) == {"a", "b"})
    assert store.snapshot("jobs").total == 5
    tenant.open(1)
    await until(lambda: names(store) == {"a", "b", "c", "d"})
    tenant.open(1)
    await until(lambda: store.snapshot("jobs").total is None)
    assert names(store) == set("abcde")


async def test_changes_come_while_pages_are_still_read_and_win_over_them(
    watching: tuple[PagedTenant, Store],
) -> None:
    tenant, store = watching
    tenant.open(1)
    await until(lambda: "watch 100" in tenant.calls)
    tenant.batches.put_nowait(
        (
            changed("e", 105, state=JobState.FAILED),
            changed("c", 106, ChangeOp.DELETE),
            changed("new", 107),
        )
    )
    await until(lambda: "new" in names(store))
    tenant.open()
    await until(lambda: store.snapshot("jobs").total is None and "d" in names(store))
    assert names(store) == {"a", "b", "d", "e", "new"}
    assert store.snapshot("jobs").items["e"].state is JobState.FAILED


async def test_what_is_gone_since_the_last_run_leaves_at_the_end_of_the_listing() -> None:
    tenant, store = PagedTenant(), Store(gap_seconds=0.0)
    tenant.job_items = {name: make_job(name) for name in "abc"}
    old = Snapshot(items={"old": summary_of(make_job("old"))}, fetched_at=T0, from_disk=True)
    store.put("jobs", old)
    watch = Watch(tenant, store)
    watch.start()
    tenant.open(1)
    await until(lambda: "a" in names(store))
    snapshot = store.snapshot("jobs")
    assert "old" in snapshot.items and snapshot.from_disk and snapshot.fetched_at == T0
    tenant.open()
    await until(lambda: not store.snapshot("jobs").from_disk)
    assert names(store) == set("abc")
    await watch.stop()
    store.close()


async def test_a_short_break_costs_no_listing(watching: tuple[PagedTenant, Store]) -> None:
    tenant, store = watching
    tenant.open()
    await until(lambda: names(store) == set("abcde") and "watch 100" in tenant.calls)
    tenant.batches.put_nowait((changed("f", 400),))
    await until(lambda: "f" in names(store))
    tenant.version = 400
    pages = len(calls(tenant, "jobs"))
    tenant.fail = Unavailable("watch", "gone")
    tenant.batches.put_nowait(tenant.fail)
    await until(lambda: store.snapshot("jobs").stale_since)
    tenant.fail = None
    await until(lambda: "watch 144" in tenant.calls)
    await until(lambda: not store.snapshot("jobs").stale_since)
    tenant.batches.put_nowait((changed("g", 401), changed("f", 400)))
    await until(lambda: "g" in names(store))
    assert len(calls(tenant, "jobs")) == pages


async def test_a_server_that_counts_from_the_start_again_is_listed_again(
    watching: tuple[PagedTenant, Store],
) -> None:
    tenant, store = watching
    tenant.open()
    await until(lambda: names(store) == set("abcde") and "watch 100" in tenant.calls)
    tenant.job_items = {"x": make_job("x", resource_version=2)}
    tenant.version = 3
    tenant.batches.put_nowait((changed("x", 2),))
    await until(lambda: names(store) == {"x"})
    tenant.batches.put_nowait((changed("y", 4),))
    await until(lambda: names(store) == {"x", "y"})


async def test_a_server_that_repeats_itself_is_not(watching: tuple[PagedTenant, Store]) -> None:
    tenant, store = watching
    tenant.open()
    await until(lambda: names(store) == set("abcde") and "watch 100" in tenant.calls)
    pages = len(calls(tenant, "jobs"))
    tenant.version = 105
    for number in range(5):
        tenant.batches.put_nowait((changed("ghost", 40), changed("f", 101 + number)))
    await until(lambda: store.snapshot("jobs").items.get("f"))
    await until(lambda: tenant.batches.empty())
    assert "ghost" not in names(store) and len(calls(tenant, "jobs")) == pages
    assert len(calls(tenant, "probe")) == 1, "asked once, not with every repetition"


async def test_a_forgotten_place_is_listed_again_without_a_circle(
    watching: tuple[PagedTenant, Store],
) -> None:
    tenant, store = watching
    tenant.open()
    await until(lambda: "watch 100" in tenant.calls)
    for _ in range(200):
        tenant.batches.put_nowait(Expired("watch"))
    await asyncio.sleep(0.3)
    assert 2 <= len(calls(tenant, "watch")) <= 8, "each wait is twice as long as the last"


async def test_a_burst_is_told_once_and_never_holds_the_loop_long() -> None:
    tenant, store = PagedTenant(per_page=1000), Store(gap_seconds=0.05)
    watch = Watch(tenant, store)
    watch.start()
    tenant.open()
    await until(lambda: "watch 1" in tenant.calls)
    heard: list[int] = []
    store.subscribe("jobs", lambda key, snapshot: heard.append(len(snapshot.items)))
    burst = tuple(changed(f"j{n}", n + 2) for n in range(5_000))
    before = store.snapshot("jobs").version
    tenant.batches.put_nowait(burst)
    await until(lambda: heard and heard[-1] == 5_000)
    assert len(heard) <= 5
    told = store.changed_since("jobs", before)
    assert told is not None and len(told) == 5_000
    await watch.stop()
    store.close()
