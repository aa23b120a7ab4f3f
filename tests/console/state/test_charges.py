from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from api_client.errors import InvalidRequest, Unavailable
from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.slim import replace
from api_client.paging import Pages
from api_client.services import ChargeQuery
from console.analysis.charged import whole
from console.state.charges import ChargesReader
from tests.console.fakes import T0

MONTH = T0.replace(day=1, hour=0)


def charge(hour: int, seconds: int = 3600, job: str = "a") -> Charge:
    start = MONTH + timedelta(hours=hour)
    cost = Decimal(seconds)
    return Charge(
        billed_cost=cost,
        effective_cost=cost,
        list_cost=cost,
        contracted_cost=cost,
        billing_currency="CNY",
        billing_period_start=MONTH,
        billing_period_end=MONTH,
        charge_period_start=start,
        charge_period_end=start + timedelta(seconds=seconds),
        resource_id=job,
    )


class Bill:
    """Charges in the order they were first written, three to a page, behind their numbers."""

    def __init__(self, *charges: Charge) -> None:
        self.rows = dict(enumerate(charges, 1))
        self.cursors: list[str | None] = []
        self.fail: Exception | None = None

    def charges(self, query: ChargeQuery) -> Pages[Charge]:
        async def fetch(cursor: str | None) -> Page[Any]:
            self.cursors.append(cursor)
            if self.fail is not None:
                raise self.fail
            if cursor is not None and cursor not in map(str, self.rows):
                raise InvalidRequest("list charges", "no such cursor")
            left = [seq for seq in sorted(self.rows) if seq > int(cursor or 0)]
            assert query.start is not None
            items = tuple(
                self.rows[seq]
                for seq in left[:3]
                if self.rows[seq].charge_period_start >= query.start
            )
            return Page(items=items, next_cursor=str(left[2]) if len(left) > 3 else None)

        return Pages(fetch)

    def add(self, *charges: Charge) -> None:
        for each in charges:
            self.rows[max(self.rows) + 1] = each


async def read(reader: ChargesReader, bill: Bill, now: datetime = T0) -> list[Charge]:
    bill.cursors.clear()
    return list(map(whole, (await reader(bill, now)).items.values()))


async def test_what_is_settled_is_read_once_and_what_grows_is_read_again() -> None:
    bill = Bill(*(charge(hour) for hour in range(8)), charge(8, 60))
    reader = ChargesReader()
    assert await read(reader, bill) == list(bill.rows.values())
    assert bill.cursors == [None, "3", "6"]
    bill.rows[9] = charge(8, 900)
    bill.add(charge(8, 30, job="b"))
    assert await read(reader, bill) == list(bill.rows.values())
    assert bill.cursors == ["6", "9"], "of the first pages nothing may still change"
    bill.add(*(charge(hour) for hour in range(9, 14)))
    assert await read(reader, bill) == list(bill.rows.values())
    assert await read(reader, bill) == list(bill.rows.values())
    assert bill.cursors == ["12"]


async def test_a_late_hour_of_a_running_job_holds_its_page_back() -> None:
    bill = Bill(charge(0), charge(1), charge(2), charge(3, 10), charge(3, 20), charge(3, 30))
    bill.add(charge(4, 5, job="b"))
    reader = ChargesReader()
    await read(reader, bill)
    bill.rows[4] = charge(3, 3600)
    assert await read(reader, bill) == list(bill.rows.values())
    assert "3" in bill.cursors


async def test_another_month_a_failure_or_a_lost_cursor_is_read_from_the_start() -> None:
    bill = Bill(*(charge(hour) for hour in range(9)))
    reader = ChargesReader()
    await read(reader, bill)
    del bill.rows[6]
    bill.rows[60] = charge(40)
    assert await read(reader, bill) == list(bill.rows.values())
    assert bill.cursors[:2] == ["6", None]
    bill.fail = Unavailable("list charges", "gone")
    try:
        await read(reader, bill)
        raise AssertionError("the failure was swallowed")
    except Unavailable:
        bill.fail = None
    await read(reader, bill)
    assert bill.cursors[0] is None
    await read(reader, bill, T0 + timedelta(days=40))
    assert bill.cursors[0] is None


async def test_what_many_charges_have_in_common_is_kept_once_and_is_worth_the_same() -> None:
    tags = {"user": "li.wei", "pool": "a", "node": "n1", "job": "%d", "attempt": "0", "rank": "3"}
    first, second = (
        replace(
            charge(hour),
            sku_id="".join(("h", "100")),
            list_unit_price=Decimal("28.80"),
            charge_description=f"job {hour}",
            tags={**tags, "job": str(hour)},
        )
        for hour in (0, 1)
    )
    dearer = replace(charge(2), list_cost=Decimal(9999), list_unit_price=Decimal("28.8"))
    found = await read(ChargesReader(), Bill(first, second, dearer))
    assert found[0].tags is found[1].tags
    assert found[0].tags == {"user": "li.wei", "pool": "a", "node": "n1"}
    assert found[0].sku_id is found[1].sku_id
    assert found[0].list_cost is found[0].billed_cost
    assert found[2].list_cost == Decimal(9999) and found[2].billed_cost == Decimal(3600)
    assert str(found[0].list_unit_price) == "28.80" and str(found[2].list_unit_price) == "28.8"


async def test_pages_are_small_enough_to_be_decoded_between_two_frames() -> None:
    asked: list[int] = []

    class Asked(Bill):
        def charges(self, query: ChargeQuery) -> Pages[Charge]:
            asked.append(query.limit)
            return super().charges(query)

    await read(ChargesReader(), Asked(charge(0)))
    assert asked and max(asked) <= 500
