"""Speed, time left and price, and when nothing can be said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from api_client.models.billing import PriceItem, PriceList
from api_client.models.job import JobState, Progress
from console.analysis.rates import (
    eta_seconds,
    job_cost,
    job_rate,
    price_for,
    progress_share,
    spend_rate,
    step_rate,
)
from tests.console.analysis.stories import PRICES, a_job, at


def _price(amount: str, **changes: str) -> PriceItem:
    fields = {"sku": "s", "amount": amount, "currency": "CNY"} | changes
    return PriceItem.model_validate(fields)


def test_time_left_counts_from_the_reading() -> None:
    assert eta_seconds(a_job(), at(0)) == 240
    assert eta_seconds(a_job(), at(60)) == 180


@pytest.mark.parametrize(
    "changes",
    [
        {"state": JobState.RECOVERING},
        {"state": JobState.SUCCEEDED},
        {"progress": Progress()},
        {"progress": Progress(step=1, total_steps=None, steps_per_second=1)},
        {"progress": Progress(step=1, total_steps=9, steps_per_second=0)},
        {"progress": Progress(step=1, total_steps=9, steps_per_second=1, updated=at(-9999))},
    ],
)
def test_no_time_left_where_it_would_be_a_guess(changes: dict[str, object]) -> None:
    assert eta_seconds(a_job(**changes), at(0)) is None


def test_progress_needs_a_total() -> None:
    assert progress_share(a_job()) == 0.2
    assert progress_share(a_job(progress=Progress(step=5, total_steps=0))) is None
    assert progress_share(a_job(progress=Progress(step=9, total_steps=5))) == 1.0


def test_only_a_running_job_has_a_speed() -> None:
    assert step_rate(a_job()) == 2.0
    assert step_rate(a_job(state=JobState.RECOVERING)) is None


def test_the_named_model_comes_before_any_model() -> None:
    prices = PriceList(items=(_price("1"), _price("2", accelerator_model="H100")))
    named = price_for(prices, model="h100")
    other = price_for(prices, model="A100")
    assert named is not None and named.amount == 2
    assert other is not None and other.amount == 1
    assert price_for(prices, quota_type="SPOT") is None
    assert price_for(None) is None


def test_a_unit_nobody_here_knows_is_no_price() -> None:
    assert price_for(PriceList(items=(_price("1", unit="node-month"),))) is None


def test_rate_and_cost_are_exact() -> None:
    rate, cost = job_rate(a_job(), PRICES), job_cost(a_job(accelerator_seconds=7), PRICES)
    assert rate is not None and rate.money.amount == 576
    assert cost is not None and cost.money.amount == Decimal("0.07")
    assert job_rate(a_job(), None) is None


def test_spending_now_is_what_holds_accelerators_by_currency() -> None:
    prices = PriceList(items=(_price("1"), _price("2", quota_type="SPOT", currency="USD")))
    jobs = [
        a_job("a"),
        a_job("b", quota_type="SPOT", accelerators=4),
        a_job("queued", state=JobState.QUEUED, nodes=()),
        a_job("done", state=JobState.SUCCEEDED),
        a_job("odd", quota_type="UNKNOWN"),
    ]
    euros, dollars = spend_rate(jobs, prices)
    assert (euros.money.amount, euros.money.currency) == (16, "CNY")
    assert (dollars.money.amount, dollars.money.currency) == (8, "USD")
    assert euros.left_out == ("odd",)
    assert spend_rate([], prices) == ()
