"""Draws a chart of 10,000 points, ours or plotext's, or our map; prints one JSON line."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable

WIDTH, HEIGHT = 80, 20
_FRAMES = range(10)


def _values(points: int, shift: int) -> list[float]:
    return [math.sin((at + shift) / 300) + (at % 97 == 0) * 0.5 for at in range(points)]


def _ours(count: int) -> Callable[[int], int]:
    from rich.style import Style

    from screens.widgets.braille import Canvas, Frame, braille_rows, dot_columns
    from screens.widgets.chart_model import ChartData, ChartSeries

    # A new reading adds a point to those that are there.
    points = [
        tuple((float(at), value) for at, value in enumerate(_values(count, shift)))
        for shift in _FRAMES
    ]

    def draw(shift: int) -> int:
        data = ChartData((ChartSeries("loss", points[shift]),), 0.0, float(count))
        frame = Frame(data.start, data.end, *data.value_range(), WIDTH, HEIGHT)
        canvas = Canvas(WIDTH, HEIGHT)
        for curve in data.curves:
            canvas.lay(braille_rows(dot_columns(curve, frame), HEIGHT), Style())
        return sum(len(canvas.runs(row)) for row in range(HEIGHT))

    return draw


def _map(count: int) -> Callable[[int], int]:
    from rich.style import Style

    from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
    from api_client.models.slim import replace
    from console.analysis.fleet_map import FleetMap
    from screens.widgets.heatmap_codes import Signs
    from screens.widgets.heatmap_paint import MapPaint
    from screens.widgets.heatmap_view import MapView
    from screens.widgets.ink import Ink
    from themes.glyphs import glyphs
    from themes.library import DEFAULT_VARIABLES

    nodes = [
        NodeSummary(
            name=f"n{number:05}",
            pool=f"pool-{number // 1250}",
            health=NodeHealth.HEALTHY,
            scheduling=Scheduling.OPEN,
            accelerators=8,
            allocated=number % 9,
            utilisation=number % 97 / 97,
        )
        for number in range(count)
    ]
    fleet = FleetMap()
    for node in nodes:
        fleet.put(node)
    fleet.settle()
    view, paint = MapView(fleet), MapPaint(fleet)
    view.arrange(WIDTH + 36, 36, None)
    signs = Signs(Ink(DEFAULT_VARIABLES), glyphs(False), Style())

    def draw(shift: int) -> int:
        # A twentieth of the nodes changes, and the whole screen is drawn anew.
        for at in range(shift, len(nodes), 20):
            fleet.take(nodes[at])
            nodes[at] = replace(nodes[at], utilisation=(at + shift) % 89 / 89)
            fleet.put(nodes[at])
        changed = fleet.settle()
        assert changed is not None
        paint.touch(view, changed)
        paint.forget_cells()
        return sum(len(paint.line(line, view, signs, WIDTH + 36)) for line in range(36))

    return draw


def _plotext(count: int) -> Callable[[int], int]:
    import plotext

    values = [_values(count, shift) for shift in _FRAMES]

    def draw(shift: int) -> int:
        plotext.clear_figure()
        plotext.plot_size(WIDTH, HEIGHT)
        plotext.plot(values[shift], marker="braille")
        return len(plotext.build())

    return draw


def main(name: str, count: int) -> None:
    """Draw a few frames, each of other points (of other nodes on the map)."""
    draw = {"ours": _ours, "map": _map, "plotext": _plotext}[name](count)
    draw(0)
    started = time.process_time()
    size = min(draw(number) for number in _FRAMES)
    taken = time.process_time() - started
    print(json.dumps({"cpu": taken / len(_FRAMES) * 1000, "size": size}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
