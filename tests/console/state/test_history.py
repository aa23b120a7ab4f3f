from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

from api_client.models.job import JobSummary
from api_client.models.slim import replace
from console.state.history import History
from console.state.snapshot import Snapshot
from console.state.store import Store
from tests.console.fakes import T0, make_job, summary_of, until

MODELS = {"jobs": JobSummary}
BASE = summary_of(make_job("base"))
COUNT = 5_200


def many() -> dict[str, JobSummary]:
    """Jobs, the oldest first."""
    made = (replace(BASE, name=f"j{n}", created=T0 + timedelta(seconds=n)) for n in range(COUNT))
    return {job.name: job for job in made}


async def keep(folder: Path, jobs: dict[str, JobSummary]) -> None:
    store = Store()
    history = History(folder, store, MODELS)
    store.put("jobs", Snapshot(items=MappingProxyType(jobs), fetched_at=T0, total=len(jobs)))
    await history.close()
    store.close()


async def test_a_long_list_shows_its_newest_at_once_and_the_rest_soon(tmp_path: Path) -> None:
    jobs = many()
    await keep(tmp_path, jobs)
    store = Store()
    history = History(tmp_path, store, MODELS)
    history.load()
    first = store.snapshot("jobs")
    assert f"j{COUNT - 1}" in first.items and 0 < len(first.items) < COUNT
    assert first.from_disk and first.total == COUNT and first.fetched_at == T0
    await until(lambda: len(store.snapshot("jobs").items) == COUNT)
    assert dict(store.snapshot("jobs").items) == jobs
    await history.close()


async def test_what_the_server_has_said_meanwhile_is_not_undone(tmp_path: Path) -> None:
    await keep(tmp_path, many())
    store = Store()
    history = History(tmp_path, store, MODELS)
    history.load()
    fresh = replace(BASE, name="j0", attempt=7)
    table = store.table("jobs")
    table.put("j0", fresh)
    await asyncio.sleep(0)
    table.remove_all([name for name in list(table.view) if name != "j0"])
    table.confirmed = True
    await asyncio.sleep(0.05)
    assert dict(table.view) == {"j0": fresh}
    await history.close()


async def test_a_file_cut_off_in_the_middle_gives_what_it_has_and_is_told(tmp_path: Path) -> None:
    await keep(tmp_path, many())
    file = tmp_path / "jobs.json"
    file.write_bytes(file.read_bytes()[:-10_000])
    told: list[str] = []
    store = Store()
    history = History(tmp_path, store, MODELS, notice=told.append)
    history.load()
    await until(lambda: told)
    assert "damaged" in told[0]
    assert len(store.snapshot("jobs").items) == COUNT // 500 * 500
    await history.close()


async def test_names_are_on_the_second_line_for_who_wants_them_alone(tmp_path: Path) -> None:
    await keep(tmp_path, {"a": replace(BASE, name="a"), "b": replace(BASE, name="b")})
    names = (tmp_path / "jobs.json").read_bytes().split(b"\n")[1]
    assert set(json.loads(names)) == {"a", "b"}


async def test_nothing_half_read_is_kept(tmp_path: Path) -> None:
    store = Store(gap_seconds=0.0)
    history = History(tmp_path, store, MODELS, gap_seconds=0.01)
    history.start()
    table = store.table("jobs")
    table.put("a", replace(BASE, name="a"))
    store.publish("jobs", T0, total=2)
    await asyncio.sleep(0.05)
    assert not (tmp_path / "jobs.json").exists()
    table.put("b", replace(BASE, name="b"))
    table.confirmed = True
    store.publish("jobs", T0)
    await until(lambda: (tmp_path / "jobs.json").exists())
    await history.close()
    assert not list(tmp_path.glob(".*")), "no half-written file stays"


async def test_leaving_does_not_write_a_long_list_a_second_time(tmp_path: Path) -> None:
    store = Store(gap_seconds=0.0)
    history = History(tmp_path, store, MODELS, gap_seconds=0.01)
    history.start()
    store.put("jobs", Snapshot(items=MappingProxyType(many()), fetched_at=T0))
    await until(lambda: (tmp_path / "jobs.json").exists())
    written = (tmp_path / "jobs.json").stat().st_ino
    store.put("jobs", Snapshot(items=MappingProxyType({**many(), "x": BASE}), fetched_at=T0))
    await history.close()
    assert (tmp_path / "jobs.json").stat().st_ino == written


async def test_a_list_too_long_to_be_worth_it_is_neither_kept_nor_shown(tmp_path: Path) -> None:
    jobs = many()
    few = dict(list(jobs.items())[:3])
    for held, there in ((jobs, False), (few, True)):
        store = Store()
        history = History(tmp_path, store, MODELS, most={"jobs": 3})
        store.put("jobs", Snapshot(items=MappingProxyType(held), fetched_at=T0))
        await history.close()
        assert any(tmp_path.iterdir()) is there
    await keep(tmp_path, jobs)
    store = Store()
    history = History(tmp_path, store, MODELS, most={"jobs": 3})
    history.load()
    assert store.snapshot("jobs").fetched_at is None
    await history.close()
