"""The panels of the overview and the sums behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.timer import Timer

from console.present.table import Tone
from screens.base import View
from screens.desk import Desk
from screens.followed import PAUSE_SECONDS
from screens.overview_panels import (
    Spending,
    incident_lines,
    job_lines,
    money_lines,
    node_lines,
)
from screens.panel import Line, Piece
from screens.place_panel import PlacePanel

_PANEL_FEEDS = {
    "compute": ("nodes",),
    "jobs": ("jobs",),
    "incidents": ("incidents",),
    "billing": ("charges", "prices", "jobs"),
}


class FiguresView(View):
    """A view with the four panels, whose sums are counted in slices where there is much."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.figures = desk.counts
        self._counting: Timer | None = None
        self._undrawn: list[Callable[[], None]] = []
        self._drawing: Timer | None = None

    def draw_counted(self) -> None:
        """Draw everything that stands on counted sums."""
        self.draw_figures()

    def count(self) -> None:
        """Take over what changed and draw; what is left is counted afterwards."""
        done = self.figures.update(self.desk.session.store)
        self.draw_counted()
        if not done:
            self._count_on()

    def _count_on(self) -> None:
        """Count the rest in slices, each after what a person may have pressed meanwhile."""
        if self._counting is None:
            self._counting = self.set_timer(PAUSE_SECONDS, self._next_slice)

    def _next_slice(self) -> None:
        self._counting = None
        if not self.display:
            return
        if self.figures.step():
            self.draw_counted()
        else:
            self._count_on()

    def draw_parts(self, parts: Sequence[Callable[[], None]], *, at_once: bool) -> None:
        """Draw at once, or part by part, each after what a person may have pressed meanwhile."""
        self._undrawn = list(parts)
        if at_once:
            while self._undrawn:
                self._undrawn.pop(0)()
        elif self._drawing is None:
            self._drawing = self.set_timer(PAUSE_SECONDS, self._draw_part)

    def _draw_part(self) -> None:
        self._drawing = None
        if self.display and self._undrawn:
            self._undrawn.pop(0)()
            self._drawing = self.set_timer(PAUSE_SECONDS, self._draw_part)

    def draw_figures(self) -> None:
        """Say in each panel what its sums are."""
        ctx, counts = self.desk.present(), self.figures
        self._panel("compute", ("nodes",), lambda: node_lines(counts.nodes.sums, ctx))
        share = counts.effective_share
        self._panel("jobs", ("jobs",), lambda: job_lines(counts.jobs, share, ctx))
        incidents = self.snapshot("incidents").items
        self._panel("incidents", (), lambda: incident_lines(incidents.values(), ctx))
        self._panel("billing", (), lambda: money_lines(self._spending(), ctx))

    def _spending(self) -> Spending:
        """Sums of what was read and counted."""
        counts = self.figures

        def known(feed: str) -> bool:
            return self.snapshot(feed).fetched_at is not None and counts.counted(feed)

        return Spending(
            charges=counts.charges if known("charges") else None,
            held=counts.held if known("jobs") else None,
            nodes=counts.nodes if known("nodes") else None,
        )

    def _panel(
        self, place: str, counted: Sequence[str], lines: Callable[[], Sequence[Line]]
    ) -> None:
        """Draw a panel; one whose sums are not figures yet says that they are being counted."""
        panel = self.query_one(f"#overview-{place}", PlacePanel)
        snapshots = [self.snapshot(feed) for feed in _PANEL_FEEDS[place]]
        counting = [feed for feed in counted if not self.figures.counted(feed)]
        words: list[Line] = [(Piece(self.desk.t("overview_view.counting"), Tone.DIM),)]
        panel.tell((lambda: words) if counting else lines, snapshots, part=place == "billing")
