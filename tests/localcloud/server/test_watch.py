from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from api_client import errors
from api_client.models.event import FAILURE_REASONS, EventReason
from api_client.models.job import JobSpec
from api_client.models.slim import from_json
from api_client.models.watch import Change, ChangeOp
from api_client.services import EventQuery
from localcloud.server import watch
from tests.localcloud.server.serving import Served


async def test_changes_come_as_they_happen_and_in_order(served: Served) -> None:
    since = (await served.provider.jobs()).resource_version
    assert since is not None
    async with aclosing(served.provider.watch(since)) as changes:
        assert (await anext(changes)).op is ChangeOp.BOOKMARK
        await served.provider.create_job(JobSpec(name="demo", command="true"))
        seen = []
        while not seen or seen[-1].kind != "job":
            seen.append(await asyncio.wait_for(anext(changes), 5))
    assert seen[-1].job is not None
    assert (seen[-1].id, seen[-1].job.state) == ("demo", "QUEUED")
    versions = [change.resource_version for change in seen]
    assert versions == sorted(set(versions))
    assert versions[0] > since


async def test_a_watch_replays_what_was_missed(served: Served) -> None:
    since = served.cloud.resource_version
    await served.running_job("demo")
    async with aclosing(served.provider.watch(since)) as changes:
        found = []
        while not found or found[-1].resource_version < served.cloud.resource_version:
            found.append(await asyncio.wait_for(anext(changes), 5))
    states = [change.job.state for change in found if change.job is not None]
    assert states[0] == "QUEUED"
    assert states[-1] == "RUNNING"
    assert any(change.event is not None for change in found)


async def test_a_version_of_another_life_has_expired(served: Served) -> None:
    with pytest.raises(errors.Expired):
        await anext(served.provider.watch(served.cloud.resource_version + 1000))


async def test_an_idle_watch_sends_bookmarks(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BOOKMARK_SECONDS", 0.05)
    async with aclosing(served.provider.watch(served.cloud.resource_version)) as changes:
        for _ in range(3):
            change = await asyncio.wait_for(anext(changes), 5)
            assert change.op is ChangeOp.BOOKMARK
            assert change.resource_version == served.cloud.resource_version


async def test_a_watch_is_taken_up_again_where_it_ended(served: Served) -> None:
    async with aclosing(served.provider.watch(served.cloud.resource_version)) as changes:
        await anext(changes)
        waiting = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0.1)
        served.state.stopping.set()
        await asyncio.sleep(0.1)
        served.state.stopping.clear()
        served.cloud.create_job(JobSpec(name="demo", command="true"), "tester")
        while (change := await asyncio.wait_for(waiting, 5)).kind != "job":
            waiting = asyncio.ensure_future(anext(changes))
    assert change.id == "demo"


async def test_batches_bring_the_latest_state_of_each_object(served: Served) -> None:
    since = served.cloud.resource_version
    await served.running_job("demo")
    async with aclosing(served.provider.watch_batches(since)) as batches:
        found = await asyncio.wait_for(anext(batches), 5)
    versions = [change.resource_version for change in found]
    assert versions == sorted(set(versions))
    assert versions[-1] == served.cloud.resource_version
    jobs = [change.job for change in found if change.job is not None]
    assert [(job.name, job.state) for job in jobs] == [("demo", "RUNNING")]
    told = [change.id for change in found if change.event is not None]
    assert len(told) == len(set(told)) > 1


async def test_batches_go_on_as_things_happen(served: Served) -> None:
    async with aclosing(served.provider.watch_batches(served.cloud.resource_version)) as batches:
        assert [change.op for change in await anext(batches)] == [ChangeOp.BOOKMARK]
        for name in ("one", "two"):
            served.cloud.create_job(JobSpec(name=name, command="true"), "tester")
            seen: set[str] = set()
            while name not in seen:
                seen |= {change.id for change in await asyncio.wait_for(anext(batches), 5)}


async def test_a_batch_is_never_longer_than_asked_for(served: Served) -> None:
    served.cloud.create_job(JobSpec(name="demo", command="true"), "tester")
    changes = watch.first_changes(served.cloud, 0)
    lines = watch.watch_lines(served.state, 0, changes, batch=2)
    async with aclosing(lines) as pieces:
        await anext(pieces)
        written = await anext(pieces)
    events = [event.split(b"\n") for event in written.split(b"\n\n") if event]
    sizes = [len(from_json(data.removeprefix(b"data: "), list[Change])) for *_, data in events]
    assert len(sizes) > 1
    assert max(sizes) <= 2
    assert sum(sizes) == len({(change.kind, change.id) for change in changes})


async def test_batches_are_taken_up_again_where_they_ended(served: Served) -> None:
    async with aclosing(served.provider.watch_batches(served.cloud.resource_version)) as batches:
        await anext(batches)
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0.1)
        served.state.stopping.set()
        await asyncio.sleep(0.1)
        served.state.stopping.clear()
        served.cloud.create_job(JobSpec(name="demo", command="true"), "tester")
        while all(change.kind != "job" for change in await asyncio.wait_for(waiting, 5)):
            waiting = asyncio.ensure_future(anext(batches))


async def test_events_are_listed_from_either_end(served: Served) -> None:
    await served.running_job("demo")
    oldest = await served.provider.events(EventQuery(limit=2)).all()
    newest = await served.provider.events(EventQuery(limit=2, newest_first=True)).all()
    assert len(oldest) > 4
    assert [event.id for event in newest] == [event.id for event in reversed(oldest)]
    of_job = EventQuery(subject_kind="job", subject_id="demo", newest_first=True, limit=1)
    page = await served.provider.events(of_job)
    assert page.items[0].reason == EventReason.JOB_RUNNING
    assert page.next_cursor is not None


async def test_events_about_failures_alone(served: Served) -> None:
    await served.running_job("demo")
    assert not await served.provider.events(EventQuery(about="failures")).all()
    served.cloud.create_job(JobSpec(name="never", command="true"), "tester")
    served.cloud.stop_job("never", "enough", "tester")
    found = await served.provider.events(EventQuery(about="failures")).all()
    assert [event.reason for event in found] == [EventReason.JOB_STOPPED]
    everything = await served.provider.events().all()
    assert found == [event for event in everything if event.reason in FAILURE_REASONS]
    newest = EventQuery(about="failures", newest_first=True, subject_kind="job", subject_id="never")
    page = await served.provider.events(newest)
    assert page.total == len(found) and page.items[0].id == found[-1].id
