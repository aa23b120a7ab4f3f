"""One node: its health and why, its slots, their use over time, its jobs and its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container
from textual.getters import query_one
from textual.widget import Widget

from api_client.errors import NotFound
from api_client.models.base import Ref
from api_client.models.compute import Node
from console.analysis.recovery import job_of
from console.present.context import PresentContext
from console.present.events import EVENT_COLUMNS, event_row
from console.present.facts import condition_facts, node_facts
from console.present.nodes import DEVICE_COLUMNS, device_rows
from console.present.table import Column, Tone
from console.text import visible
from screens.counting_on import CountingOn
from screens.desk import Desk
from screens.freshness import freshness
from screens.messages import FreshnessChanged
from screens.navigation import Location
from screens.node_jobs import COLUMNS as JOB_COLUMNS
from screens.node_jobs import node_job_rows
from screens.node_panes import FactsPane, Pane
from screens.node_summary import missing_lines, summary_lines, tab_line
from screens.node_use import UsePane
from screens.node_verbs import NodeVerbs
from screens.panel import Piece, Summary
from screens.widgets.facts import Facts
from screens.widgets.grid import Grid

SERIES_SECONDS = 5.0
"""How often the use of the slots is read again while the view is shown."""

PANES = ("slots", "use", "jobs", "events", "facts")

_EVENTS = [
    replace(column, min_width=least)
    for column in EVENT_COLUMNS
    if (least := {"time": 8, "severity": 10, "message": 20}.get(column.id))
]


class NodeView(NodeVerbs):
    """The node named by the location's key. Small terminals show one pane at a time."""

    VIEW = "node"
    HINTS: ClassVar = ("list.open", "global.next_tab", "global.time_range", "list.logs")
    DEFAULT_CSS = """
    NodeView Summary { height: 3; }
    NodeView #node-panes {
        layout: grid; grid-size: 2; grid-columns: 1fr 1fr; grid-rows: 12 6 1fr; height: 1fr;
    }
    NodeView #pane-facts { row-span: 2; }
    NodeView.-small #node-panes { layout: vertical; }
    NodeView.-small Pane { display: none; padding: 0; }
    NodeView.-small Pane.-shown { display: block; }
    NodeView.-missing #node-panes { display: none; }
    NodeView FactsPane { height: 1fr; }
    """

    summary = query_one("#node-summary", Summary)
    slots = query_one("#node-slots", Grid)
    jobs = query_one("#node-jobs", Grid)
    happened = query_one("#node-events", Grid)
    use = query_one(UsePane)
    facts = query_one(Facts)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._pane = PANES[0]
        self._counting = CountingOn(self, desk.counts.step, self._tick)

    def compose(self) -> ComposeResult:
        yield Summary(id="node-summary")
        with Container(id="node-panes"):
            yield Pane("facts", FactsPane(Facts(), id="node-facts"))
            yield UsePane(self.desk)
            yield Pane("jobs", Grid(id="node-jobs", sorts_itself=False))
            yield Pane("slots", Grid(id="node-slots"))
            yield Pane("events", Grid(id="node-events", sorts_itself=False))

    def on_mount(self) -> None:
        self.set_interval(SERIES_SECONDS, self._tick)

    def _tick(self) -> None:
        if self.display:
            self.draw()
            self.use.keep_live()

    @property
    def name_of_node(self) -> str:
        """The node this is about."""
        return self.location.key

    @property
    def _feed(self) -> str:
        return f"node/{self.name_of_node}"

    def feeds(self) -> Sequence[str]:
        own = (self._feed,) if self.name_of_node else ()
        return (*own, "jobs", "events", "incidents")

    def title(self) -> str:
        return self.desk.t("node_view.title", name=visible(self.name_of_node))

    def open(self, location: Location) -> None:
        self._titles()
        super().open(location)
        self._show_pane(self._pane)
        self.use.of_node(location.key)

    def retranslate(self) -> None:
        self._titles()
        super().retranslate()

    def _titles(self) -> None:
        tables: list[tuple[Grid, Sequence[Column]]] = [
            (self.slots, DEVICE_COLUMNS),
            (self.jobs, JOB_COLUMNS),
            (self.happened, _EVENTS),
        ]
        for grid, columns in tables:
            grid.set_columns(columns, {c.id: self.desk.t(c.title_key) for c in columns})

    # Drawing.

    @property
    def node(self) -> Node | None:
        """What is known of the node."""
        found: Node | None = self.snapshot(self._feed).items.get(self.name_of_node)
        return found

    def draw(self) -> None:
        ctx = self.desk.present()
        snapshot = self.snapshot(self._feed)
        node = None if isinstance(snapshot.error, NotFound) else self.node
        self.set_class(node is None, "-missing")
        self._draw_summary(node, ctx)
        if node is not None:
            self._draw_slots(node, ctx)
            self._draw_jobs(node, ctx)
            self._draw_events(ctx)
            self._draw_facts(node, ctx)
            self.use.draw()

    def _draw_summary(self, node: Node | None, ctx: PresentContext) -> None:
        snapshot = self.snapshot(self._feed)
        if node is not None:
            lines = summary_lines(node, ctx)
            if self.has_class("-small"):
                lines.append(tab_line(PANES, self._pane, ctx))
        elif isinstance(snapshot.error, NotFound) or not self.name_of_node:
            lines = missing_lines(self.name_of_node, ctx)
        else:
            state = freshness(snapshot, self.desk)
            lines = [(Piece(state.text, state.tone),)]
        self.summary.styles.height = len(lines)
        self.summary.show("", lines)

    def _entitle(self, name: str, note: Piece | None = None) -> None:
        self.query_one(f"#pane-{name}", Pane).entitle(self.desk.t(f"node_view.pane.{name}"), note)

    def _draw_slots(self, node: Node, ctx: PresentContext) -> None:
        virtual = any(device.virtual for device in node.devices)
        note = Piece(ctx.t("node_view.virtual"), Tone.DIM) if virtual else None
        self._entitle("slots", note)
        self.slots.set_rows(device_rows(node, ctx))
        self.slots.set_notice("" if node.devices else ctx.t("node_view.no_slots"))

    def _draw_jobs(self, node: Node, ctx: PresentContext) -> None:
        incidents = self.snapshot("incidents").items.values()
        rows = node_job_rows(node, self.snapshot("jobs").items, incidents, ctx)
        self._entitle("jobs")
        self.jobs.set_rows(rows)
        self.jobs.set_notice("" if rows else ctx.t("node_view.no_jobs"))

    def _draw_events(self, ctx: PresentContext) -> None:
        snapshot = self.snapshot("events")
        self.desk.counts.follow(self.desk.session.store)
        self._counting.begin()
        events = self.desk.counts.node_events.of(self.name_of_node)
        rows = [event_row(event, ctx) for event in events]
        self._entitle("events")
        self.happened.set_rows(rows)
        if not self.happened.has_focus:
            self.happened.action_top()
        text = freshness(snapshot, self.desk).text
        self.happened.set_notice(text or ("" if rows else ctx.t("common.empty.events")))

    def _draw_facts(self, node: Node, ctx: PresentContext) -> None:
        self._entitle("facts")
        self.facts.set_facts((*node_facts(node, ctx), *condition_facts(node, ctx)))

    # Panes.

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < 110 or event.size.height < 30, "-small")
        self.call_after_refresh(self.draw)

    def _show_pane(self, name: str) -> None:
        self._pane = name
        for pane in self.query(Pane):
            pane.set_class(pane.id == f"pane-{name}", "-shown")

    def _step(self, by: int) -> None:
        self._show_pane(PANES[(PANES.index(self._pane) + by) % len(PANES)])
        self.draw()
        self.call_after_refresh(self.focus_main)

    def do_next_tab(self) -> None:
        self._step(1)

    def do_prev_tab(self) -> None:
        self._step(-1)

    do_next_pane = do_next_tab
    do_prev_pane = do_prev_tab

    @property
    def _body(self) -> Widget:
        return self.query_one(f"#pane-{self._pane}", Pane).body

    def focus_main(self) -> None:
        self._body.focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        pane = event.widget.parent
        if isinstance(pane, Pane):
            self._show_pane(str(pane.id).removeprefix("pane-"))
        for each in self.query(Pane):
            each.heading.refresh()
        self.post_message(FreshnessChanged())

    def on_descendant_blur(self) -> None:
        for each in self.query(Pane):
            each.heading.refresh()

    def contexts(self) -> tuple[str, ...]:
        return ("chart", "list") if self._pane == "use" else ("list",)

    def handler(self, verb: str) -> Callable[[], None] | None:
        found: Any = super().handler(verb)
        for widget in (self._body, self.use):
            found = found or getattr(widget, f"action_{verb}", None)
        return found if callable(found) else None

    # What actions are about.

    def subjects(self) -> Sequence[Ref]:
        if self._pane == "jobs" and self.jobs.cursor_key:
            return (Ref(kind="job", id=self.jobs.cursor_key),)
        return (Ref(kind="node", id=self.name_of_node),) if self.node else ()

    def _job(self) -> tuple[str, int | None]:
        """The job the cursor is on, and the rank where it is on a slot."""
        if self._pane == "jobs":
            return self.jobs.cursor_key or "", None
        if self._pane == "slots" and self.node is not None:
            for device in self.node.devices:
                if str(device.index) == self.slots.cursor_key:
                    return device.job or "", device.rank
        if self._pane == "events":
            event = self.snapshot("events").items.get(self.happened.cursor_key or "")
            return (job_of(event), None) if event else ("", None)
        return "", None

    def do_open(self) -> None:
        self._open("job", self._job()[0])

    do_describe = do_into = do_open

    def do_logs(self) -> None:
        job, rank = self._job()
        self._open("logs", job, "" if rank is None else str(rank))

    def _open(self, view: str, job: str, detail: str = "") -> None:
        if job:
            self.go(view, job, detail=detail)
        else:
            self.say(self.desk.t("node_view.nothing_to_open"), tone=Tone.DIM)

    @on(Grid.RowChosen)
    def _row_chosen(self, event: Grid.RowChosen) -> None:
        event.stop()
        self.do_open()
