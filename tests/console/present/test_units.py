"""Figures as text: short, honest about what is not known, in the language of the person."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from api_client.models.base import Money, Quality
from api_client.models.billing import Estimate
from console.present.units import (
    DASH,
    Figure,
    accelerator_time_text,
    age_text,
    bytes_text,
    count_text,
    duration_text,
    estimate_text,
    moment_text,
    money_text,
    moneys_text,
    number_text,
    percent_text,
    phase_text,
    rate_text,
    relative_text,
)
from console.text import LANGUAGES
from tests.console.analysis.stories import at
from tests.console.present.contexts import context

CTX = context()


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, DASH),
        (0, "0s"),
        (45.9, "45s"),
        (60, "1m"),
        (125, "2m 5s"),
        (8040, "2h 14m"),
        (7200, "2h"),
        (273_600, "3d 4h"),
        (-65, "-1m 5s"),
        (timedelta(minutes=15), "15m"),
    ],
)
def test_durations(seconds: float | timedelta | None, text: str) -> None:
    assert duration_text(seconds) == text


def test_phases_keep_tenths_while_short() -> None:
    assert phase_text(timedelta(seconds=6.24)) == "6.2s"
    assert phase_text(75) == "1m 15s"
    assert phase_text(None) == DASH


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, DASH),
        (0, "0 B"),
        (1023, "1023 B"),
        (8 * 2**30, "8.0 GiB"),
        (141 * 2**30, "141 GiB"),
        (1536, "1.5 KiB"),
    ],
)
def test_bytes(count: int | None, text: str) -> None:
    assert bytes_text(count) == text


def test_zero_and_unknown_look_different_everywhere() -> None:
    for function in (bytes_text, count_text, number_text, percent_text, rate_text):
        assert function(None) == DASH  # type: ignore[operator]
        assert function(0) != DASH  # type: ignore[operator]
    assert accelerator_time_text(None) == DASH
    assert accelerator_time_text(0) == "0.0 acc·h"
    assert percent_text(0.002) == "<1%"
    assert age_text(None, at(0)) == DASH


def test_a_moment_a_little_in_the_future_has_no_negative_age() -> None:
    assert age_text(at(3), at(0)) == "0s"


def test_moments_are_local_with_their_zone() -> None:
    assert moment_text(at(0), CTX) == "20:00:00 CST"
    assert moment_text(at(-86_400), CTX) == "2026-11-22 20:00:00 CST"
    assert moment_text(at(0), CTX, zone=False) == "20:00:00"
    assert moment_text(None, CTX) == DASH


def test_relative_times_in_both_languages() -> None:
    assert relative_text(at(0), CTX) == "1m ago"
    assert relative_text(at(60), CTX) == "just now"
    assert relative_text(at(7260), CTX) == "in 2h"
    assert relative_text(at(0), context("zh_CN")) == "1m前"


def _cny(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="CNY")


def test_money_has_its_currency_and_estimates_their_mark() -> None:
    assert money_text(_cny("1234.5"), CTX) == "CN¥1,234.50"
    assert money_text(_cny("1234.5"), context("zh_CN")) == "¥1,234.50"
    estimate = Estimate(money=_cny("2"), basis="")
    assert estimate_text(estimate, CTX) == "≈CN¥2.00"
    assert estimate_text(None, CTX) == money_text(None, CTX) == DASH


@given(
    st.decimals(-(10**9), 10**9, places=4).filter(lambda amount: not 0 < abs(amount) < 0.01),
    st.sampled_from(["CNY", "USD", "EUR", "JPY", "KWD", "XXQ"]),
    st.sampled_from(LANGUAGES),
)
def test_money_reads_as_babel_writes_it(amount: Decimal, currency: str, language: str) -> None:
    text = money_text(Money(amount=amount, currency=currency), context(language))
    assert text == format_currency(amount, currency, locale=language)


def test_small_money_does_not_look_like_nothing() -> None:
    assert money_text(_cny("0"), CTX) == "CN¥0.00"
    assert money_text(_cny("0.0004"), CTX) == "CN¥0.0004"
    assert money_text(_cny("0.00000001"), CTX) == "<CN¥0.000001"
    assert money_text(_cny("-0.004"), CTX) == "-CN¥0.004"


def test_currencies_stand_side_by_side() -> None:
    both = (_cny("1"), Money(amount=Decimal(2), currency="USD"))
    assert moneys_text(both, CTX) == "CN¥1.00 + $2.00"
    assert moneys_text((), CTX) == "CN¥0.00"


def test_rates_keep_digits() -> None:
    assert rate_text(3.214, "steps") == "3.21 steps/s"
    assert rate_text(0.01) == "0.6/min"
    assert rate_text(0.0001) == "0.36/h"


def test_figures_say_how_far_to_trust_them() -> None:
    assert Figure(1.0).mark("1") == "1"
    assert Figure(1.0, Quality.ESTIMATED).mark("1") == "≈1"
    assert Figure(None).mark("0") == DASH
