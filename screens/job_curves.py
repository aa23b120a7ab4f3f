"""Which curves of a job's accelerators are drawn: each of a few, else the mean and the idlest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from api_client.models.telemetry import Series
from console.text import visible
from screens.widgets.chart_model import ChartSeries

MOST_CURVES = 8
"""Curves one chart can show apart."""

IDLEST = 3
"""Curves beside the mean where there are more: a job waits for the slowest of its ranks."""

Points = list[tuple[float, float | None]]


def curves_of(series: Sequence[Series], mean: Callable[[int], str]) -> tuple[ChartSeries, ...]:
    """A curve an accelerator, or the mean of all and those used least.

    Args:
        series: one or several of an accelerator: attempts on the same one are one curve.
        mean: what the mean of so many accelerators is called.
    """
    curves = _by_accelerator(series)
    if len(curves) <= MOST_CURVES:
        return tuple(ChartSeries(name, tuple(points)) for name, points in curves.items())
    idlest = sorted(curves, key=lambda name: _level(curves[name]))[:IDLEST]
    return (
        ChartSeries(mean(len(curves)), tuple(_mean(curves))),
        *(ChartSeries(name, tuple(curves[name])) for name in idlest),
    )


def _by_accelerator(series: Sequence[Series]) -> dict[str, Points]:
    points: dict[str, Points] = {}
    for each in series:
        name = each.labels.get("accelerator") or each.labels.get("node", "")
        mine = points.setdefault(visible(name), [])
        mine += [(point.time.timestamp(), point.value) for point in each.points]
    return {name: _in_order(mine) for name, mine in points.items()}


def _in_order(points: Points) -> Points:
    """Points by time, one a moment; a measured value wins over a gap."""
    best: dict[float, float | None] = {}
    for time, value in points:
        if value is not None or time not in best:
            best[time] = value
    return sorted(best.items())


def _level(points: Points) -> float:
    """The mean of what was measured; one that was never measured is not called idle."""
    known = [value for _, value in points if value is not None]
    return sum(known) / len(known) if known else float("inf")


def _mean(curves: Mapping[str, Points]) -> Points:
    """The mean of those measured at each moment; a gap where none was."""
    moments: dict[float, list[float]] = {}
    for points in curves.values():
        for time, value in points:
            known = moments.setdefault(time, [])
            if value is not None:
                known.append(value)
    return [
        (time, sum(known) / len(known) if known else None)
        for time, known in sorted(moments.items())
    ]
