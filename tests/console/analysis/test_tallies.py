"""Sums that follow changes are what they would be if they were counted anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api_client.models.base import Ref
from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from api_client.models.event import Event, FailureCategory, Incident, IncidentOutcome
from api_client.models.job import JobState, JobSummary, QuotaType
from api_client.models.slim import replace
from console.analysis.capacity import FleetTally, fleet
from console.analysis.failure_tally import FailureTally
from console.analysis.fleet_map import Condition, FleetMap, condition, natural
from console.analysis.following import Following
from console.analysis.goodput import goodput, losses
from console.analysis.job_tally import JobTally
from console.analysis.latest import LatestTally
from console.analysis.node_events import NodeEvents
from console.analysis.rates import HeldTally, spend_rate
from console.analysis.spend import (
    ChargeTally,
    GroupBy,
    grouped,
    idle_slots,
    idle_worth,
    month_to_date,
    today,
)
from console.analysis.spend_tally import SpendTally
from tests.console.analysis.stories import PRICES
from tests.console.analysis.test_spend import charge

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = st.sampled_from(["n1", "n2", "n10", "m", "节点", "[/x]"])
SHARES = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True))

NODES = st.builds(
    NodeSummary,
    name=st.just(""),
    pool=st.sampled_from(["a", "b"]),
    region=st.sampled_from(["", "eu"]),
    health=st.sampled_from(list(NodeHealth)),
    scheduling=st.sampled_from(list(Scheduling)),
    accelerators=st.integers(0, 16),
    allocated=st.integers(0, 16),
    accelerator_model=st.sampled_from(["", "X1"]),
    utilisation=SHARES,
)
MOMENTS = st.integers(-200, 200).map(lambda hours: NOW + timedelta(hours=hours))
JOBS = st.builds(
    JobSummary,
    name=st.just(""),
    uid=st.uuids().map(str),
    owner=st.just("kim"),
    state=st.sampled_from(list(JobState)),
    reason=st.sampled_from(["", "waits"]),
    quota_type=st.sampled_from(list(QuotaType)),
    workers=st.just(1),
    accelerators=st.integers(0, 64),
    nodes=st.sampled_from([(), ("n1",)]),
    created=MOMENTS,
    ended=st.one_of(st.none(), MOMENTS),
    accelerator_seconds=st.integers(0, 10**6),
)


def histories(items: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """What a feed holds, one time after another."""
    return st.lists(st.dictionaries(NAMES, items, max_size=6), min_size=1, max_size=5)


def named(items: Mapping[str, Any]) -> dict[str, Any]:
    return {name: replace(item, name=name) for name, item in items.items()}


def follow(history: list[dict[str, Any]], known: bool, *tallies: Any) -> dict[str, Any]:
    """Follow a feed through its history, told what changed or not; what it holds at the end."""
    following: Following[Any] = Following(*tallies)
    before: dict[str, Any] = {}
    for now in history:
        changed = {key for key in {*before, *now} if before.get(key) is not now.get(key)}
        following.update(now, changed if known and before else None)
        while not following.step(0.0):
            pass
        before = now
        assert following.ready and len(following) == len(now)
    return before


@given(histories(NODES), st.booleans())
def test_nodes_counted_by_change_are_nodes_counted_anew(
    history: list[dict[str, Any]], known: bool
) -> None:
    tally = FleetTally()
    nodes = list(follow([named(each) for each in history], known, tally).values())
    assert tally.sums == fleet(nodes)
    assert tally.sums.free == sum(
        max(0, node.accelerators - node.allocated)
        for node in nodes
        if node.health is NodeHealth.HEALTHY and node.scheduling is Scheduling.OPEN
    )
    assert idle_worth(tally.free_by_model, PRICES) == idle_slots(nodes, PRICES)


@given(histories(NODES), st.booleans())
def test_a_map_that_follows_is_a_map_made_anew(history: list[dict[str, Any]], known: bool) -> None:
    followed, anew = FleetMap(), FleetMap()
    steps = [named(each) for each in history]
    follow(steps[-1:], known, anew)
    anew.settle()
    following: Following[Any] = Following(followed)
    for now in steps:
        following.update(now, None)
        while not following.step(1.0):
            pass
        followed.settle()
    assert list(followed.names) == list(anew.names)
    assert followed.groups == anew.groups
    for each in ("conditions", "slots", "used", "free", "busy", "measured"):
        assert getattr(followed, each) == getattr(anew, each)
    keys = [tuple(map(natural, (n.region, n.pool, n.name))) for n in steps[-1].values()]
    places = [followed.node(at) for at in range(len(followed))]
    assert [tuple(map(natural, (n.region, n.pool, n.name))) for n in places] == sorted(keys)
    if places:
        sums = followed.sums(0, len(places))
        assert sums.used <= sums.slots and sum(sums.conditions.values()) == len(places)
        worst = followed.worst(0, len(places))
        assert condition(places[worst]) == max(condition(node) for node in places)


@given(histories(JOBS), st.booleans(), MOMENTS)
def test_jobs_counted_by_change_are_jobs_counted_anew(
    history: list[dict[str, Any]], known: bool, since: datetime
) -> None:
    tally, held = JobTally(), HeldTally()
    jobs = list(follow([named(each) for each in history], known, tally, held).values())
    for state in JobState:
        mine = [job for job in jobs if job.state is state]
        assert tally.states[state] == len(mine)
        ended = sum(job.ended is not None and job.ended >= since for job in mine)
        assert tally.ended_since(state, since) == ended
    assert tally.accelerator_seconds == sum(job.accelerator_seconds for job in jobs)
    waiting = [job for job in jobs if job.state is JobState.QUEUED and job.reason]
    first = tally.longest_waiting
    assert (first.created if first else None) == min((j.created for j in waiting), default=None)
    spend = held.spend(PRICES)
    anew = spend_rate(jobs, PRICES)
    assert spend.rates == tuple(each.money for each in anew)
    if anew:
        assert spend.unpriced_jobs == len(anew[0].left_out)


CHARGES = st.builds(
    lambda cost, currency, moment: charge(str(cost), moment, billing_currency=currency),
    st.decimals(-1000, 1000, places=6),
    st.sampled_from(["CNY", "USD"]),
    MOMENTS,
)


@given(histories(CHARGES), st.booleans())
def test_charges_counted_by_change_are_charges_counted_anew(
    history: list[dict[str, Any]], known: bool
) -> None:
    tally = ChargeTally()
    charges = list(follow(history, known, tally).values())
    day = NOW.date()
    assert tally.since(day) == today(charges, NOW, UTC)
    assert tally.since(day.replace(day=1)) == month_to_date(charges, NOW, UTC)
    assert tally.since(date.max) == ()


@given(histories(CHARGES), st.booleans(), st.integers(0, 8))
def test_the_latest_are_the_latest(history: list[dict[str, Any]], known: bool, count: int) -> None:
    tally: LatestTally[Any] = LatestTally(lambda each: (each.charge_period_start, str(id(each))))
    charges = follow(history, known, tally).values()
    order = sorted(charges, key=lambda each: (each.charge_period_start, str(id(each))))
    assert tally.latest(count) == [str(id(each)) for each in reversed(order)][:count]


def test_a_first_reading_goes_in_slices_and_is_no_figure_before_its_end() -> None:
    jobs = {
        str(n): JobSummary(
            name=str(n),
            uid=str(n),
            owner="kim",
            state=JobState.RUNNING,
            workers=1,
            accelerators=8,
            created=NOW,
            ended=NOW if n % 2 else None,
        )
        for n in range(5000)
    }
    tally = JobTally()
    following: Following[JobSummary] = Following(tally)
    assert not following.ready
    following.update(jobs, None)
    assert not following.step(0.0) and not following.ready
    assert 0 < tally.states[JobState.RUNNING] < 5000
    while not following.step(0.001):
        pass
    assert following.ready and tally.states[JobState.RUNNING] == 5000
    assert tally.ended_within(JobState.RUNNING, NOW, timedelta(hours=1)) == 2500
    following.update({}, None)
    assert not following.ready
    while not following.step(0.001):
        pass
    assert tally.states[JobState.RUNNING] == 0


def test_utilisation_is_the_mean_of_what_was_measured() -> None:
    def node(name: str, share: float | None) -> NodeSummary:
        return NodeSummary(
            name=name,
            pool="a",
            health=NodeHealth.HEALTHY,
            scheduling=Scheduling.OPEN,
            accelerators=8,
            allocated=8,
            utilisation=share,
        )

    found = fleet([node("a", 0.5), node("b", None), node("c", float("nan")), node("d", 1.0)])
    assert found.utilisation == 0.75 and found.free == 0
    assert fleet([node("a", None)]).utilisation is None
    assert Condition.HEALTHY == condition(node("a", None))
    assert Decimal(0) == sum((m.amount for m in ChargeTally().since(date.min)), Decimal())


INCIDENTS = st.builds(
    Incident,
    id=st.just(""),
    job=st.sampled_from(["demo", "other", "nobody"]),
    category=st.just(FailureCategory.NODE),
    cause=st.just(""),
    outcome=st.just(IncidentOutcome.RECOVERED),
    attempt=st.just(0),
    happened=st.one_of(st.none(), MOMENTS),
    detected=st.one_of(st.none(), MOMENTS),
    isolated=st.one_of(st.none(), MOMENTS),
    rescheduled=st.one_of(st.none(), MOMENTS),
    resumed=st.one_of(st.none(), MOMENTS),
    lost_accelerator_seconds=st.one_of(st.none(), st.integers(0, 10**6).map(float)),
)


@given(histories(INCIDENTS), st.booleans(), st.booleans())
def test_failures_counted_by_change_are_failures_counted_anew(
    history: list[dict[str, Any]], known: bool, late: bool
) -> None:
    jobs = {
        name: JobSummary(
            name=name,
            uid=name,
            owner="kim",
            state=JobState.RUNNING,
            workers=1,
            accelerators=8,
            created=NOW,
            accelerator_seconds=80_000,
        )
        for name in ("demo", "other")
    }
    tally = FailureTally()
    if not late:
        tally.know(jobs)
    steps = [{key: replace(one, id=key) for key, one in items.items()} for items in history]
    found = list(follow(steps, known, tally).values())
    tally.know(jobs)
    anew = goodput(jobs.values(), found)
    assert (tally.failures, tally.unknown_losses) == (anew.failures, anew.unknown_losses)
    assert near(tally.to_detect, anew.to_detect) and near(tally.to_recover, anew.to_recover)
    assert tally.losses == losses(jobs, found)


def near(one: timedelta | None, other: timedelta | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < timedelta(milliseconds=1)


@given(histories(CHARGES), st.booleans(), st.sampled_from(list(GroupBy)))
def test_sums_of_charges_followed_are_groups_made_anew(
    history: list[dict[str, Any]], known: bool, by: GroupBy
) -> None:
    tally = SpendTally(by, UTC, lambda charge: charge.billed_cost > 0)
    passed = [one for one in follow(history, known, tally).values() if one.billed_cost > 0]
    found = [tally.group(each) for each in tally.sums.values()]
    anew = grouped(passed, by, UTC)
    assert {(each.name, each.cost.currency): each for each in found} == {
        (each.name, each.cost.currency): each for each in anew
    }
    assert tally.charges == len(passed)


EVENTS = st.builds(
    Event,
    id=st.just(""),
    time=MOMENTS,
    kind=st.just("node"),
    subject=st.builds(Ref, kind=st.sampled_from(["node", "job"]), id=st.sampled_from(["a", "b"])),
    reason=st.just("NodeFailed"),
    fields=st.sampled_from([{}, {"node": "a"}, {"node": "b"}, {"node": 3}]),
)


@given(histories(EVENTS), st.booleans(), st.sampled_from(["a", "b", "c"]))
def test_events_of_a_node_are_those_about_it_or_naming_it(
    history: list[dict[str, Any]], known: bool, node: str
) -> None:
    tally = NodeEvents()
    steps = [{key: replace(one, id=key) for key, one in items.items()} for items in history]
    events = follow(steps, known, tally).values()
    wanted = [
        event
        for event in events
        if (event.subject.kind == "node" and event.subject.id == node)
        or event.fields.get("node") == node
    ]
    assert tally.of(node) == sorted(wanted, key=lambda each: (each.time, each.id), reverse=True)
