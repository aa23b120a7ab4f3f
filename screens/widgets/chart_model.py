"""Points of a chart, thinned to what a terminal can show; gaps stay gaps."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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

    @property
    def has_values(self) -> bool:
        """Whether any point can be drawn."""
        return any(_usable(v) for s in self.series for _, v in s.points)

    def value_range(self) -> tuple[float, float]:
        """Bottom and top of the value axis, never the same."""
        values = [v for s in self.series for _, v in s.points if v is not None and _usable(v)]
        low = self.low if self.low is not None else min(values, default=0.0)
        high = self.high if self.high is not None else max(values, default=1.0)
        if high <= low:
            high = low + (abs(low) or 1.0)
        return low, high


def _usable(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def segments(
    points: Sequence[TimedValue], start: float, end: float, columns: int
) -> list[list[tuple[float, float]]]:
    """Unbroken stretches of `points` inside the range, at most about two points a column.

    In each column the lowest and the highest value are kept, so that a spike is never lost.
    """
    found: list[list[tuple[float, float]]] = [[]]
    for time, value in points:
        if not start <= time <= end:
            continue
        if value is None or not math.isfinite(value):
            if found[-1]:
                found.append([])
        else:
            found[-1].append((time, value))
    width = (end - start) / max(1, columns) or 1.0
    return [_thinned(stretch, start, width) for stretch in found if stretch]


def _thinned(
    stretch: list[tuple[float, float]], start: float, width: float
) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    column: list[tuple[float, float]] = []
    at = -1
    for point in stretch:
        place = int((point[0] - start) / width)
        if place != at and column:
            kept += _extremes(column)
            column = []
        at = place
        column.append(point)
    return kept + _extremes(column)


def _extremes(column: list[tuple[float, float]]) -> list[tuple[float, float]]:
    low = min(column, key=lambda point: point[1])
    high = max(column, key=lambda point: point[1])
    return [low] if low == high else sorted((low, high))


def value_at(points: Sequence[TimedValue], time: float, reach: float) -> float | None:
    """The value nearest to `time`, or `None` where none is within `reach` seconds."""
    near = [(abs(at - time), v) for at, v in points if v is not None and _usable(v)]
    distance, value = min(near, key=lambda pair: pair[0], default=(math.inf, None))
    return value if distance <= reach else None


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
