"""Series in as many columns as there is room: the least and the most of each survive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api_client.models.telemetry import Point, Series

BLOCKS: Final = "▁▂▃▄▅▆▇█"
ASCII_BLOCKS: Final = "_.-=+*%#"
GAP: Final = " "


@dataclass(frozen=True, slots=True)
class ColumnSpan:
    """What one column of a chart covers; all `None` where nothing was measured."""

    low: float | None = None
    high: float | None = None
    mean: float | None = None
    last: float | None = None


EMPTY: Final = ColumnSpan()


def downsample(
    points: Iterable[Point], width: int, start: datetime, end: datetime
) -> tuple[ColumnSpan, ...]:
    """Points of [start, end] in `width` columns of equal time; columns without a value are gaps.

    Raises:
        ValueError: `width` is not positive or the time runs backwards.
    """
    if width < 1 or end < start:
        raise ValueError("a chart needs a column and a time that runs forward")
    from_time, length = start.timestamp(), (end - start).total_seconds()
    columns: list[list[float]] = [[] for _ in range(width)]
    for point in points:
        if point.value is None:
            continue
        offset = point.time.timestamp() - from_time
        if 0 <= offset <= length:
            index = int(offset / length * width) if length else 0
            columns[min(index, width - 1)].append(point.value)
    return tuple(_span(values) if values else EMPTY for values in columns)


def _span(values: list[float]) -> ColumnSpan:
    return ColumnSpan(min(values), max(values), sum(values) / len(values), values[-1])


def bounds(columns: Iterable[ColumnSpan]) -> tuple[float, float] | None:
    """The least and the most over all columns; `None` where nothing was measured."""
    lows = [column.low for column in columns if column.low is not None]
    return (min(lows), _highest(columns)) if lows else None


def _highest(columns: Iterable[ColumnSpan]) -> float:
    return max(column.high for column in columns if column.high is not None)


def sparkline(
    values: Sequence[float | None],
    *,
    low: float | None = None,
    high: float | None = None,
    ascii_only: bool = False,
) -> str:
    """One sign a value between `low` and `high` (those of the values where not given); a gap is
    a blank."""
    signs = ASCII_BLOCKS if ascii_only else BLOCKS
    known = [value for value in values if value is not None]
    if not known:
        return GAP * len(values)
    floor = min(known) if low is None else low
    ceiling = max(known) if high is None else high
    return "".join(
        GAP if value is None else _sign(value, floor, ceiling, signs) for value in values
    )


def _sign(value: float, floor: float, ceiling: float, signs: str) -> str:
    # A flat line of something stays in the middle; a flat line of nothing lies on the ground.
    if ceiling <= floor:
        return signs[len(signs) // 2] if value else signs[0]
    share = (value - floor) / (ceiling - floor)
    return signs[min(len(signs) - 1, max(0, int(share * len(signs))))]


def series_sparkline(
    series: Series,
    width: int,
    start: datetime,
    end: datetime,
    *,
    low: float | None = None,
    high: float | None = None,
    ascii_only: bool = False,
) -> str:
    """A series as one line; each column shows its highest value so that peaks are seen."""
    columns = downsample(series.points, width, start, end)
    highs = [column.high for column in columns]
    return sparkline(highs, low=low, high=high, ascii_only=ascii_only)
