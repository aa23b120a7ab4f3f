"""Curves over time with axes, marks and a cursor."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.braille import Canvas, Frame, braille_rows, dot_columns, sign_rows
from screens.widgets.cells import cut, fit, visible, width_of
from screens.widgets.chart_model import ChartData, axis_line
from screens.widgets.ink import Inked

_LEAST_HEIGHT = 4
_LABEL_MAX = 10
_ASCII_CURVES = "*+ox#@%="


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
        self._labels: int | None = None
        self._lines: list[Strip] | None = None

    @property
    def data(self) -> ChartData:
        """What is drawn."""
        return self._data

    def show(self, data: ChartData) -> None:
        """Draw this; nothing is painted where it is the same object."""
        if data is not self._data:
            self._data = data
            self._forget()
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

    def _forget(self) -> None:
        """Another curve, another size or other colours: everything is drawn anew."""
        self._plot = self._labels = self._lines = None

    def notify_style_update(self) -> None:
        self._forget()
        super().notify_style_update()

    def on_resize(self) -> None:
        self._forget()

    def render_line(self, y: int) -> Strip:
        if self._lines is None:
            base, width = self.rich_style, self.size.width
            self._lines = [
                strip.adjust_cell_length(width).apply_style(base) for strip in self._draw()
            ]
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    # Drawing.

    def _ticks(self) -> dict[int, float]:
        """The rows that carry a value, and the value that lies exactly there."""
        low, high = self._data.value_range()
        bottom = max(1, self.size.height - 3)
        ticks = {0: high, bottom: low}
        if bottom >= 4:
            middle = bottom // 2
            # Halved first: the span of two large values may be more than a number can hold.
            ticks[middle] = high - (high / 2 - low / 2) * 2 * (middle / bottom)
        return ticks

    @property
    def _label_width(self) -> int:
        if self._labels is None:
            text = self._data.value_text
            widest = max(width_of(text(value)) for value in self._ticks().values())
            self._labels = min(_LABEL_MAX, widest)
        return self._labels

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
        canvas = self._plot.copy()
        self._overlay(canvas)
        body = [self._with_label(canvas.runs(at), at) for at in range(height)]
        return [self._legend(), *body, self._axis()]

    def _curves(self, width: int, height: int) -> Canvas:
        data = self._data
        frame = Frame(data.start, data.end, *data.value_range(), width, height)
        canvas = Canvas(width, height)
        for index, curve in enumerate(data.curves):
            masks = dot_columns(curve, frame)
            canvas.lay(
                sign_rows(masks, height, self._sign(index))
                if self.glyphs.ascii_only
                else braille_rows(masks, height),
                self.ink.series(index),
            )
        return canvas

    def _sign(self, index: int) -> str:
        """What a curve is drawn with, and what the legend shows."""
        if self.glyphs.ascii_only:
            return _ASCII_CURVES[index % len(_ASCII_CURVES)]
        return self.glyphs["span"]

    def _overlay(self, canvas: Canvas) -> None:
        sign = self.glyphs["time_cursor"]
        lines = [(mark.time, self.ink.tone(mark.tone)) for mark in self._data.marks]
        if self._cursor is not None:
            lines.append((self._cursor, self.ink.tone(Tone.ACCENT) + Style(bold=True)))
        columns = {self._column(time): style for time, style in lines}
        for column, style in columns.items():
            if column is not None:
                canvas.stroke(column, sign, style)

    def _column(self, time: float) -> int | None:
        data = self._data
        if not data.start <= time <= data.end:
            return None
        share = (time - data.start) / (data.end - data.start)
        return min(self._plot_width - 1, round(share * (self._plot_width - 1)))

    def _with_label(self, runs: list[Segment], at: int) -> Strip:
        ticks = self._ticks()
        text = self._data.value_text(ticks[at]) if at in ticks else ""
        label = fit(text, self._label_width, right=True)
        head = [Segment(label, self.ink.tone(Tone.DIM)), Segment("│", self.ink.rule)]
        return Strip([*head, *runs])

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
        for index, (series, curve) in enumerate(zip(data.series, data.curves, strict=True)):
            time = data.end if self._cursor is None else self._cursor
            near = reach if self._cursor is not None else data.end - data.start
            value = curve.value_at(time, near)
            shown = "—" if value is None else data.value_text(value)
            out.append(Segment(f"{self._sign(index)} ", self.ink.series(index)))
            out.append(Segment(f"{visible(series.name)} {shown}  ", self.ink.tone(Tone.PLAIN)))
        if self._cursor is not None:
            out.append(Segment(f"@ {data.time_text(self._cursor)}  ", self.ink.tone(Tone.ACCENT)))
            out += self._marks_near(reach)
        return Strip(out)

    def _marks_near(self, reach: float) -> list[Segment]:
        cursor = self._cursor or 0.0
        near = [mark for mark in self._data.marks if abs(mark.time - cursor) <= reach]
        return [Segment(f"{cut(visible(m.label), 40)} ", self.ink.tone(m.tone)) for m in near]
