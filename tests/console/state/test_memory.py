"""What falls off the end of a list is held by nothing any more, whatever has looked at it."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.event import Event, EventReason, Incident
from api_client.models.job import JobState, JobSummary
from api_client.models.slim import Slim, replace
from api_client.models.watch import Change, ChangeOp
from api_client.paging import Pages
from api_client.services import ChargeQuery
from console.analysis.charged import Charged
from console.analysis.spend import ChargeTally, GroupBy
from console.analysis.spend_tally import SpendTally
from console.lists.model import ListKind, ListModel
from console.present.jobs import job_row
from console.profiles import local_profile
from console.session import Session
from console.state import mirror as mirrors
from console.state import watching
from console.state.bounds import Bound, _ended_job, _event_time, tells_of_failure
from console.state.charges import ChargesReader, _Words
from console.state.sharing import Known
from console.state.snapshot import Snapshot
from console.state.store import Store
from screens.followed import Followed
from screens.overview_counts import OverviewCounts
from tests.console.analysis.test_spend import charge
from tests.console.fakes import T0, StreamingTenant, make_event, make_job, summary_of, until
from tests.console.present.contexts import context

MOST, SLACK = 20, 5
COUNT = 400


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_STATE_HOME", str(tmp_path / "state"))
    bounds = {
        "jobs": Bound(MOST, _ended_job, slack=SLACK),
        "nodes": Bound(MOST, lambda item: None),
        "events": Bound(MOST, _event_time, tells_of_failure, MOST, slack=SLACK),
    }
    monkeypatch.setattr(watching, "BOUNDS", bounds)
    monkeypatch.setattr(mirrors, "_GONE_KEPT", MOST)


def held(kind: type[Any], *roots: Any) -> int:
    """How many different objects of a type can be reached."""
    seen: set[int] = set()
    left, count = list(roots), 0
    while left:
        each = left.pop()
        if id(each) in seen or isinstance(each, type | ModuleType):
            continue
        seen.add(id(each))
        count += isinstance(each, kind)
        left += (each.__closure__ or ()) if isinstance(each, FunctionType) else _parts(each)
    return count


def _parts(thing: Any) -> list[Any]:
    if isinstance(thing, Slim):
        return [getattr(thing, name) for name in thing.__struct_fields__]
    return gc.get_referents(thing)


def job_change(number: int) -> Change:
    made = make_job(f"j{number}", JobState.FAILED)
    job = replace(
        summary_of(made), uid=f"u{number}", created=T0 + timedelta(seconds=number), ended=T0
    )
    job = replace(job, resource_version=0)
    return Change(
        resource_version=number, op=ChangeOp.PUT, kind="job", id="".join(job.name), job=job
    )


def event_change(number: int) -> Change:
    reason = EventReason.FAILURE_DETECTED if number % 2 else EventReason.JOB_RUNNING
    event = replace(
        make_event(number, f"j{number}", reason, attempt=number, cause=f"cause {number}"),
        time=T0 + timedelta(seconds=number),
    )
    return Change(resource_version=number, op=ChangeOp.PUT, kind="event", id=event.id, event=event)


def count(counts: OverviewCounts, session: Session) -> None:
    counts.follow(session.store)
    while not counts.step():
        pass


async def told(session: Session, feed: str) -> None:
    """Wait until the last change has been published."""
    store = session.store
    await until(lambda: store.snapshot(feed).version == store.table(feed).version)


async def test_jobs_let_go_are_held_by_no_index_sum_or_list() -> None:
    tenant, counts, ctx = StreamingTenant(), OverviewCounts(), context()
    model: ListModel[JobSummary] = ListModel(ListKind(job_row), ctx)
    async with Session(local_profile(), opener=lambda choice: tenant) as session:
        await session.start()
        await until(lambda: "watch 1" in tenant.calls)
        seen = session.store.snapshot("jobs").version
        for number in range(2, COUNT):
            tenant.changes.put_nowait(job_change(number))
            if number % 10 == 0:
                await until(tenant.changes.empty)
                await until(lambda: len(session.store.snapshot("jobs").items) <= MOST + SLACK)
                changed = session.store.changed_since("jobs", seen)
                seen = session.store.snapshot("jobs").version
                model.apply(session.store.snapshot("jobs").items, changed)
                while not model.step(1.0):
                    pass
                [model.row(place) for place in range(len(model))]
                count(counts, session)
        await until(lambda: f"j{COUNT - 1}" in session.store.snapshot("jobs").items)
        await until(lambda: len(session.store.snapshot("jobs").items) <= MOST + SLACK)
        await told(session, "jobs")
        model.apply(session.store.snapshot("jobs").items, None)
        while not model.step(1.0):
            pass
        count(counts, session)
        assert 0 < held(JobSummary, session, counts, model) <= MOST + SLACK + 1
        watch = session.feeds._watch
        assert watch is not None and len(watch._mirrors["jobs"]._versions) <= MOST + SLACK
        assert sum(map(len, counts.jobs._ends.values())) <= MOST + SLACK


async def test_events_let_go_are_held_by_no_index_or_sum() -> None:
    tenant, counts = StreamingTenant(), OverviewCounts()
    most = 2 * MOST + SLACK
    async with Session(local_profile(), opener=lambda choice: tenant) as session:
        await session.start(("tenant", "jobs", "nodes", "events", "incidents"))
        await until(lambda: "watch 1" in tenant.calls)
        for number in range(2, COUNT):
            tenant.changes.put_nowait(event_change(number))
            if number % 20 == 0:
                await until(tenant.changes.empty)
                await session.feeds._index.catch_up()
                count(counts, session)
        last = event_change(COUNT - 1).id
        await until(lambda: last in session.store.snapshot("events").items)
        await until(lambda: len(session.store.snapshot("events").items) <= most)
        await told(session, "events")
        await session.feeds._index.catch_up()
        incidents = session.store.snapshot
        await until(lambda: 0 < len(incidents("incidents").items) <= most)
        count(counts, session)
        assert 0 < held(Event, session, counts) <= most + 1
        assert len(session.feeds._index._by_job) <= most
        assert 0 < held(Incident, session, counts) <= most


async def test_jobs_deleted_are_remembered_for_a_while_only() -> None:
    tenant = StreamingTenant()
    async with Session(local_profile(), opener=lambda choice: tenant) as session:
        await session.start()
        await until(lambda: "watch 1" in tenant.calls)
        for number in range(2, COUNT):
            tenant.changes.put_nowait(job_change(number))
            gone = make_job(f"j{number}")
            tenant.changes.put_nowait(tenant.change(gone, number, ChangeOp.DELETE))
        await until(tenant.changes.empty)
        await until(lambda: not session.store.snapshot("jobs").items)
        watch = session.feeds._watch
        assert watch is not None and 0 < len(watch._mirrors["jobs"]._gone) <= MOST
        assert held(JobSummary, session) <= 2


class Bill:
    """So many charges of every month, all of other jobs."""

    def __init__(self, number: int) -> None:
        self.number = number

    def charges(self, query: ChargeQuery) -> Pages[Charge]:
        assert query.start is not None
        start = query.start

        async def fetch(cursor: str | None) -> Page[Any]:
            low = int(cursor or 0)
            numbers = range(low, min(low + 50, self.number))
            more = str(low + 50) if low + 50 < self.number else None
            return Page(items=tuple(_charge(start, n) for n in numbers), next_cursor=more)

        return Pages(fetch)


def _charge(month: datetime, number: int) -> Charge:
    start = month + timedelta(hours=number, minutes=7)
    return charge(
        str(number),
        start,
        billing_period_start=month,
        billing_period_end=month,
        charge_period_end=start + timedelta(minutes=9),
        resource_name=f"{month:%m}-{number}",
        tags={"user": f"user {number % 3}", "rank": str(number)},
    )


async def test_last_months_charges_are_held_by_nobody() -> None:
    reader, bill = ChargesReader(), Bill(200)
    first = await reader(bill, T0)
    assert len(first.items) == held(Charged, reader) == 200
    assert held(Charge, reader) == 3, "one for all of a person's"
    bill.number = 60
    later = await reader(bill, T0 + timedelta(days=40))
    assert len(later.items) == held(Charged, reader) == 60
    assert held(Charge, reader) == 3 and len(reader._ids) == 60


async def test_sums_forget_charges_that_are_gone() -> None:
    store, reader, bill = Store(), ChargesReader(), Bill(200)
    tallies = ChargeTally(), SpendTally(GroupBy.JOB, UTC, lambda each: True)
    followed: Followed[Any] = Followed("charges", *tallies)
    for moment in (T0, T0 + timedelta(days=40)):
        store.put("charges", Snapshot((await reader(bill, moment)).items, fetched_at=moment))
        followed.update(store)
        while not followed.step(1.0):
            pass
        assert held(Charged, store, reader, followed) == len(tallies[1].sums) == bill.number
        bill.number = 60
    assert len(tallies[0]._days) == len(tallies[0]._costs) == 3


def test_a_memory_of_words_ends() -> None:
    known = Known(10)
    first = known.once("a", [1])
    assert known.once("a", [1]) is first
    for number in range(1000):
        known.once(number, number)
        assert len(known) <= 10
    assert known.once("a", [1]) is not first


def test_a_charge_is_a_tenth_of_what_it_says() -> None:
    month = T0.replace(day=1, hour=0)
    words = _Words()
    small = [words.lean(_charge(month, number)) for number in range(300)]
    assert all(isinstance(each, Charged) for each in small)
    assert held(Charge, small) == 3 and held(Decimal, small) <= 7 * 3


def test_sums_keep_no_decimals() -> None:
    tally = SpendTally(GroupBy.JOB, UTC, lambda each: True)
    for number in range(300):
        tally.put(_charge(T0, number))
    assert held(Decimal, tally.sums) == 0
    assert sum(each.cost for each in tally.sums.values()) == sum(range(300))
