from __future__ import annotations

from pathlib import Path
from typing import Any

from api_client.models.job import JobState
from console.state.snapshot import Snapshot
from console.state.store import Store
from console.watcher import JobWatcher, Notice, Pins
from tests.console.fakes import T0, make_job, until


def snap(*jobs: Any, from_disk: bool = False) -> Snapshot[Any]:
    return Snapshot(items={j.name: j for j in jobs}, fetched_at=T0, from_disk=from_disk)


async def test_ends_and_recoveries_of_pinned_jobs_are_told_once() -> None:
    store, told = Store(gap_seconds=0.0), list[Notice]()
    watcher = JobWatcher(store, {"a"}, told.append)
    store.put("jobs", snap(make_job("a", JobState.QUEUED), from_disk=True))
    watcher.start()

    async def seen(state: JobState, **more: Any) -> None:
        store.put("jobs", snap(make_job("a", state, **more), make_job("b", state)))
        await until(lambda: watcher._last.get("a", (0, 0))[1] is state)

    await seen(JobState.RUNNING)
    assert told == []
    await seen(JobState.RECOVERING)
    await seen(JobState.STARTING, restarts=1)
    await seen(JobState.RUNNING, restarts=1)
    await seen(JobState.SUCCEEDED, restarts=1)
    store.put("jobs", snap(make_job("a", JobState.SUCCEEDED, restarts=1, attempt=3)))
    keys = ["notice.recovering", "notice.recovered", "notice.succeeded"]
    await until(lambda: len(told) >= 3)
    assert [notice.message.key for notice in told] == keys
    assert {notice.job for notice in told} == {"a"}
    watcher.stop()
    store.close()


def test_pins_are_kept_and_a_damaged_file_is_no_disaster(tmp_path: Path) -> None:
    file = tmp_path / "pins.json"
    pins = Pins("lab", file)
    assert pins.toggle("a") and "a" in Pins("lab", file)
    pins.add("b")
    assert not pins.toggle("a")
    assert Pins("lab", file).names() == ("b",)
    file.write_text("{[")
    assert Pins("lab", file).names() == ()
