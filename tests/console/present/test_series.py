"""Fewer columns than points: nothing extreme is lost and gaps stay gaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client.models.telemetry import Point, Series
from console.present.series import bounds, downsample, series_sparkline, sparkline
from tests.console.analysis.stories import at

VALUES = st.lists(
    st.one_of(st.none(), st.floats(min_value=-1e6, max_value=1e6)), min_size=1, max_size=200
)


def _points(values: list[float | None]) -> list[Point]:
    return [Point(time=at(index), value=value) for index, value in enumerate(values)]


@given(VALUES, st.integers(min_value=1, max_value=50))
def test_the_least_and_the_most_survive(values: list[float | None], width: int) -> None:
    columns = downsample(_points(values), width, at(0), at(len(values) - 1))
    known = [value for value in values if value is not None]
    assert len(columns) == width
    assert bounds(columns) == ((min(known), max(known)) if known else None)


@given(VALUES, st.integers(min_value=1, max_value=50))
def test_a_column_without_a_value_is_a_gap(values: list[float | None], width: int) -> None:
    for column in downsample(_points(values), width, at(0), at(len(values))):
        figures = (column.low, column.high, column.mean, column.last)
        assert len({figure is None for figure in figures}) == 1
        if column.low is not None and column.high is not None:
            assert column.low <= column.high


def test_columns_are_equal_stretches_of_time() -> None:
    points = _points([1, 2, None, None, 5, 9])
    columns = downsample(points, 3, at(0), at(6))
    assert [(column.low, column.high) for column in columns] == [(1, 2), (None, None), (5, 9)]
    assert downsample(points, 3, at(100), at(106))[0].low is None


def test_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="column"):
        downsample([], 0, at(0), at(1))


@given(VALUES, st.booleans())
def test_a_sparkline_has_one_sign_a_value(values: list[float | None], ascii_only: bool) -> None:
    line = sparkline(values, ascii_only=ascii_only)
    assert len(line) == len(values)
    assert [sign == " " for sign in line] == [value is None for value in values]
    assert not ascii_only or line.isascii()


def test_a_sparkline_between_bounds() -> None:
    assert sparkline([0, 0.5, 1, None, 2], low=0, high=1) == "▁▅█ █"
    assert sparkline([3, 3]) == "▅▅"
    assert sparkline([0, 0]) == "▁▁"
    series = Series(metric="m", unit="ratio", points=tuple(_points([0.0, 1.0, 0.0, None])))
    assert series_sparkline(series, 2, at(0), at(4), low=0, high=1) == "█▁"
