"""Sums are exact, complete and never across currencies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from api_client.models.base import Money
from api_client.models.billing import Charge
from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from console.analysis.spend import GroupBy, grouped, idle_slots, month_to_date, today, total
from tests.console.analysis.stories import PRICES, START, at

SHANGHAI = timezone(timedelta(hours=8), "CST")


def charge(cost: str, start: datetime = START, **changes: object) -> Charge:
    fields: dict[str, object] = {
        "billed_cost": Decimal(cost),
        "effective_cost": Decimal(cost),
        "list_cost": Decimal(cost),
        "contracted_cost": Decimal(cost),
        "billing_currency": "CNY",
        "billing_period_start": start,
        "billing_period_end": start,
        "charge_period_start": start,
        "charge_period_end": start,
    }
    return Charge(**(fields | changes))


_CHARGES = st.lists(
    st.builds(
        lambda cost, currency, user, job, hours: charge(
            str(cost),
            at(hours * 3600),
            billing_currency=currency,
            resource_name=job,
            tags={"user": user} if user else {},
        ),
        st.decimals(-1000, 1000, places=6),
        st.sampled_from(["CNY", "USD"]),
        st.sampled_from(["ada", "bob", ""]),
        st.sampled_from(["a", "b", None]),
        st.integers(0, 100),
    ),
    max_size=20,
)


@given(_CHARGES, st.sampled_from(list(GroupBy)))
def test_groups_add_up_to_the_total(charges: list[Charge], by: GroupBy) -> None:
    sums: dict[str, Decimal] = {}
    for group in grouped(charges, by, SHANGHAI):
        currency = group.cost.currency
        sums[currency] = sums.get(currency, Decimal()) + group.cost.amount
    assert sums == {money.currency: money.amount for money in total(charges)}
    assert sum(group.charges for group in grouped(charges, by, SHANGHAI)) == len(charges)


def test_today_begins_at_midnight_of_the_zone() -> None:
    now = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    charges = [
        charge("1", datetime(2026, 11, 23, 15, 59, tzinfo=UTC)),
        charge("2", datetime(2026, 11, 23, 16, 0, tzinfo=UTC)),
        charge("4", datetime(2026, 10, 31, 15, 59, tzinfo=UTC)),
    ]
    assert today(charges, now, SHANGHAI) == (Money(amount=Decimal(2), currency="CNY"),)
    assert month_to_date(charges, now, SHANGHAI) == (Money(amount=Decimal(3), currency="CNY"),)
    assert today(charges, now, UTC) == (Money(amount=Decimal(3), currency="CNY"),)


def test_the_dearest_first_with_share_and_time() -> None:
    hours = {"consumed_quantity": Decimal("0.5"), "consumed_unit": "accelerator-hours"}
    charges = [
        charge("1", resource_name="small", consumed_quantity=Decimal(9), consumed_unit="GB"),
        charge("3", resource_name="big", **hours),
    ]
    big, small = grouped(charges, GroupBy.JOB, UTC)
    assert (big.name, big.share, big.accelerator_seconds) == ("big", 0.75, 1800)
    assert (small.name, small.accelerator_seconds) == ("small", None)


def test_days_in_order_of_time() -> None:
    charges = [charge("9", at(90_000)), charge("1", at(0))]
    days = grouped(charges, GroupBy.DAY, UTC)
    assert [day.name for day in days] == ["2026-11-23", "2026-11-24"]


def _node(name: str, **changes: object) -> NodeSummary:
    fields: dict[str, object] = {
        "name": name,
        "pool": "default",
        "health": NodeHealth.HEALTHY,
        "scheduling": Scheduling.OPEN,
        "accelerators": 8,
        "allocated": 5,
    }
    return NodeSummary(**(fields | changes))


def test_only_slots_that_could_work_are_idle() -> None:
    nodes = [
        _node("a"),
        _node("failed", health=NodeHealth.FAILED),
        _node("cordoned", scheduling=Scheduling.CORDONED),
        _node("full", allocated=8),
    ]
    idle = idle_slots(nodes, PRICES)
    assert idle.slots == 3
    assert idle.rate is not None and idle.rate.money.amount == 108
    assert idle_slots(nodes, None).rate is None
