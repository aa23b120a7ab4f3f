"""Charts draw what is known and never fail on what is not."""

from __future__ import annotations

import math

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from screens.widgets.chart import Chart
from screens.widgets.chart_model import ChartData, ChartMark, ChartSeries, TimedValue, segments


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


def test_thinning_keeps_every_spike_and_every_gap() -> None:
    points: list[TimedValue] = [(float(n), 99.0 if n == 777 else 1.0) for n in range(1000)]
    points[300] = (300.0, None)
    found = segments(points, 0.0, 1000.0, 20)
    assert len(found) == 2 and sum(map(len, found)) <= 44
    assert (777.0, 99.0) in found[1]
