"""The pane that reads and draws the use of one node's slots over time."""

from __future__ import annotations

from collections.abc import Sequence

from textual.worker import Worker

from api_client.errors import CloudError
from api_client.models.telemetry import Metric, Series, Window
from console.present.errors import error_text
from console.present.table import Tone
from console.present.units import DASH, duration_text
from screens.chart_table import table_lines
from screens.desk import Desk
from screens.node_chart import TimeRange, use_chart
from screens.node_panes import Pane
from screens.panel import Piece
from screens.widgets.chart import Chart
from screens.widgets.dialogs import MessageDialog


class UsePane(Pane):
    """A chart of the last minutes; what was read last stays while the source fails."""

    DEFAULT_CSS = "UsePane Chart { height: 1fr; }"

    def __init__(self, desk: Desk) -> None:
        self.chart = Chart(id="node-use")
        super().__init__("use", self.chart)
        self.desk = desk
        self.range = TimeRange()
        self._node = ""
        self._series: Sequence[Series] = ()
        self._window: Window | None = None
        self._error: CloudError | None = None
        self._paused = False

    def of_node(self, name: str) -> None:
        """Show this node; another one begins with the latest minutes."""
        if name != self._node:
            self._node = name
            self._series, self._window, self._error = (), None, None
            self.range = TimeRange()
            self.chart.cursor = None
            self._paused = False
        self.read()

    def keep_live(self) -> None:
        """Read what is new, unless the chart was stopped to be looked at."""
        if not self._paused:
            self.read()

    def read(self) -> None:
        """Read the series now, without waiting."""
        if self._node:
            # The function, not its coroutine: one that never starts is never awaited.
            _worker: Worker[None] = self.run_worker(
                self._load, group="series", exclusive=True, exit_on_error=False
            )

    # The actions on time, whichever pane has the keyboard.

    def action_time_range(self) -> None:
        self._choose(self.range.next())

    def action_time_back(self) -> None:
        self._choose(self.range.moved(1))

    def action_time_forward(self) -> None:
        self._choose(self.range.moved(-1))

    def action_pause_live(self) -> None:
        """Stop the chart where it is, or let it run on."""
        self._paused = not self._paused
        self.draw()
        self.keep_live()

    def action_as_table(self) -> None:
        """The numbers of the chart."""
        ctx = self.desk.present()
        lines = table_lines(self.chart.data, DASH) or [ctx.t("common.empty.unmeasured")]
        hint = ctx.t("screen.dialog.hint")
        self.app.push_screen(MessageDialog(ctx.t("node_view.pane.use"), lines, hint=hint))

    def action_zoom_in(self) -> None:
        self._choose(self.range.zoomed(-1))

    def action_zoom_out(self) -> None:
        self._choose(self.range.zoomed(1))

    def action_zoom_reset(self) -> None:
        self.chart.cursor = None
        self._choose(TimeRange())

    def _choose(self, chosen: TimeRange) -> None:
        if chosen != self.range:
            self.range = chosen
            self.read()

    async def _load(self) -> None:
        node, window = self._node, self.range.window(self.desk.clock())
        try:
            found = await self.desk.session.series(Metric.UTILISATION, window, node=node)
        except CloudError as error:
            self._error = error
        else:
            self._series, self._error = found, None
        self._window = window
        self.draw()

    def draw(self) -> None:
        """Draw what is known."""
        ctx, window = self.desk.present(), self._window
        length = duration_text(self.range.length)
        key = "node_view.past" if self.range.back else "node_view.last"
        tone = Tone.WARNING if self.range.back else Tone.DIM
        note = Piece(ctx.t(key, length=length), tone)
        if self._paused:
            note = Piece(ctx.t("node_view.paused"), Tone.WARNING)
        empty = ctx.t("common.empty.unmeasured" if window else "common.fresh.loading")
        if self._error is not None:
            empty = error_text(self._error, ctx).sentence
            note = Piece(ctx.t("node_view.not_read"), Tone.STALE, "stale")
        self.entitle(ctx.t("node_view.pane.use"), note)
        if window is not None:
            marks = self.desk.counts.node_events.of(self._node)
            self.chart.show(use_chart(self._series, window, marks, ctx, empty))
