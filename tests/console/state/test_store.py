from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client.errors import Unavailable
from console.state.change_log import ChangeLog
from console.state.live_table import LiveTable
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


def test_what_changed_since_a_version_is_told_by_id() -> None:
    store = Store()
    store.put("jobs", snap("a", "b"))
    first = store.snapshot("jobs").version
    assert store.changed_since("jobs", 0) == {"a", "b"}
    store.put("jobs", snap("a", "c"))
    assert store.changed_since("jobs", first) == {"b", "c"}
    now = store.snapshot("jobs").version
    assert store.changed_since("jobs", now) == frozenset()
    assert store.changed_since("jobs", now + 1) is None
    assert store.changed_since("nodes", 0) is None
    store.forget("jobs")
    store.put("jobs", snap("z"))
    assert store.changed_since("jobs", now) is None, "what it drew before belongs to another life"


def test_a_table_is_changed_in_place_and_read_only_from_outside() -> None:
    store = Store()
    store.put("jobs", snap("a"))
    table = store.table("jobs")
    items = store.snapshot("jobs").items
    version = store.snapshot("jobs").version
    assert table.put("b", make_job("b")) and not table.put("b", make_job("b"))
    assert set(items) == {"a", "b"}, "the view is live before anything is told"
    assert store.publish("jobs", T0, total=7)
    assert not store.publish("jobs", T0, total=7)
    told = store.snapshot("jobs")
    assert told.items is items and told.total == 7
    assert store.changed_since("jobs", version) == {"b"}
    assert table.remove("a") and not table.remove("a")
    with pytest.raises(TypeError):
        items["c"] = make_job("c")  # type: ignore[index]
    store.put("jobs", snap("b", "d"))
    assert store.snapshot("jobs").items is items and set(items) == {"b", "d"}


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=40), st.data())
def test_a_log_names_all_that_changed_or_says_that_it_forgot(
    steps: list[tuple[str, bool]], data: st.DataObject
) -> None:
    log = ChangeLog(remembered=8)
    table: LiveTable[int] = LiveTable(log, {})
    states = {0: dict[str, int]()}
    for number, (key, put) in enumerate(steps):
        if put:
            table.put(key, number)
        else:
            table.remove(key)
        states[log.version] = dict(table.view)
    version = data.draw(st.sampled_from(sorted(states)))
    changed = log.since(version)
    if changed is None:
        assert log.version - version > 8
        return
    differ = {k for k in "abcd" if states[version].get(k) != table.view.get(k)}
    assert differ <= changed


@given(
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=8),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=8),
    st.booleans(),
)
async def test_a_reading_in_slices_ends_as_one_at_once(
    old: dict[str, int], new: dict[str, int], in_place: bool
) -> None:
    store = Store()
    store.put("n", Snapshot(items=old, fetched_at=T0, from_disk=True))
    if in_place:
        store.table("n")
    before = store.snapshot("n").version
    await store.put_in_slices("n", Snapshot(items=new, fetched_at=T0))
    snapshot = store.snapshot("n")
    assert dict(snapshot.items) == new and not snapshot.from_disk and store.is_whole("n")
    differ = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    assert store.changed_since("n", before) == differ
