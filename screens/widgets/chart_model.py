"""Points of a chart as they are drawn: in order of time, gaps stay gaps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite, isnan, nan
from operator import itemgetter

from console.present.table import Tone

TimedValue = tuple[float, float | None]
"""Seconds since the epoch, and a value or `None` for a gap."""


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One curve under its translated or untrusted name; points in time order."""

    name: str
    points: tuple[TimedValue, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartMark:
    """Something that happened at one moment, drawn as a line down the chart."""

    time: float
    label: str
    tone: Tone = Tone.WARNING


def _plain(value: float) -> str:
    return f"{value:g}"


def _no_time(value: float) -> str:
    return ""


@dataclass(frozen=True, eq=False)
class ChartData:
    """Everything a chart draws. Compared by identity: hand in a new one when it changed.

    Attributes:
        start, end: seconds since the epoch of the left and the right edge.
        low, high: values at the bottom and the top; `None` fits them to the points.
        empty: the sentence shown when no series has a value: "not measured", "no data yet".
        value_text: how a value is written, with its unit.
        time_text: how a moment is written on the axis, in local time.
    """

    series: tuple[ChartSeries, ...] = ()
    start: float = 0.0
    end: float = 0.0
    marks: tuple[ChartMark, ...] = ()
    low: float | None = None
    high: float | None = None
    empty: str = ""
    value_text: Callable[[float], str] = field(default=_plain)
    time_text: Callable[[float], str] = field(default=_no_time)

    @cached_property
    def curves(self) -> tuple[Curve, ...]:
        """The series made ready to be drawn, in the same order."""
        return tuple(Curve(series.points) for series in self.series)

    @cached_property
    def has_values(self) -> bool:
        """Whether any point can be drawn."""
        return any(curve.extremes is not None for curve in self.curves)

    @cached_property
    def _range(self) -> tuple[float, float]:
        known = [each.extremes for each in self.curves if each.extremes is not None]
        low = self.low if self.low is not None else min((low for low, _ in known), default=0.0)
        high = self.high if self.high is not None else max((top for _, top in known), default=1.0)
        if high <= low:
            high = low + (abs(low) or 1.0)
        return low, high

    def value_range(self) -> tuple[float, float]:
        """Bottom and top of the value axis, never the same."""
        return self._range


class Curve:
    """The points of one series as they are drawn: in order, with the gaps known.

    Attributes:
        times: when, rising.
        values: what, `nan` for a gap.
    """

    def __init__(self, points: Sequence[TimedValue]) -> None:
        times = [time for time, _ in points]
        if times != sorted(times) or any(map(isnan, times)):
            # A clock that jumped: what was measured is drawn where it belongs.
            points = sorted((p for p in points if not isnan(p[0])), key=itemgetter(0))
            times = [time for time, _ in points]
        self.times = times
        self.values = [nan if value is None else value for _, value in points]
        self._gaps: list[int] = []
        if not all(map(isfinite, self.values)):
            self._gaps = [at for at, value in enumerate(self.values) if not isfinite(value)]

    @cached_property
    def extremes(self) -> tuple[float, float] | None:
        """The lowest and the highest value; `None` where there is none."""
        values = self.values
        if self._gaps:
            values = [value for value in values if isfinite(value)]
        return (min(values), max(values)) if values else None

    def stretches(self, start: float, end: float) -> Iterator[tuple[int, int]]:
        """Unbroken stretches of values inside a range of time, from an index up to another."""
        first, last = bisect_left(self.times, start), bisect_right(self.times, end)
        for gap in self._gaps[bisect_left(self._gaps, first) : bisect_left(self._gaps, last)]:
            if first < gap:
                yield first, gap
            first = gap + 1
        if first < last:
            yield first, last

    def value_at(self, time: float, reach: float) -> float | None:
        """The value nearest to `time`, or `None` where none is within `reach` seconds."""
        at = bisect_left(self.times, time)
        best: tuple[float, float] | None = None
        for indices in (range(at, len(self.times)), range(at - 1, -1, -1)):
            for index in indices:
                distance = abs(self.times[index] - time)
                if distance > reach or (best is not None and distance >= best[0]):
                    break
                if isfinite(self.values[index]):
                    best = (distance, self.values[index])
                    break
        return best[1] if best else None


def axis_line(width: int, label: int, text_at: Callable[[float], str]) -> str:
    """Labels of `label` cells along an axis of `width`, never touching.

    `text_at` words a share from 0 to 1; the first label begins where the axis begins, the last
    ends where it ends, and those between hang on the same share of their own width.
    """
    room = width - label
    if room <= 0:
        return text_at(0.0)[:width]
    count = max(1, room // (label + 4))
    line = ""
    for at in range(count + 1):
        share = at / count
        line += " " * (round(share * room) - len(line)) + text_at(share)
    return line
