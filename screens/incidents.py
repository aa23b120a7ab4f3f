"""Incidents: every failure, how fast it was noticed and mended, and what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.getters import query_one

from api_client.models.base import Ref
from api_client.models.event import Incident
from console.analysis.goodput import goodput
from console.present.context import PresentContext
from console.present.facts import incident_facts
from console.present.filters.nouns import INCIDENT_FIELDS
from console.present.incidents import INCIDENT_COLUMNS, incident_row
from console.present.table import Row, Tone
from console.present.units import DASH, duration_text, percent_text
from screens.list_view import ListView
from screens.object_dialogs import fact_lines
from screens.widgets.grid import Grid
from screens.widgets.status_bar import Badge, StatusBar


class IncidentsView(ListView):
    """Failures of every job, the newest first, under the figures of all of them."""

    VIEW = "incidents"
    FEED = "incidents"
    KIND = "incident"
    OPENS = "incident"
    COLUMNS = INCIDENT_COLUMNS
    FIELDS = INCIDENT_FIELDS
    EMPTY_KEY = "common.empty.incidents"
    PROBLEMS = "outcome=failed,recovering"
    HINTS: ClassVar = ("list.open", "list.logs", "list.related", "global.problems_only")

    figures = query_one("#incident-figures", StatusBar)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="incident-figures")
        yield Grid(id="incidents-grid")

    def on_mount(self) -> None:
        # What a failure cost is half of what this place is for.
        self.grid.show_money = True

    def feeds(self) -> Sequence[str]:
        return ("incidents", "jobs")

    def items(self) -> list[Incident]:
        found = self.snapshot(self.FEED).items.values()
        return sorted(found, key=_moment, reverse=True)

    def row(self, item: Incident, ctx: PresentContext) -> Row:
        return incident_row(item, ctx)

    def draw(self) -> None:
        super().draw()
        self.figures.show(self._figures())

    def _figures(self) -> list[Badge]:
        found = goodput(self.snapshot("jobs").items.values(), self.items())
        figures = (
            ("effective", percent_text(found.effective_share), 90),
            ("failures", str(found.failures), 80),
            ("detect", duration_text(found.to_detect), 70),
            ("recover", duration_text(found.to_recover), 75),
            ("between", duration_text(found.between_failures), 60),
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
        keys = [ref.id for ref in super().subjects()]
        jobs = dict.fromkeys(incidents[key].job for key in keys if key in incidents)
        return [Ref(kind="job", id=job) for job in jobs]

    def do_logs(self) -> None:
        incident = self.cursor_item
        if incident is not None:
            self.go("logs", incident.job, detail=f"{incident.rank or 0}:{incident.attempt}")

    def related(self, item: Incident) -> list[Ref]:
        nodes = [Ref(kind="node", id=node) for node in item.nodes]
        return [Ref(kind="job", id=item.job), *nodes]

    def why_lines(self, row: Row) -> list[str]:
        ctx = self.desk.present()
        lost = ctx.t("incident_view.why")
        return [*fact_lines(incident_facts(self._shown[row.key], ctx)), "", lost]


def _moment(incident: Incident) -> float:
    moment = incident.detected or incident.happened
    return moment.timestamp() if moment else 0.0


def _tone(text: str) -> Tone:
    return Tone.DIM if text == DASH else Tone.PLAIN
