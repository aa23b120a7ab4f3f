from __future__ import annotations

import asyncio
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api_client.errors import Unavailable
from console.state.snapshot import EMPTY, Snapshot
from console.state.snapshot_diff import changed_ids, keep_equal
from console.state.store import Store
from tests.console.fakes import T0, make_job, until


def snap(*names: str, **more: Any) -> Snapshot[Any]:
    return Snapshot(items={name: make_job(name, **more) for name in names}, fetched_at=T0)


async def test_equal_readings_are_no_news_and_keep_the_objects() -> None:
    store = Store(gap_seconds=0.01)
    heard: list[str] = []
    store.subscribe(None, lambda key, snapshot: heard.append(key))
    assert store.put("jobs", snap("a", "b"))
    before = store.snapshot("jobs").items
    assert not store.put("jobs", snap("a", "b"))
    assert store.snapshot("jobs").items is before
    assert store.put("jobs", snap("a", "b", "c"))
    assert store.snapshot("jobs").items["a"] is before["a"]
    await until(lambda: heard)
    assert heard == ["jobs"]
    store.close()


async def test_news_comes_at_most_so_often_and_the_last_is_never_lost() -> None:
    store = Store(gap_seconds=0.1)
    heard: list[tuple[float, int]] = []
    loop = asyncio.get_running_loop()
    store.subscribe("jobs", lambda key, s: heard.append((loop.time(), s.items["a"].attempt)))
    for attempt in range(30):
        store.put("jobs", snap("a", attempt=attempt))
        await asyncio.sleep(0.01)
    await until(lambda: heard and heard[-1][1] == 29)
    gaps = [later[0] - earlier[0] for earlier, later in zip(heard, heard[1:], strict=False)]
    assert len(heard) < 10 and min(gaps) > 0.09
    store.close()


async def test_a_broken_subscriber_does_not_silence_the_others() -> None:
    store = Store(gap_seconds=0.0)
    heard: list[str] = []

    def broken(key: str, snapshot: Snapshot[Any]) -> None:
        raise RuntimeError("panel")

    store.subscribe(None, broken)
    end = store.subscribe("jobs", lambda key, snapshot: heard.append(key))
    store.put("jobs", snap("a"))
    await until(lambda: heard)
    end()
    store.put("jobs", snap("b"))
    await asyncio.sleep(0.02)
    assert heard == ["jobs"]
    store.close()


def test_an_error_keeps_the_items_and_the_first_moment() -> None:
    good = snap("a")
    stale = good.failed(Unavailable("read jobs", "down"), T0)
    again = stale.failed(Unavailable("read jobs", "down"), T0.replace(hour=13))
    assert again.items is good.items and again.stale_since == T0
    assert EMPTY.loading and not stale.loading


@given(
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=8),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=8),
)
def test_diff_then_apply_is_the_new_state(old: dict[str, int], new: dict[str, int]) -> None:
    merged = keep_equal(old, new)
    assert merged == new
    put, gone = changed_ids(old, merged)
    applied = {k: v for k, v in old.items() if k not in gone} | {k: merged[k] for k in put}
    assert applied == new
    assert (merged is old) == (old == new)
