from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from api_client import errors
from api_client.models.job import JobSpec
from api_client.models.watch import ChangeOp
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
