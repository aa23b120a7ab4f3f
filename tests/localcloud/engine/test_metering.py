from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client.models.billing import Charge, PriceItem, PriceList
from localcloud.engine.errors import InvalidFault
from localcloud.engine.metering import cost, split_hours
from localcloud.engine.prices import Prices
from tests.localcloud.engine.bench import Bench

MOMENTS = st.integers(1_700_000_000, 1_700_400_000)
MONEY = st.decimals("0", "999", places=4)


@given(MOMENTS, st.integers(0, 400_000), st.integers(1, 64), MONEY)
def test_hours_add_up_to_the_whole(start: int, length: int, slots: int, price: Decimal) -> None:
    parts = list(split_hours(start, start + length))
    assert sum(end - begin for _, begin, end in parts) == length
    assert all(
        hour % 3600 == 0 and hour <= begin < end <= hour + 3600 for hour, begin, end in parts
    )
    assert len({hour for hour, _, _ in parts}) == len(parts)
    total = sum((cost(end - begin, slots, price) for _, begin, end in parts), Decimal(0))
    assert abs(total - cost(length, slots, price)) <= Decimal("5e-11") * (len(parts) + 1)


def charges(bench: Bench, name: str) -> list[Charge]:
    return list(bench.cloud.charges(resource_name=name).items)


def test_a_job_over_a_full_hour_has_two_rows(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.submit("j", accelerators_per_worker=3, tags={"team": "x"})
    bench.settle()
    for _ in range(20):
        bench.step(1.0)
    bench.finish("j", 0)
    bench.settle()
    rows = charges(bench, "j")
    job = bench.cloud.job("j")
    assert [row.charge_period_start.hour for row in rows] == [9, 10]
    assert sum(row.consumed_quantity or 0 for row in rows) == job.accelerator_seconds > 0
    assert sum(row.billed_cost for row in rows) == Decimal(job.accelerator_seconds) * 12 / 3600
    assert rows[0].tags == {
        "user": "ana",
        "pool": "default",
        "node": "node-1",
        "attempt": "0",
        "rank": "0",
        "job": "j",
        "team": "x",
    }


def test_reckoning_again_changes_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.submit("j")
    for _ in range(30):
        bench.step(1.0)
    first = charges(bench, "j")
    bench.reopen()
    bench.cloud.tick()
    before = charges(bench, "j")
    assert len(before) == 2 and before[0] == first[0]
    bench.reopen()
    bench.cloud.tick()
    assert charges(bench, "j") == before
    bench.finish("j", 0)
    bench.settle()
    final = charges(bench, "j")
    bench.reopen()
    bench.settle()
    assert charges(bench, "j") == final


def test_an_end_before_the_last_reckoning_takes_the_rest_back(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=1)
    bench.submit("j")
    bench.settle()
    for _ in range(30):
        bench.step(1.0)
    ended = bench.clock.now().timestamp() - 25
    bench.tell("j", 0, state="EXITED", exit_code=0, ended=ended)
    bench.settle()
    job = bench.cloud.job("j")
    assert sum(row.consumed_quantity or 0 for row in charges(bench, "j")) == job.accelerator_seconds
    assert all(row.charge_period_end.timestamp() <= ended for row in charges(bench, "j"))


def test_a_silent_node_is_not_charged_past_its_last_heartbeat(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=1, node_timeout_seconds=1000)
    bench.submit("j")
    for _ in range(8):
        bench.step(1.0)
    heard = bench.cloud.node("node-1").last_heartbeat
    assert heard is not None
    bench.silent.add("node-1")
    for _ in range(30):
        bench.step(1.0)
    assert max(row.charge_period_end for row in charges(bench, "j")) <= heard


def test_new_prices_leave_closed_hours_alone_and_charges_outlive_the_job(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.submit("j")
    for _ in range(25):
        bench.step(1.0)
    item = PriceItem(sku="new", amount=Decimal("24"), currency="USD")
    bench.cloud.set_prices(PriceList(items=(item,)))
    before = charges(bench, "j")
    bench.finish("j", 0)
    bench.settle()
    bench.cloud.delete_job("j", "ana")
    after = charges(bench, "j")
    assert [row.list_unit_price for row in after] == [Decimal("12.00")] * len(after)
    assert before[0] == after[0]


def test_use_without_a_price_is_said_and_charged_later(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    spot = PriceItem(sku="s", quota_type="SPOT", amount=Decimal(1), currency="CNY")
    bench.cloud.set_prices(PriceList(items=(spot,)))
    bench.submit("j")
    for _ in range(10):
        bench.step(1.0)
    bench.finish("j", 0)
    bench.settle()
    assert charges(bench, "j") == []
    assert any(
        "no price for virtual-slot RESERVED" in text for text in bench.cloud.tenant().notices
    )
    both = PriceItem(sku="r", quota_type="RESERVED", amount=Decimal(2), currency="CNY")
    bench.cloud.set_prices(PriceList(items=(spot, both)))
    for _ in range(6):
        bench.step(1.0)
    total = sum(row.consumed_quantity or 0 for row in charges(bench, "j"))
    assert total == bench.cloud.job("j").accelerator_seconds


def test_prices_by_model_and_time(tmp_path: Path) -> None:
    prices = Prices(tmp_path / "prices.toml", "CNY")
    later = datetime(2026, 6, 1, tzinfo=UTC)
    items = (
        PriceItem(sku="any", amount=Decimal(1), currency="CNY"),
        PriceItem(sku="any-later", amount=Decimal(2), currency="CNY", valid_from=later),
        PriceItem(sku="h100", accelerator_model="H100", amount=Decimal(9), currency="CNY"),
    )
    assert prices.replace(PriceList(items=items)).items == items
    found = [
        prices.find(model, "RESERVED", int(moment.timestamp()))
        for model, moment in (
            ("x", datetime(2026, 5, 31, 23, 59, tzinfo=UTC)),
            ("x", later),
            ("H100", later),
        )
    ]
    assert [item.sku for item in found if item] == ["any", "any-later", "h100"]
    assert prices.find("x", "SPOT", 0) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[price]", "Expected"),
        ("[[price]]\nsku='a'\namount=1.5\ncurrency='CNY'", "must be a string"),
        ("[[price]]\nsku='a'\namount='-1'\ncurrency='CNY'", "amount"),
        ("pirce=1", "unknown key 'pirce'"),
    ],
)
def test_a_broken_price_file_leaves_the_last_good_list(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "prices.toml"
    prices = Prices(path, "CNY")
    before = prices.current
    path.write_text(text)
    prices.refresh()
    assert prices.current == before
    assert said in prices.problem and str(path) in prices.problem


def test_a_price_list_without_sense_is_refused(tmp_path: Path) -> None:
    prices = Prices(tmp_path / "prices.toml", "CNY")
    with pytest.raises(InvalidFault):
        prices.replace(PriceList(items=()))
    with pytest.raises(InvalidFault):
        item = PriceItem(sku="a", amount=Decimal("1"), currency="CNY", unit="fortnight")
        prices.replace(PriceList(items=(item,)))
