"""The use of one node's slots as a chart: which window, which curves, which marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api_client.models.event import Event, Severity
from api_client.models.scalars import from_unix
from api_client.models.telemetry import Point, Series, Window
from console.present.context import PresentContext
from console.present.table import Tone
from console.present.units import percent_text
from screens.widgets.chart_model import ChartData, ChartMark, ChartSeries

RANGES = (timedelta(minutes=10), timedelta(minutes=30), timedelta(hours=1), timedelta(hours=6))
"""What `t` steps through."""

CURVES = 4
"""Slots drawn beside the mean: those used most."""

_POINTS = 240


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Which range is chosen, and how many half ranges back from now it ends."""

    index: int = 0
    back: int = 0

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return RANGES[self.index]

    def next(self) -> TimeRange:
        """The next longer range; after the longest the shortest."""
        return TimeRange((self.index + 1) % len(RANGES))

    def zoomed(self, step: int) -> TimeRange:
        """A longer (1) or shorter (-1) range, as far as there is one."""
        return TimeRange(max(0, min(len(RANGES) - 1, self.index + step)), self.back)

    def moved(self, halves: int) -> TimeRange:
        """Further back, or forward again, never past now."""
        return TimeRange(self.index, max(0, self.back + halves))

    def window(self, now: datetime) -> Window:
        """The stretch of time, with as many points as a terminal can show."""
        end = now - self.length / 2 * self.back
        step = max(5.0, self.length.total_seconds() / _POINTS)
        return Window(start=end - self.length, end=end, step_seconds=step)


def use_chart(
    series: Sequence[Series],
    window: Window,
    events: Iterable[Event],
    ctx: PresentContext,
    empty: str,
) -> ChartData:
    """The mean of all slots, then the slots used most; events of the node as marks."""

    def clock(seconds: float) -> str:
        return from_unix(seconds, ctx.zone).strftime("%H:%M:%S")

    busiest = sorted((each for each in series if _peak(each) > 0), key=_peak, reverse=True)
    shown = sorted(busiest[:CURVES], key=lambda each: _index(each))
    curves = [ChartSeries(ctx.t("node_view.mean"), _mean(series))] if series else []
    curves += [
        ChartSeries(ctx.t("node_view.slot", index=each.labels.get("index", "?")), _points(each))
        for each in shown
    ]
    return ChartData(
        series=tuple(curves),
        start=window.start.timestamp(),
        end=window.end.timestamp(),
        marks=tuple(_mark(event) for event in events if window.start <= event.time <= window.end),
        low=0.0,
        high=max(1.0, *(_peak(each) for each in series)) if series else 1.0,
        empty=empty,
        value_text=percent_text,
        time_text=clock,
    )


def _peak(series: Series) -> float:
    return max((point.value for point in series.points if point.value is not None), default=0.0)


def _index(series: Series) -> int:
    index = series.labels.get("index", "")
    return int(index) if index.isdecimal() else 0


def _points(series: Series) -> tuple[tuple[float, float | None], ...]:
    return tuple((point.time.timestamp(), point.value) for point in series.points)


def _mean(series: Sequence[Series]) -> tuple[tuple[float, float | None], ...]:
    """The mean over the slots measured at each moment; a gap where none was."""
    moments: dict[datetime, list[Point]] = {}
    for each in series:
        for point in each.points:
            moments.setdefault(point.time, []).append(point)
    found = []
    for time in sorted(moments):
        known = [point.value for point in moments[time] if point.value is not None]
        found.append((time.timestamp(), sum(known) / len(known) if known else None))
    return tuple(found)


def _mark(event: Event) -> ChartMark:
    tones = {Severity.ERROR: Tone.FAILED, Severity.WARNING: Tone.WARNING}
    return ChartMark(event.time.timestamp(), event.message, tones.get(event.severity, Tone.DIM))
