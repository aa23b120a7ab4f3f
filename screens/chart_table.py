"""The numbers of a chart, for screen readers, copying and tests."""

from __future__ import annotations

from collections.abc import Sequence

from screens.widgets.cells import fit, visible, width_of
from screens.widgets.chart_model import ChartData


def table_lines(data: ChartData, dash: str) -> list[str]:
    """One line a moment, the latest first; a value that is not known is `dash`."""
    names = [visible(series.name) for series in data.series]
    at: dict[float, dict[int, float | None]] = {}
    for index, series in enumerate(data.series):
        for time, value in series.points:
            at.setdefault(time, {})[index] = value
    rows = [
        [data.time_text(time), *(_text(data, at[time].get(i), dash) for i in range(len(names)))]
        for time in sorted(at, reverse=True)
    ]
    return _aligned([["", *names], *rows]) if rows else []


def _text(data: ChartData, value: float | None, dash: str) -> str:
    return dash if value is None else data.value_text(value)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(width_of(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = enumerate(zip(row, widths, strict=True))
        lines.append("  ".join(fit(text, width, right=at > 0) for at, (text, width) in cells))
    return lines
