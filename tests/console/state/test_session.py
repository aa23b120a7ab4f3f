from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from api_client.errors import Expired, Unavailable, Unsupported
from api_client.models.job import JobState
from api_client.models.watch import ChangeOp
from console import paths
from console.profiles import Profile, ProviderChoice, local_profile
from console.session import Session
from tests.console.fakes import FakeTenant, StreamingTenant, make_event, make_job, make_node, until


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_STATE_HOME", str(tmp_path / "state"))


def session_of(provider: Any, **more: Any) -> Session:
    return Session(local_profile(), opener=lambda choice: provider, **more)


def names(session: Session, key: str) -> set[str]:
    return set(session.store.snapshot(key).items)


async def test_a_stream_lists_then_follows() -> None:
    tenant = StreamingTenant()
    tenant.job_items = {"a": make_job("a")}
    tenant.node_items = {"n": make_node("n")}
    async with session_of(tenant) as session:
        await session.start()
        await until(lambda: names(session, "jobs") == {"a"} and session.me)
        assert names(session, "nodes") == {"n"} and session.me and session.me.name == "kim"
        tenant.version = 7
        tenant.changes.put_nowait(tenant.change(make_job("b"), 5))
        tenant.changes.put_nowait(tenant.change(make_job("a", JobState.FAILED), 6))
        tenant.changes.put_nowait(tenant.change(make_job("a", JobState.RUNNING), 4))
        await until(lambda: names(session, "jobs") == {"a", "b"})
        await until(lambda: session.store.snapshot("jobs").items["a"].state is JobState.FAILED)
        tenant.changes.put_nowait(tenant.change(make_job("a"), 7, ChangeOp.DELETE))
        await until(lambda: names(session, "jobs") == {"b"})
        assert tenant.calls.count("nodes") == 1, "listed once"
    assert tenant.closed


async def test_an_expired_stream_lists_again() -> None:
    tenant = StreamingTenant()
    async with session_of(tenant) as session:
        await session.start()
        await until(lambda: "watch 1" in tenant.calls)
        tenant.job_items = {"late": make_job("late")}
        tenant.version = 9
        tenant.changes.put_nowait(Expired("watch"))
        await until(lambda: names(session, "jobs") == {"late"})
        await until(lambda: "watch 9" in tenant.calls)
        assert session.store.snapshot("jobs").error is None


async def test_a_server_that_forgets_at_once_is_not_asked_in_a_circle() -> None:
    tenant = StreamingTenant()
    async with session_of(tenant) as session:
        for _ in range(50):
            tenant.changes.put_nowait(Expired("watch"))
        await session.start()
        await until(lambda: "watch 1" in tenant.calls)
        await asyncio.sleep(0.2)
        assert tenant.calls.count("jobs") == 1


async def test_a_dead_tenant_leaves_the_last_state_marked_stale_and_comes_back() -> None:
    tenant = StreamingTenant()
    tenant.job_items = {"a": make_job("a")}
    async with session_of(tenant) as session:
        await session.start()
        await until(lambda: names(session, "jobs") == {"a"})
        tenant.fail = Unavailable("list jobs", "gone")
        tenant.changes.put_nowait(tenant.fail)
        await until(lambda: session.store.snapshot("jobs").stale_since)
        assert names(session, "jobs") == {"a"}
        tenant.fail = None
        await session.refresh("jobs")
        assert session.store.snapshot("jobs").stale_since is None


async def test_a_refresh_of_streamed_lists_lists_again() -> None:
    tenant = StreamingTenant()
    async with session_of(tenant) as session:
        await session.start()
        await until(lambda: "watch 1" in tenant.calls)
        tenant.job_items = {"a": make_job("a")}
        await session.refresh("jobs")
        assert names(session, "jobs") == {"a"}


async def test_without_a_stream_the_lists_are_polled() -> None:
    tenant = FakeTenant()
    tenant.job_items = {"a": make_job("a")}
    async with session_of(tenant) as session:
        await session.start(("jobs",))
        await until(lambda: names(session, "jobs") == {"a"})
        assert "nodes" not in tenant.calls
        assert not session.capability("events.stream").available


async def test_objects_live_while_somebody_watches() -> None:
    tenant = StreamingTenant()
    tenant.job_items = {"a": make_job("a")}
    async with session_of(tenant) as session:
        await session.start()
        await until(lambda: names(session, "jobs") == {"a"})
        first, second = session.watch("job/a"), session.watch("job/a")
        await until(lambda: names(session, "job/a") == {"a"})
        reads = tenant.calls.count("job a")
        tenant.job_items["a"] = make_job("a", attempt=1)
        tenant.changes.put_nowait(tenant.change(tenant.job_items["a"], 5))
        await until(lambda: session.store.snapshot("job/a").items["a"].attempt == 1)
        assert tenant.calls.count("job a") > reads
        first.release()
        first.release()
        assert session.feeds.is_live("job/a")
        second.release()
        assert not session.feeds.is_live("job/a")
        with pytest.raises(KeyError):
            session.watch("jbos")


