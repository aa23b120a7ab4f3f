"""A charge kept in a few bytes says what it said before, digit by digit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from api_client.models.slim import replace
from console.analysis.charged import Charged, added, charged, decimal_of, units_of, whole
from tests.console.analysis.test_spend import charge

_AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False)
_MOMENTS = st.datetimes(
    min_value=datetime(1960, 1, 1), max_value=datetime(2150, 1, 1), timezones=st.just(UTC)
)


def same(one: Decimal, other: Decimal) -> bool:
    """Equal, and spelled alike where it is not nothing."""
    return one == other and (not one or str(one) == str(other))


@given(_AMOUNTS)
def test_an_amount_is_itself_again(amount: Decimal) -> None:
    assert same(decimal_of(*units_of(amount)), amount)


@given(st.lists(st.decimals(-(10**9), 10**9, places=4) | st.decimals(0, 10**6, places=12)))
def test_sums_are_exact(amounts: list[Decimal]) -> None:
    units, places = 0, 0
    for amount in amounts:
        units, places = added(units, places, *units_of(amount))
    assert decimal_of(units, places) == sum(amounts, Decimal())


@given(_AMOUNTS, st.none() | _AMOUNTS, _MOMENTS, st.timedeltas(timedelta(), timedelta(days=40)))
def test_what_is_kept_small_is_the_charge_and_the_rest_is_not_kept_small(
    cost: Decimal, quantity: Decimal | None, start: datetime, length: timedelta
) -> None:
    full = charge(
        str(cost),
        start,
        charge_period_end=start + length,
        consumed_quantity=quantity,
        resource_name="a",
        tags={"user": "kim"},
    )
    small = charged(full, replace(charge("7"), tags={"user": "kim"}))
    if small is None:
        return
    again: Any = whole(small)
    unlike = replace(full, billing_period_start=again.billing_period_start)
    assert again == replace(unlike, billing_period_end=again.billing_period_end)
    assert small.tags == {"user": "kim"} and small.charge_category == "Usage"
    assert same(small.billed_cost, cost) and same(small.list_cost, cost)


def test_ordinary_charges_are_kept_small_and_strange_ones_whole() -> None:
    usual = charge("199.086805555556", resource_name="a", consumed_quantity=Decimal("3600.25"))
    assert isinstance(charged(usual, usual), Charged)
    discounted = replace(usual, effective_cost=Decimal(1))
    between = replace(usual, charge_period_start=usual.charge_period_start.replace(microsecond=1))
    for strange in (discounted, between, charge("12345678901234567890123")):
        assert charged(strange, usual) is None
    assert whole(discounted) is discounted
