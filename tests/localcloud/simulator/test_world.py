from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from api_client.models.event import EventReason
from localcloud.simulator.clock import SimulationClock
from localcloud.simulator.cloud import SimulatedCloud
from localcloud.simulator.plan import NEVER
from localcloud.simulator.presets import Preset, plan_of
from tests.localcloud.simulator.small import START, all_events, digest, pass_time, tenant


def _stays(cloud: SimulatedCloud) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """(node, slot) -> times it was held."""
    fleet = cloud._world.fleet
    stays: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for life in cloud._world.lives.values():
        for attempt in life.attempts:
            for place in attempt.places:
                node, mask = fleet.split(place)
                for slot in range(fleet.nodes[node].slots):
                    if mask >> slot & 1:
                        stays[node, slot].append((attempt.start, attempt.end))
    return stays


@settings(max_examples=12, deadline=None)
@for_all(
    seed=st.integers(0, 10_000),
    nodes=st.sampled_from([1, 3, 8, 20, 70]),
    accelerators=st.sampled_from([1, 4, 8]),
)
def test_no_slot_is_ever_held_twice(seed: int, nodes: int, accelerators: int) -> None:
    cloud = tenant(seed, nodes, 150, accelerators)
    pass_time(cloud, 6 * 3600)
    held = 0
    for times in _stays(cloud).values():
        times.sort()
        held += len(times)
        for (_, end), (start, _) in zip(times, times[1:], strict=False):
            assert end <= start
    assert held > 0
    for life in cloud._world.lives.values():
        for attempt in life.attempts:
            slots = sum(cloud._world.fleet.split(p)[1].bit_count() for p in attempt.places)
            assert slots == life.slots
            assert attempt.start >= life.submit


@settings(max_examples=6, deadline=None)
@for_all(seed=st.integers(0, 10_000))
def test_same_seed_same_tenant_however_time_is_cut(seed: int) -> None:
    one, other = tenant(seed), tenant(seed)
    assert digest(one) == digest(other)
    pass_time(one, 8 * 3600)
    for _ in range(16):
        pass_time(other, 1800)
    assert digest(one) == digest(other)


def test_history_is_what_would_have_been_seen_live() -> None:
    plan = plan_of(Preset(8, 8, 200), 11, START)
    later = replace(plan_of(Preset(8, 8, 200), 11, START), start=START + timedelta(days=3))
    live = SimulatedCloud(plan, SimulationClock(START, paused=True))
    pass_time(live, 3 * 86_400)
    past = SimulatedCloud(later, SimulationClock(later.start, paused=True))
    assert sorted(map(repr, _shown(live))) == sorted(map(repr, _shown(past)))


def _shown(cloud: SimulatedCloud) -> list[tuple[object, ...]]:
    return [(e.id, e.time, e.reason, e.message, e.fields) for e in all_events(cloud)]


def test_another_seed_is_another_tenant() -> None:
    assert digest(tenant(1)) != digest(tenant(2))


def test_the_ledger_is_the_sum_of_allocations() -> None:
    cloud = tenant(5, jobs=120)
    pass_time(cloud, 3 * 3600)
    seconds, page = 0.0, cloud.jobs(limit=1000)
    for job in page.items:
        shown = cloud.job(job.name)
        now = cloud.tenant().server_time
        allocated = sum(
            ((a.end or now) - a.start).total_seconds() * a.accelerators for a in shown.allocations
        )
        assert allocated == shown.accelerator_seconds == job.accelerator_seconds
        seconds += allocated
    assert cloud.summary().accelerator_hours == Fraction(int(seconds), 3600)
    charged, cursor = Fraction(0), None
    while True:
        charges = cloud.charges(limit=50, cursor=cursor)
        for charge in charges.items:
            assert charge.consumed_quantity is not None
            charged += Fraction(charge.consumed_quantity)
            assert charge.list_unit_price is not None
            exact = Fraction(charge.consumed_quantity) / 3600 * Fraction(charge.list_unit_price)
            assert abs(Fraction(charge.billed_cost) - exact) < Fraction(1, 10**11)
        cursor = charges.next_cursor
        if cursor is None:
            break
    assert charged == Fraction(int(seconds))


def test_every_charge_is_listed_once_whatever_the_page() -> None:
    cloud = tenant(6, jobs=150)
    lists = []
    for limit in (1, 7, 1000):
        keys, cursor = [], None
        while True:
            page = cloud.charges(limit=limit, cursor=cursor)
            assert len(page.items) <= limit
            keys += [(c.charge_period_start, c.resource_name) for c in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert page.total == len(keys) == len(set(keys))
        lists.append(sorted(keys))
    assert lists[0] == lists[1] == lists[2]


def test_events_of_a_recovery_come_in_the_order_of_the_phases() -> None:
    cloud = tenant(3, nodes=64, jobs=1500)
    order = [
        EventReason.FAILURE_DETECTED,
        EventReason.GANG_ISOLATED,
        EventReason.GANG_RESCHEDULED,
        EventReason.CHECKPOINT_RESTORED,
        EventReason.JOB_RUNNING,
    ]
    stories = defaultdict(list)
    for event in all_events(cloud):
        stories[event.subject.id].append(event)
    recovered = 0
    for story in stories.values():
        reasons = [event.reason for event in story]
        if EventReason.GANG_RESCHEDULED not in reasons:
            continue
        at = reasons.index(EventReason.FAILURE_DETECTED)
        following = [r for r in reasons[at:] if r in order][: len(order)]
        assert following == order[: len(following)]
        recovered += len(following) == len(order)
    assert recovered > 3


def test_event_ids_sort_as_events_do() -> None:
    ids = [event.id for event in all_events(tenant(4))]
    assert len(ids) > 500
    assert ids == sorted(ids) and len(ids) == len(set(ids))
    newest = tenant(4).events(newest_first=True, limit=1000)
    assert [event.id for event in newest.items] == ids[::-1][:1000]


def test_what_runs_is_what_nodes_hold() -> None:
    cloud = tenant(9, nodes=20, jobs=400)
    pass_time(cloud, 3600)
    running = {job.name: job for job in cloud.jobs(limit=1000).items}
    on_nodes: dict[str, int] = defaultdict(int)
    for summary in cloud.nodes(None, 1000).items:
        node = cloud.node(summary.name)
        assert summary.allocated == sum(device.job is not None for device in node.devices)
        for device in node.devices:
            if device.job is not None:
                on_nodes[device.job] += 1
                assert summary.name in running[device.job].nodes
    holding = {life.name: life.slots for life in cloud._world.lives.values() if life.holding}
    assert dict(on_nodes) == holding
    for life in cloud._world.lives.values():
        assert life.holding == any(a.end > cloud._world.now for a in life.attempts[-1:])
        assert life.holding or not life.attempts or life.attempts[-1].end < NEVER


def test_a_jump_of_a_week_is_played_in_slices_and_stays_flat() -> None:
    cloud = tenant(2, nodes=128, jobs=1000, kept=1000)
    pass_time(cloud, 7 * 86_400)
    before = len(cloud._world.lives)
    assert cloud.jobs(limit=1).total <= 1000 + len(cloud._world.active)
    for _ in range(4):
        pass_time(cloud, 14 * 86_400)
    assert len(cloud._world.lives) < 3 * before
    oldest = all_events(cloud)[0].time
    assert (cloud.tenant().server_time - oldest).days <= 40
