"""Charts draw what is known and never fail on what is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult

from screens.widgets.braille import Frame, dot_columns
from screens.widgets.chart import Chart
from screens.widgets.chart_model import ChartData, ChartMark, ChartSeries, Curve, TimedValue
from themes.glyphs import ASCII


class Host(App[None]):
    def compose(self) -> ComposeResult:
        yield Chart()


def data(*points: TimedValue, end: float = 100.0) -> ChartData:
    return ChartData(
        (ChartSeries("利用率[/x]", points),),
        0.0,
        end,
        marks=(ChartMark(50.0, "node failed"),),
        empty="not measured",
        time_text=lambda time: f"12:{int(time) % 60:02}",
        value_text=lambda value: f"{value:.0f}%",
    )


def shown(chart: Chart) -> list[str]:
    return [chart.render_line(y).text for y in range(chart.size.height)]


@pytest.mark.parametrize(
    "points",
    [
        ((10.0, 5.0),),
        ((10.0, None), (20.0, 5.0), (30.0, math.nan), (40.0, 6.0)),
        ((10.0, math.inf), (20.0, 1.0)),
        tuple((float(n) / 10, math.sin(n / 50)) for n in range(1000)),
        ((10.0, 5.0), (20.0, 5.0)),
        ((10.0, 1e300), (20.0, -1e300)),
    ],
)
async def test_any_points_are_drawn_in_lines_of_the_same_width(
    points: tuple[TimedValue, ...],
) -> None:
    async with Host().run_test(size=(60, 12)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.show(data(*points))
        lines = shown(chart)
        assert {cell_len(line) for line in lines} == {60}
        assert "利用率[/x]" in lines[0] and "12:00" in lines[-1]
        curve = [sign for line in lines[1:-1] for sign in line if "\u2800" < sign <= "\u28ff"]
        assert curve


@pytest.mark.parametrize("points", [(), ((10.0, None),), ((10.0, math.nan),)])
async def test_no_values_is_said_in_words(points: tuple[TimedValue, ...]) -> None:
    async with Host().run_test(size=(60, 12)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.show(data(*points))
        assert shown(chart)[0].strip() == "not measured"


async def test_the_cursor_reads_the_value_and_the_mark_under_it() -> None:
    async with Host().run_test(size=(60, 12)) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.show(data((0.0, 1.0), (50.0, 42.0), (100.0, 3.0)))
        assert "3%" in shown(chart)[0]
        chart.cursor = 50.0
        assert "42%" in shown(chart)[0] and "node failed" in shown(chart)[0]
        chart.action_cursor_left()
        assert chart.cursor is not None and chart.cursor < 50.0


async def test_a_curve_is_read_without_colour_in_ascii() -> None:
    class Plain(Host):
        glyphs = ASCII

    async with Plain().run_test(size=(60, 12)) as pilot:
        chart = pilot.app.query_one(Chart)
        two = tuple(
            ChartSeries(name, tuple((float(n), level) for n in range(101)))
            for name, level in (("low", 1.0), ("high", 9.0))
        )
        chart.show(ChartData(two, 0.0, 100.0, low=0.0, high=10.0))
        lines = shown(chart)
        assert lines[0].startswith("* low") and "+ high" in lines[0]
        body = "".join(line.partition("│")[2] for line in lines[1:-1])
        assert "*" in body and "+" in body and body.isascii()


@pytest.mark.parametrize("size", [(60, 16), (200, 50), (20, 4), (3, 2)])
async def test_a_chart_fits_any_terminal_and_any_clock(size: tuple[int, int]) -> None:
    back = tuple((float(n * 37 % 100), float(n)) for n in range(200)) + ((math.nan, 1.0),)
    async with Host().run_test(size=size) as pilot:
        chart = pilot.app.query_one(Chart)
        chart.show(data(*back))
        assert {cell_len(line) for line in shown(chart)} == {chart.size.width}


TIMES = st.floats(0, 1000, allow_nan=False)
VALUES = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True, width=32))
POINTS = st.lists(st.tuples(TIMES, VALUES), max_size=300)


def frame_of(curve: Curve, width: int, height: int) -> Frame:
    low, high = curve.extremes or (0.0, 1.0)
    return Frame(0.0, 1000.0, low, high if high > low else low + (abs(low) or 1.0), width, height)


@given(POINTS, st.integers(1, 40), st.integers(1, 12))
def test_no_spike_is_lost_and_nothing_is_drawn_outside(
    points: list[TimedValue], width: int, height: int
) -> None:
    curve = Curve(points)
    frame = frame_of(curve, width, height)
    masks = dot_columns(curve, frame)
    assert len(masks) == width * 2
    assert all(mask < 1 << height * 4 for mask in masks)
    known = [(t, v) for t, v in points if v is not None and math.isfinite(v)]
    for time, value in known:
        column = min(frame.columns - 1, int(time / 1000.0 * frame.columns))
        near = masks[max(0, column - 1)] | masks[column] | masks[min(len(masks) - 1, column + 1)]
        assert near >> frame.row_of()(value) & 1
    if not known:
        assert not any(masks)


@given(POINTS)
def test_stretches_are_exactly_the_values_between_the_gaps(points: list[TimedValue]) -> None:
    curve = Curve(points)
    drawn = [n for first, last in curve.stretches(100.0, 900.0) for n in range(first, last)]
    wanted = [
        n
        for n, (time, value) in enumerate(zip(curve.times, curve.values, strict=True))
        if 100.0 <= time <= 900.0 and math.isfinite(value)
    ]
    assert drawn == wanted
    for first, last in curve.stretches(100.0, 900.0):
        assert all(math.isfinite(value) for value in curve.values[first:last])


def test_a_gap_is_not_bridged() -> None:
    points: list[TimedValue] = [(float(n), None if 300 <= n < 700 else 1.0) for n in range(1001)]
    curve = Curve(points)
    masks = dot_columns(curve, frame_of(curve, 50, 4))
    assert all(masks[:30]) and not any(masks[31:69]) and all(masks[70:])


@given(POINTS, TIMES, st.floats(0, 500))
def test_the_value_under_the_cursor_is_the_nearest_measured(
    points: list[TimedValue], time: float, reach: float
) -> None:
    near = [
        abs(at - time)
        for at, value in points
        if value is not None and math.isfinite(value) and abs(at - time) <= reach
    ]
    curve = Curve(points)
    found = curve.value_at(time, reach)
    assert (found is None) == (not near)
    if near:
        nearest = [v for at, v in points if abs(at - time) == min(near)]
        assert found in nearest
