"""One incident: what broke, each phase with its time, what was lost, the way to its log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one

from api_client.models.base import Ref
from api_client.models.event import Incident
from console.present.context import PresentContext
from console.present.facts import Fact, incident_facts
from console.present.incidents import PHASES, Phase, phases
from console.present.table import Tone
from console.present.units import moment_text, phase_text
from console.text import visible
from screens.base import View
from screens.freshness import freshness
from screens.object_dialogs import fact_lines, go_to_one, show_lines, show_raw
from screens.widgets.facts import Facts


class IncidentView(View):
    """Facts and phases of the incident named by the location's key."""

    VIEW = "incident"
    CONTEXT = "list"
    HINTS: ClassVar = ("list.logs", "list.open", "list.related")
    DEFAULT_CSS = "IncidentView Facts { margin: 0 1 1 1; }"

    facts = query_one("#incident-facts", Facts)
    phases = query_one("#incident-phases", Facts)
    scroll = query_one("#incident-scroll", VerticalScroll)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="incident-scroll", can_focus=True):
            yield Facts(id="incident-facts")
            yield Facts(id="incident-phases")

    def feeds(self) -> Sequence[str]:
        return ("incidents",)

    def focus_main(self) -> None:
        self.scroll.focus()

    def title(self) -> str:
        return self.desk.t("incident_view.title", id=visible(self.location.key))

    @property
    def incident(self) -> Incident | None:
        """The incident shown, while it is known."""
        found: Incident | None = self.snapshot("incidents").items.get(self.location.key)
        return found

    def draw(self) -> None:
        incident = self.incident
        ctx = self.desk.present()
        if incident is None:
            state = freshness(self.snapshot("incidents"), self.desk)
            text = state.text or self.desk.t("incident_view.gone")
            self.facts.set_facts([Fact("id", visible(self.location.key), text, state.tone)])
            self.phases.set_facts([])
            return
        self.facts.set_facts([f for f in incident_facts(incident, ctx) if f.id not in PHASES])
        self.phases.set_facts([_phase_fact(phase, ctx) for phase in phases(incident, ctx)])

    def subjects(self) -> Sequence[Ref]:
        return [Ref(kind="job", id=self.incident.job)] if self.incident else ()

    def do_open(self) -> None:
        if self.incident is not None:
            self.go("job", self.incident.job)

    do_into = do_describe = do_open

    def do_related(self) -> None:
        incident, t = self.incident, self.desk.t
        if incident is not None:
            nodes = [Ref(kind="node", id=node) for node in incident.nodes]
            refs = [Ref(kind="job", id=incident.job), *nodes]
            go_to_one(self, refs, t("screen.choose_related"), t("screen.nothing_related"))

    def do_raw(self) -> None:
        if self.incident is not None:
            show_raw(self, visible(self.incident.id), self.incident)

    def do_why(self) -> None:
        incident, ctx = self.incident, self.desk.present()
        if incident is not None:
            lines = [*fact_lines(incident_facts(incident, ctx)), "", ctx.t("incident_view.why")]
            show_lines(self, ctx.t("screen.why_title", name=visible(incident.id)), lines)

    def do_logs(self) -> None:
        if self.incident is not None:
            detail = f"{self.incident.rank or 0}:{self.incident.attempt}"
            self.go("logs", self.incident.job, detail=detail)

    def do_down(self) -> None:
        self.scroll.scroll_relative(y=1, animate=False)

    def do_up(self) -> None:
        self.scroll.scroll_relative(y=-1, animate=False)

    def do_page_down(self) -> None:
        self.scroll.scroll_page_down(animate=False)

    def do_page_up(self) -> None:
        self.scroll.scroll_page_up(animate=False)

    def do_top(self) -> None:
        self.scroll.scroll_home(animate=False)

    def do_bottom(self) -> None:
        self.scroll.scroll_end(animate=False)


def _phase_fact(phase: Phase, ctx: PresentContext) -> Fact:
    """When a phase came and how long after the one before."""
    text = moment_text(phase.time, ctx)
    if phase.took is not None:
        text = f"{text}  +{phase_text(phase.took)}"
    return Fact(phase.name, phase.word, text, Tone.PLAIN if phase.time else Tone.DIM)
