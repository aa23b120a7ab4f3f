"""The parts of one job on the screen: facts, life, workers, events, log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.getters import query_one

from api_client.errors import CloudError
from api_client.models.scalars import from_unix, in_zone
from api_client.models.telemetry import Series
from console.present.context import PresentContext
from console.present.errors import error_text
from console.present.facts import Fact
from console.present.table import Column, Row, Tone
from console.present.timeline import Hold, Timeline
from console.present.units import percent_text
from screens.desk import Desk
from screens.job_curves import curves_of
from screens.widgets.chart import Chart
from screens.widgets.chart_model import ChartData, ChartMark
from screens.widgets.facts import Facts
from screens.widgets.grid import Grid
from screens.widgets.timeline import TimelineView, TimelineWords
from screens.widgets.words import Words

_DAY = timedelta(days=1)


class FactsTab(VerticalScroll, can_focus=True):
    """Everything about the job as labels and values."""

    DEFAULT_CSS = "FactsTab { height: 1fr; scrollbar-size-vertical: 1; }"

    facts = query_one("Facts", Facts)

    def compose(self) -> ComposeResult:
        yield Facts()

    def action_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)

    def action_page_down(self) -> None:
        self.scroll_relative(y=self.size.height, animate=False)

    def action_page_up(self) -> None:
        self.scroll_relative(y=-self.size.height, animate=False)

    def action_half_down(self) -> None:
        self.scroll_relative(y=self.size.height // 2, animate=False)

    def action_half_up(self) -> None:
        self.scroll_relative(y=-(self.size.height // 2), animate=False)

    def action_top(self) -> None:
        self.scroll_home(animate=False)

    def action_bottom(self) -> None:
        self.scroll_end(animate=False)


@dataclass(frozen=True, slots=True)
class Life:
    """Everything the life of a job is drawn from."""

    timeline: Timeline | None
    series: Sequence[Series] | None
    """`None` until it was read."""
    money: Sequence[Fact]
    error: CloudError | None = None
    """Why the utilisation could not be read the last time."""


class LifeTab(Vertical):
    """States, marks and slots on one axis, the utilisation under them, and the money."""

    DEFAULT_CSS = """
    LifeTab { height: 1fr; overflow-y: auto; }
    LifeTab Chart { height: 1fr; min-height: 5; max-height: 14; }
    LifeTab .life--money { height: auto; }
    """

    LABELS: ClassVar = (18, 4, 6)
    """The most cells the labels of the timeline take, its share of the width, the least."""

    chart = query_one("Chart", Chart)
    money = query_one(".life--money", Words)

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._desk = desk
        self.line = self._new_line()
        self._shown: Life | None = None
        self._charted: Life | None = None

    def compose(self) -> ComposeResult:
        yield self.line
        yield Chart()
        yield Words("", classes="life--money", markup=False)

    def show(self, life: Life) -> None:
        """Draw this life."""
        self._shown = life
        self.line.show(life.timeline)
        if not self._is_charted(life):
            self._charted = life
            self.chart.show(self._chart_data(life))
        words = "   ".join(f"{fact.label}: {fact.text}" for fact in life.money)
        self.money.say(words)

    def retranslate(self) -> None:
        """Make the timeline anew where the language is another: its words are part of it."""
        self._charted = None
        if self._language == self._desk.translator.language:
            return
        focused = self.line.has_focus
        old, self.line = self.line, self._new_line()
        self.mount(self.line, before=old)
        old.remove()
        if focused:
            self.line.focus()
        if self._shown is not None:
            self.line.show(self._shown.timeline)

    def _new_line(self) -> TimelineView:
        t = self._desk.t
        self._language = self._desk.translator.language
        words = TimelineWords(
            states=t("job_view.states"),
            marks=t("job_view.marks"),
            empty=t("job_view.no_life"),
            time_text=self._time,
            hold_text=self._hold_text,
        )
        return TimelineView(words)

    def _time(self, moment: datetime) -> str:
        line = self._shown.timeline if self._shown is not None else None
        long = line is not None and line.end - line.start > _DAY
        return in_zone(moment, self._desk.zone).strftime("%m-%d %H:%M" if long else "%H:%M:%S")

    def _hold_text(self, hold: Hold) -> str:
        return self._desk.t("logs_view.rank", rank=hold.rank)

    def on_resize(self) -> None:
        self._align()

    def _align(self) -> None:
        """Let the chart's plot begin under the first column of the timeline."""
        most, share, least = self.LABELS
        labels = min(most, max(least, self.size.width // share))
        self.chart.styles.margin = (0, 0, 0, max(0, labels - len(percent_text(1.0))))

    def _is_charted(self, life: Life) -> bool:
        """Whether the chart would look the same: the clock alone moves it by a dot at a time."""
        before = self._charted
        if before is None or before.series is not life.series or before.error != life.error:
            return False
        was, line = before.timeline, life.timeline
        if was is None or line is None:
            return was is line
        dot = (was.end - was.start) / max(1, 2 * self.chart.size.width)
        same = was.start == line.start and was.marks == line.marks
        return same and timedelta(0) <= line.end - was.end < dot

    def _chart_data(self, life: Life) -> ChartData:
        line, t = life.timeline, self._desk.t
        if line is None:
            return ChartData(empty=t("common.empty.unmeasured"))
        return ChartData(
            series=curves_of(life.series or (), lambda count: t("job_view.mean", count=count)),
            start=line.start.timestamp(),
            end=line.end.timestamp(),
            marks=tuple(
                ChartMark(mark.time.timestamp(), mark.text, mark.tone)
                for mark in line.marks
                if mark.tone is Tone.FAILED
            ),
            low=0.0,
            high=1.0,
            empty=self._why_empty(life),
            value_text=percent_text,
            time_text=self._stamp,
        )

    def _why_empty(self, life: Life) -> str:
        if life.error is not None:
            return error_text(life.error, self._desk.present()).sentence
        if life.series is None:
            return self._desk.t("common.fresh.loading")
        return self._desk.t("job_view.no_utilisation")

    def _stamp(self, seconds: float) -> str:
        return self._time(from_unix(seconds, self._desk.zone))

    @on(TimelineView.MarkChosen)
    def _mark_chosen(self, event: TimelineView.MarkChosen) -> None:
        event.stop()
        self.chart.cursor = event.mark.time.timestamp()

    @on(Chart.CursorMoved)
    def _cursor_moved(self, event: Chart.CursorMoved) -> None:
        event.stop()


class GridTab(Vertical):
    """A list inside the job."""

    DEFAULT_CSS = "GridTab { height: 1fr; }"

    grid = query_one("Grid", Grid)

    def __init__(self, columns: Sequence[Column], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = tuple(columns)

    def compose(self) -> ComposeResult:
        yield Grid()

    def retitle(self, ctx: PresentContext) -> None:
        """Show the headings in the current language."""
        self.grid.set_columns(self._columns, {c.id: ctx.t(c.title_key) for c in self._columns})

    def show(self, rows: Sequence[Row], empty: str) -> None:
        """Show these rows, or the sentence that says why there is none."""
        self.grid.set_rows(rows)
        self.grid.set_notice("" if rows else empty)
