"""A long history is played in two parts; whoever reads all pages reads all of it."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction

import pytest

from api_client.models.event import FAILURE_REASONS, EventReason
from localcloud.simulator import presets
from localcloud.simulator.cloud import SimulatedCloud
from tests.localcloud.simulator.small import all_events, pass_time, tenant


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> SimulatedCloud:
    monkeypatch.setattr(presets, "_AT_ONCE", 100)
    return tenant(7, nodes=70, jobs=2500)


def test_all_pages_hold_the_whole_history_once(cloud: SimulatedCloud) -> None:
    first = cloud.jobs(limit=50)
    assert cloud._archive.pending and first.total is None and len(first.items) == 50
    names, cursor, cursors = [], None, set()
    while True:
        page = cloud.jobs(cursor=cursor, limit=50)
        names += [job.name for job in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        assert cursor not in cursors
        cursors.add(cursor)
    assert not cloud._archive.pending
    assert page.total == len(names) == len(set(names)) > 2000
    created = [cloud._world.by_name[name].submit for name in names]
    assert created == sorted(created, reverse=True)


@pytest.mark.parametrize("newest_first", [False, True])
def test_all_events_are_read_once_in_order(cloud: SimulatedCloud, newest_first: bool) -> None:
    ids, cursor, cursors = [], None, set()
    while True:
        page = cloud.events(newest_first=newest_first, cursor=cursor, limit=500)
        ids += [event.id for event in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        assert cursor not in cursors
        cursors.add(cursor)
    assert ids == sorted(ids, reverse=newest_first)
    assert len(ids) == len(set(ids)) == len(cloud._world.journal.moments) > 10_000


def test_the_parts_share_no_slot_and_one_ledger(cloud: SimulatedCloud) -> None:
    charged, cursor = Fraction(0), None
    while True:
        page = cloud.charges(cursor=cursor, limit=1000)
        charged += sum(Fraction(c.consumed_quantity or 0) for c in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert cloud.summary().accelerator_hours == charged / 3600
    stays = defaultdict(list)
    for life in cloud._world.lives.values():
        for attempt in life.attempts:
            for place in attempt.places:
                node, mask = cloud._world.fleet.split(place)
                for slot in range(8):
                    if mask >> slot & 1:
                        stays[node, slot].append((attempt.start, attempt.end))
    for times in stays.values():
        times.sort()
        assert all(a[1] <= b[0] for a, b in zip(times, times[1:], strict=False))
    stopped = [
        j for j in cloud.jobs(limit=1000, states=["STOPPED"]).items if "maintenance" in j.reason
    ]  # type: ignore[list-item]
    assert stopped and all(job.ended == cloud._plan.begin for job in stopped)


def test_ticks_bring_the_history_too(cloud: SimulatedCloud) -> None:
    while cloud._archive.pending:
        cloud.tick()
    assert (cloud.jobs(limit=1).total or 0) > 2000
    pass_time(cloud, 86_400)
    assert cloud.resource_version > 1000


@pytest.mark.parametrize("newest_first", [False, True])
def test_events_about_failures_are_read_once_in_order(
    cloud: SimulatedCloud, newest_first: bool
) -> None:
    found, cursor, cursors = [], None, set()
    while True:
        page = cloud.events(
            newest_first=newest_first, about_failures=True, cursor=cursor, limit=300
        )
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
        assert cursor not in cursors
        cursors.add(cursor)
    everything = all_events(cloud)
    failed = {
        event.subject.id for event in everything if event.reason == EventReason.FAILURE_DETECTED
    }
    ends = {EventReason.JOB_FAILED, EventReason.JOB_STOPPED, EventReason.JOB_SUCCEEDED}
    wanted = [
        event
        for event in everything
        if event.reason in FAILURE_REASONS
        and (event.reason not in ends or event.subject.id in failed)
    ]
    assert [event.id for event in found] == [
        event.id for event in (reversed(wanted) if newest_first else wanted)
    ]
    assert 100 < len(found) < len(everything) / 3
    of_job = cloud.events(subject_kind="job", subject_id=found[0].subject.id, about_failures=True)
    assert {event.reason for event in of_job.items} <= FAILURE_REASONS
    since = found[len(found) // 2].time
    late = cloud.events(since=since, about_failures=True, limit=1000).items
    assert late and {event.id for event in late} <= {
        event.id for event in found if event.time >= since
    }
