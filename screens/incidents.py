"""Incidents: every failure, how fast it was noticed and mended, and what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.getters import query_one

from api_client.models.base import Ref
from api_client.models.event import Incident
from console.present.context import PresentContext
from console.present.facts import incident_facts
from console.present.filters.nouns import INCIDENT_FIELDS
from console.present.incidents import INCIDENT_COLUMNS, incident_row
from console.present.table import Row, Tone
from console.present.units import DASH, duration_text, percent_text
from screens.counting_on import CountingOn
from screens.desk import Desk
from screens.list_view import ListView
from screens.object_dialogs import fact_lines
from screens.pace import Pace
from screens.refs import Refs
from screens.widgets.grid import Grid
from screens.widgets.status_bar import Badge, StatusBar


class IncidentsView(ListView):
    """Failures of every job, the newest first, under the figures of all of them."""

    VIEW = "incidents"
    FEED = "incidents"
    NOUN = "incidents"
    KIND = "incident"
    OPENS = "incident"
    COLUMNS = INCIDENT_COLUMNS
    FIELDS = INCIDENT_FIELDS
    EMPTY_KEY = "common.empty.incidents"
    PROBLEMS = "outcome=failed,recovering"
    HINTS: ClassVar = ("list.open", "list.logs", "list.related", "global.problems_only")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._figures_pace = Pace()
        self._counting = CountingOn(self, desk.counts.step, self._draw_figures)

    figures = query_one("#incident-figures", StatusBar)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="incident-figures")
        yield Grid(id="incidents-grid")

    def on_mount(self) -> None:
        # What a failure cost is half of what this place is for.
        self.grid.show_money = True

    def feeds(self) -> Sequence[str]:
        return ("incidents", "jobs")

    def natural(self) -> Callable[[Incident], float]:
        """The newest first."""
        return lambda incident: -_moment(incident)

    def row(self, item: Incident, ctx: PresentContext) -> Row:
        return incident_row(item, ctx)

    def draw(self) -> None:
        super().draw()
        jobs, incidents = self.snapshot("jobs"), self.snapshot(self.FEED)
        seen = (jobs.version, incidents.version, self.desk.translator.language)
        self._figures_pace.do(seen, len(jobs.items), self._count)

    def _count(self) -> None:
        self.desk.counts.follow(self.desk.session.store)
        if self._counting.begin():
            self._draw_figures()

    def _draw_figures(self) -> None:
        self.figures.show(self._figures())

    def _figures(self) -> list[Badge]:
        counts, found = self.desk.counts, self.desk.counts.failures
        figures = (
            ("effective", percent_text(counts.effective_share), 90),
            ("failures", str(found.failures), 80),
            ("detect", duration_text(found.to_detect), 70),
            ("recover", duration_text(found.to_recover), 75),
            ("between", duration_text(counts.between_failures), 60),
        )
        badges = [
            Badge(f"{self.desk.t(f'incident_view.{name}')} {text}", _tone(text), weight=weight)
            for name, text, weight in figures
        ]
        if found.unknown_losses:
            text = self.desk.t("incident_view.unknown_losses", n=found.unknown_losses)
            badges.append(Badge(text, Tone.WARNING, weight=50))
        return badges

    def subjects(self) -> Sequence[Ref]:
        """The job that failed: that is what one acts on."""
        incidents = self.snapshot(self.FEED).items
        keys = self.chosen_keys()
        jobs = dict.fromkeys(incidents[key].job for key in keys if key in incidents)
        return Refs("job", list(jobs))

    def do_logs(self) -> None:
        incident = self.cursor_item
        if incident is not None:
            self.go("logs", incident.job, detail=f"{incident.rank or 0}:{incident.attempt}")

    def related(self, item: Incident) -> list[Ref]:
        nodes = [Ref(kind="node", id=node) for node in item.nodes]
        return [Ref(kind="job", id=item.job), *nodes]

    def why_lines(self, row: Row) -> list[str]:
        ctx = self.desk.present()
        incident = self.model.item(row.key)
        facts = [] if incident is None else fact_lines(incident_facts(incident, ctx))
        return [*facts, "", ctx.t("incident_view.why")]


def _moment(incident: Incident) -> float:
    moment = incident.detected or incident.happened
    return moment.timestamp() if moment else 0.0


def _tone(text: str) -> Tone:
    return Tone.DIM if text == DASH else Tone.PLAIN