async def test_a_missing_object_is_an_error_in_its_own_snapshot_only() -> None:
    tenant = StreamingTenant()
    async with session_of(tenant) as session:
        await session.start()
        session.watch("job/none")
        await until(lambda: session.store.snapshot("job/none").error)
        assert session.store.snapshot("jobs").error is None


async def test_incidents_and_events_of_a_job_come_from_the_events() -> None:
    tenant = StreamingTenant()
    tenant.event_items = [
        make_event(1, "a"),
        make_event(2, "b"),
        make_event(
            3, "a", "FailureDetected", category="NODE", cause="heartbeats", node="n", attempt=0
        ),
    ]
    async with session_of(tenant) as session:
        await session.start()
        session.watch("events/a")
        session.watch("incidents")
        await until(lambda: names(session, "events/a") == {"000001", "000003"})
        await until(lambda: session.store.snapshot("incidents").items)
        (incident,) = session.store.snapshot("incidents").items.values()
        assert (incident.job, incident.nodes) == ("a", ("n",))


async def test_the_next_run_opens_on_the_last_good_state() -> None:
    tenant = StreamingTenant()
    tenant.job_items = {"a": make_job("a")}
    async with session_of(tenant) as session:
        await session.start()
        await until(lambda: names(session, "jobs") == {"a"} and session.tenant)
    dead = StreamingTenant()
    dead.fail = Unavailable("connect", "no socket")
    async with session_of(dead) as session:
        await session.start()
        snapshot = session.store.snapshot("jobs")
        assert snapshot.from_disk and snapshot.fetched_at and set(snapshot.items) == {"a"}
        assert session.me and session.me.name == "kim"
        await until(lambda: session.store.snapshot("jobs").stale_since)
        assert names(session, "jobs") == {"a"}


async def test_a_damaged_state_on_disk_is_told_and_left_out() -> None:
    folder = paths.history_dir("local")
    folder.mkdir(parents=True)
    (folder / "jobs.json").write_bytes(b"\x00garbage\n[\n")
    (folder / "nodes.json").write_text(json.dumps({"version": 1}) + '\n["a"]\n[]')
    told: list[str] = []
    async with session_of(StreamingTenant(), notice=told.append) as session:
        await session.start(())
        assert session.store.snapshot("jobs").loading
    assert len(told) == 2 and "damaged" in told[0]


async def test_a_dead_provider_does_not_block_the_others() -> None:
    good, bad = FakeTenant(), FakeTenant()
    good.job_items = {"a": make_job("a")}
    hang = asyncio.Event()

    async def never() -> Any:
        await hang.wait()

    bad.prices = never  # type: ignore[method-assign]
    profile = Profile(
        name="two",
        services={
            "training": ProviderChoice(provider="tenant", url="http://good"),
            "billing": ProviderChoice(provider="tenant", url="http://bad"),
        },
    )
    session = Session(
        profile, opener=lambda choice: bad if "bad" in choice.options["url"] else good
    )
    async with session:
        await session.start(("prices", "jobs", "incidents"))
        await until(lambda: names(session, "jobs") == {"a"})
        assert session.store.snapshot("prices").loading


async def test_what_a_profile_cannot_do_says_why() -> None:
    async with session_of(FakeTenant()) as session:
        assert not session.capability("jobs.read").available
        with pytest.raises(Unsupported):
            await session.provider_for("finetuning")
        assert session.capability("jobs.read").available
        assert not session.capability("finetuning").available


async def test_feeds_that_ask_together_share_one_failure_to_open() -> None:
    opened: list[str] = []

    def refuse(choice: ProviderChoice) -> Any:
        opened.append(choice.provider)
        raise Unavailable("start the embedded cloud", "no room")

    async with Session(local_profile(), opener=refuse) as session:
        keys = ("tenant", "pools", "prices", "charges", "alerts")
        await session.start(keys)
        await until(lambda: all(session.store.snapshot(key).error for key in keys))
        assert len(opened) == 1
        assert not session.capability("jobs.read").available


async def test_a_profile_that_opens_late_is_streamed_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("console.session._FAILURE_SECONDS", 0.0)
    tenant = StreamingTenant()
    tenant.job_items = {"a": make_job("a")}
    ready: list[bool] = []

    def opener(choice: ProviderChoice) -> Any:
        if not ready:
            raise Unavailable("start the embedded cloud", "not yet")
        return tenant

    async with Session(local_profile(), opener=opener) as session:
        await session.start()
        await until(lambda: session.store.snapshot("jobs").error)
        ready.append(True)
        await session.refresh("jobs")
        assert names(session, "jobs") == {"a"}
        await until(lambda: "watch 1" in tenant.calls)


async def test_objects_left_long_ago_are_forgotten() -> None:
    tenant = FakeTenant()
    tenant.job_items = {f"j{n}": make_job(f"j{n}") for n in range(70)}
    async with session_of(tenant) as session:
        for n in range(70):
            with session.watch(f"job/j{n}"):
                await until(lambda n=n: names(session, f"job/j{n}"))
        kept = [key for key in session.store.keys() if key.startswith("job/")]
        assert len(kept) == 64 and "job/j69" in kept and "job/j0" not in kept
