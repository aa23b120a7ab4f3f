"""Curves of a job: every accelerator of a small one, the mean and the idlest of a large one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api_client.models.telemetry import Metric, Point, Series
from screens.job_curves import IDLEST, MOST_CURVES, curves_of
from tests.console.fakes import T0


def series(name: str, *values: float | None) -> Series:
    points = tuple(
        Point(time=T0 + timedelta(minutes=at), value=value) for at, value in enumerate(values)
    )
    return Series(metric=Metric.UTILISATION, unit="1", labels={"accelerator": name}, points=points)


def mean(count: int) -> str:
    return f"mean of {count}"


def test_each_of_a_few_is_a_curve_and_attempts_on_one_are_one() -> None:
    curves = curves_of(
        [series("a/0", 0.5, None), series("a/1", 0.25), series("a/0", None, 1)], mean
    )
    assert [curve.name for curve in curves] == ["a/0", "a/1"]
    assert [value for _, value in curves[0].points] == [0.5, 1]


def test_of_many_the_mean_of_all_and_the_idlest() -> None:
    many = [series(f"n/{at}", at / 100, None if at else 0.2) for at in range(MOST_CURVES + 2)]
    silent = series("n/silent", None, None)
    curves = curves_of([*many, silent], mean)
    assert [curve.name for curve in curves] == ["mean of 11", "n/1", "n/2", "n/3"]
    assert len(curves) == 1 + IDLEST
    assert [value for _, value in curves[0].points] == [pytest.approx(0.045), 0.2]


def test_names_from_outside_are_made_visible() -> None:
    (curve,) = curves_of([series("a\x1b[31m", 1.0)], mean)
    assert "\x1b" not in curve.name
