"""Curves over time; the one place that knows the plotting library."""

from __future__ import annotations

from dataclasses import dataclass

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.cells import cut, fit, visible, width_of
from screens.widgets.chart_model import ChartData, axis_line, segments, value_at
from screens.widgets.ink import Inked
from screens.widgets.log_text import styled_runs

Canvas = list[list[tuple[str, Style]]]

_LEAST_HEIGHT = 4
_LABEL_MAX = 10


class Chart(Inked, can_focus=True):
    """A legend with values, curves, marks, a time axis and a time cursor.

    Give `border_title` its title: titles with wide characters are never given to the plot.
    """

    DEFAULT_CSS = "Chart { height: 12; }"

    @dataclass
    class CursorMoved(Message):
        """The time cursor is at another `moment` (seconds since the epoch), or nowhere."""

        chart: Chart
        moment: float | None

        @property
        def control(self) -> Chart:
            return self.chart

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._data = ChartData()
        self._cursor: float | None = None
        self._plot: Canvas | None = None
        self._lines: list[Strip] | None = None

    @property
    def data(self) -> ChartData:
        """What is drawn."""
        return self._data

    def show(self, data: ChartData) -> None:
        """Draw this; nothing is painted where it is the same object."""
        if data is not self._data:
            self._data = data
            self._plot = self._lines = None
            self.refresh()

    @property
    def cursor(self) -> float | None:
        """The moment the cursor is at; set it to share one cursor between charts."""
        return self._cursor

    @cursor.setter
    def cursor(self, time: float | None) -> None:
        if time != self._cursor:
            self._cursor = time
            self._lines = None
            self.refresh()

    def action_cursor_left(self) -> None:
        self._step(-1)

    def action_cursor_right(self) -> None:
        self._step(1)

    def _step(self, columns: int) -> None:
        data = self._data
        if data.end <= data.start:
            return
        step = (data.end - data.start) / max(1, self._plot_width)
        now = data.end if self._cursor is None else self._cursor
        self.cursor = max(data.start, min(data.end, now + columns * step))
        self.post_message(self.CursorMoved(self, self._cursor))

    def notify_style_update(self) -> None:
        self._plot = self._lines = None
        super().notify_style_update()

    def on_resize(self) -> None:
        self._plot = self._lines = None

    def render_line(self, y: int) -> Strip:
        if self._lines is None:
            self._lines = self._draw()
        width = self.size.width
        strip = self._lines[y] if y < len(self._lines) else Strip.blank(width)
        return strip.adjust_cell_length(width).apply_style(self.rich_style)

    # Drawing.

    @property
    def _label_width(self) -> int:
        low, high = self._data.value_range()
        text = self._data.value_text
        widest = max(width_of(text(v)) for v in (low, (low + high) / 2, high))
        return min(_LABEL_MAX, widest)

    @property
    def _plot_width(self) -> int:
        return max(1, self.size.width - self._label_width - 1)

    def _draw(self) -> list[Strip]:
        data, size = self._data, self.size
        if not data.has_values or data.end <= data.start:
            return [Strip([Segment(f" {visible(data.empty)}", self.ink.tone(Tone.DIM))])]
        if size.height < _LEAST_HEIGHT or self._plot_width < 8:
            return [self._legend()]
        height = size.height - 2
        if self._plot is None:
            self._plot = self._curves(self._plot_width, height)
        rows = [list(row) for row in self._plot]
        self._overlay(rows)
        body = [self._with_label(row, at, height) for at, row in enumerate(rows)]
        return [self._legend(), *body, self._axis()]

    def _curves(self, width: int, height: int) -> Canvas:
        # Imported here: it costs as much as the whole first frame of a console without charts.
        import plotext

        data, figure = self._data, plotext.figure
        marker = "braille" if not self.glyphs.ascii_only else "*"
        figure.clear()
        figure.plot_size(width, height)
        figure.axes(False)
        figure.ruler("x", 0).lim(data.start, data.end).ticks([], [])
        figure.ruler("y", 0).lim(*data.value_range()).ticks([], [])
        for index, series in enumerate(data.series):
            pixel = _rgb(self.ink.series(index))
            for stretch in segments(series.points, data.start, data.end, width * 2):
                times, values = zip(*stretch, strict=True)
                signal = figure.signal(
                    list(times), list(values), marker=plotext.marker(marker, pixel=pixel)
                )
                signal.lines(len(stretch) > 1)
                figure.draw(signal)
        return _canvas(figure.build().string(), width, height)

    def _overlay(self, rows: Canvas) -> None:
        sign = self.glyphs["time_cursor"]
        lines = [(mark.time, self.ink.tone(mark.tone)) for mark in self._data.marks]
        if self._cursor is not None:
            lines.append((self._cursor, self.ink.tone(Tone.ACCENT) + Style(bold=True)))
        for time, style in lines:
            column = self._column(time)
            if column is None:
                continue
            for row in rows:
                if row[column][0] in (" ", sign):
                    row[column] = (sign, style)

    def _column(self, time: float) -> int | None:
        data = self._data
        if not data.start <= time <= data.end:
            return None
        share = (time - data.start) / (data.end - data.start)
        return min(self._plot_width - 1, round(share * (self._plot_width - 1)))

    def _with_label(self, row: list[tuple[str, Style]], at: int, height: int) -> Strip:
        low, high = self._data.value_range()
        places = {0: high, height - 1: low}
        if height >= 5:
            places[(height - 1) // 2] = high - (high - low) * ((height - 1) // 2) / (height - 1)
        text = self._data.value_text(places[at]) if at in places else ""
        label = fit(text, self._label_width, right=True)
        head = [Segment(label, self.ink.tone(Tone.DIM)), Segment("│", self.ink.rule)]
        return Strip([*head, *(Segment(sign, style) for sign, style in row)])

    def _axis(self) -> Strip:
        data = self._data
        label = width_of(data.time_text(data.start))
        line = axis_line(
            self._plot_width,
            label,
            lambda share: data.time_text(data.start + (data.end - data.start) * share),
        )
        return Strip([Segment(" " * (self._label_width + 1) + line, self.ink.tone(Tone.DIM))])

    def _legend(self) -> Strip:
        data = self._data
        reach = (data.end - data.start) / self._plot_width * 2
        out: list[Segment] = []
        for index, series in enumerate(data.series):
            time = data.end if self._cursor is None else self._cursor
            near = reach if self._cursor is not None else data.end - data.start
            value = value_at(series.points, time, near)
            shown = "—" if value is None else data.value_text(value)
            out.append(Segment(f"{self.glyphs['span']} ", self.ink.series(index)))
            out.append(Segment(f"{visible(series.name)} {shown}  ", self.ink.tone(Tone.PLAIN)))
        if self._cursor is not None:
            out.append(Segment(f"@ {data.time_text(self._cursor)}  ", self.ink.tone(Tone.ACCENT)))
            out += self._marks_near(reach)
        return Strip(out)

    def _marks_near(self, reach: float) -> list[Segment]:
        cursor = self._cursor or 0.0
        near = [mark for mark in self._data.marks if abs(mark.time - cursor) <= reach]
        return [Segment(f"{cut(visible(m.label), 40)} ", self.ink.tone(m.tone)) for m in near]


def _rgb(style: Style) -> tuple[int, int, int]:
    colour = style.color or Color.default()
    triplet = colour.get_truecolor()
    return (triplet.red, triplet.green, triplet.blue)


def _canvas(text: str, width: int, height: int) -> Canvas:
    """What the library printed as cells: its colours for the curves, never its background."""
    rows: Canvas = []
    for line in text.splitlines()[:height]:
        row: list[tuple[str, Style]] = []
        for run in styled_runs(line):
            style = Style(color=run.style.color) if run.style is not None else Style()
            row += [(sign, style) for sign in run.text]
        rows.append((row + [(" ", Style())] * width)[:width])
    rows += [[(" ", Style())] * width for _ in range(height - len(rows))]
    return rows
