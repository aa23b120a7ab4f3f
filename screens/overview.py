"""Overview: how the tenant is, in one look; every panel opens the place it tells about."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.getters import query_one
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from api_client.models.base import Ref
from api_client.models.event import Event
from console.analysis.recovery import job_of
from console.present.events import EVENT_COLUMNS, event_row
from console.present.table import Tone
from console.text import visible
from screens.desk import Desk
from screens.freshness import freshness
from screens.messages import FreshnessChanged, Perform
from screens.navigation import Location
from screens.node_map import map_words
from screens.overview_figures import FiguresView
from screens.overview_panels import offer_lines
from screens.panel import Heading, Panel, Piece
from screens.place_panel import PlacePanel, stale_note
from screens.widgets.grid import Grid
from screens.widgets.heatmap import Heatmap

AGES_SECONDS = 5.0
"""How often ages and the rate are drawn again where nothing changed."""

EVENTS_SHOWN = 100

BUSY_SECONDS = 0.5
"""Least time between two drawings of a large tenant, where something changes all the time."""

_BUSY = 2000
"""Jobs and nodes from which on a tenant is large."""

_LEAST = {"time": 8, "subject": 14, "message": 20}
_COLUMNS = [replace(c, min_width=_LEAST[c.id]) for c in EVENT_COLUMNS if c.id in _LEAST]


class OverviewView(FiguresView):
    """The first place: health, slots, jobs, incidents, money, the map, what happened last."""

    VIEW = "overview"
    HINTS: ClassVar = ("list.open", "global.next_pane", "global.new", "global.example")
    DEFAULT_CSS = """
    OverviewView Horizontal { height: auto; }
    OverviewView Panel { width: 1fr; height: 5; margin-right: 1; }
    OverviewView #overview-offer { height: 5; width: 1fr; display: none; }
    OverviewView #overview-map { height: 3; }
    OverviewView #overview-events { height: 1fr; min-height: 3; }
    OverviewView #overview-notices { height: auto; max-height: 2; text-style: dim; padding: 0 1; }
    OverviewView.-tall Panel { height: 6; margin-bottom: 1; }
    OverviewView.-short Panel { height: 3; }
    OverviewView.-short #overview-offer { height: 4; }
    OverviewView.-short #overview-notices { display: none; }
    """

    offer = query_one("#overview-offer", Panel)
    map = query_one("#overview-map", Heatmap)
    map_heading = query_one("#overview-map-heading", Heading)
    grid = query_one("#overview-events", Grid)
    notices = query_one("#overview-notices", Static)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._last_focus: Widget | None = None
        self._noticed = ""
        self._drawn_at = float("-inf")
        self._waiting: Timer | None = None
        self._events_drawn: object = None

    def compose(self) -> ComposeResult:
        yield Panel(id="overview-offer")
        with Horizontal():
            yield PlacePanel(self.desk, "compute")
            yield PlacePanel(self.desk, "jobs")
        with Horizontal():
            yield PlacePanel(self.desk, "incidents")
            yield PlacePanel(self.desk, "billing")
        yield Heading("overview-map", id="overview-map-heading")
        yield Heatmap(id="overview-map")
        yield Grid(id="overview-events", sorts_itself=False)
        yield Static("", id="overview-notices", markup=False)

    def on_mount(self) -> None:
        self.set_interval(AGES_SECONDS, self._tick)

    def _tick(self) -> None:
        if self.display:
            self.draw()

    def feeds(self) -> Sequence[str]:
        return ("tenant", "jobs", "nodes", "events", "incidents", "charges", "prices")

    def open(self, location: Location) -> None:
        self._drawn_at, self._events_drawn = float("-inf"), None
        self._titles()
        super().open(location)

    def retranslate(self) -> None:
        self._drawn_at, self._events_drawn = float("-inf"), None
        self._titles()
        super().retranslate()

    def _titles(self) -> None:
        self.grid.set_columns(_COLUMNS, {c.id: self.desk.t(c.title_key) for c in _COLUMNS})

    # Drawing.

    def draw(self) -> None:
        wait = self._drawn_at + BUSY_SECONDS - time.monotonic()
        if self._large and wait > 0:
            if self._waiting is None:
                self._waiting = self.set_timer(wait, self._draw_waiting)
            return
        self.count()
        self._draw_notices()
        self._drawn_at = time.monotonic()

    @property
    def _large(self) -> bool:
        return len(self.snapshot("jobs").items) + len(self.snapshot("nodes").items) >= _BUSY

    def _draw_waiting(self) -> None:
        self._waiting = None
        self._tick()

    def draw_counted(self) -> None:
        self._draw_offer()
        self.draw_figures()
        self.draw_parts([self._draw_map, self._draw_events], at_once=not self._large)

    def _draw_offer(self) -> None:
        jobs = self.snapshot("jobs")
        first_run = jobs.fetched_at is not None and not jobs.from_disk and not jobs.items
        wanted = first_run and jobs.error is None
        if wanted:
            self.offer.show(self.desk.t("overview_view.offer.title"), offer_lines(self.desk))
        if wanted == self.offer.display:
            return
        had_focus = self.offer.has_focus
        self.offer.display = wanted
        if wanted and self._untouched:
            self.offer.focus()
        elif had_focus:
            self.query_one("#overview-jobs", Panel).focus()

    @property
    def _untouched(self) -> bool:
        """Whether the focus is where the view put it: it loads for a while before it can offer."""
        first = self.query_one("#overview-compute", Panel)
        return self.screen.focused in (None, first) and self._last_focus in (None, first)

    def _draw_map(self) -> None:
        ctx, snapshot = self.desk.present(), self.snapshot("nodes")
        empty = freshness(snapshot, self.desk).text or ctx.t("common.empty.nodes")
        words = map_words(ctx, self.snapshot("jobs").items, empty)
        if not self.figures.counted("nodes") and snapshot.items:
            return
        if self.map.show(self.figures.map, words):
            self._fit_map()
        self._name_map()

    def _fit_map(self) -> None:
        """A small tenant takes the lines it needs, a large one a quarter of the screen."""
        most = max(3, self.size.height // 4)
        self.map.styles.height = self.map.lines_wanted(most)

    def _name_map(self) -> None:
        legend = Piece(self.map.legend_text, Tone.DIM)
        note = stale_note(self.snapshot("nodes"), self.desk) or legend
        self.map_heading.show(self.desk.t("overview_view.map"), (), note)

    @on(Heatmap.CursorMoved)
    def _map_moved(self, event: Heatmap.CursorMoved) -> None:
        event.stop()
        self._name_map()

    def _draw_events(self) -> None:
        ctx, snapshot = self.desk.present(), self.snapshot("events")
        latest = self.figures.events.latest(EVENTS_SHOWN)
        events = [snapshot.items[key] for key in latest if key in snapshot.items]
        drawn = (latest, ctx.now.astimezone(ctx.zone).date())
        if drawn != self._events_drawn:
            self._events_drawn = drawn
            self.grid.set_rows([event_row(event, ctx) for event in events])
            if not self.grid.has_focus:
                self.grid.action_top()
        state = freshness(snapshot, self.desk)
        text = state.text or ("" if events else ctx.t("common.empty.events"))
        self.grid.set_notice(text, state.tone)

    def _draw_notices(self) -> None:
        """What the provider wants known, once: at the foot, or said where there is no room."""
        tenant = self.desk.session.tenant
        text = visible(" ".join(tenant.notices)) if tenant else ""
        if text == self._noticed:
            return
        self._noticed = text
        self.notices.update(text)
        if text and self.has_class("-short"):
            self.say(text)

    def on_resize(self, event: events.Resize) -> None:
        height = event.size.height
        self.call_after_refresh(self._fit_map)
        self.set_class(height < 18, "-short")
        self.set_class(height >= 34, "-tall")
        self.call_after_refresh(self._tick)

    # The keyboard.

    def focus_main(self) -> None:
        if self.offer.display:
            self.offer.focus()
        else:
            (self._last_focus or self.query_one("#overview-compute", Panel)).focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self._last_focus = event.widget if event.widget is not self.offer else self._last_focus
        self.map_heading.refresh()
        self.post_message(FreshnessChanged())

    def on_descendant_blur(self) -> None:
        self.map_heading.refresh()

    @property
    def _pane(self) -> Widget | None:
        focused = self.screen.focused
        return focused if focused is not None and self in focused.ancestors else None

    def contexts(self) -> tuple[str, ...]:
        return ("map", self.CONTEXT) if self._pane is self.map else (self.CONTEXT,)

    def clear_one_step(self) -> bool:
        return self._pane is self.map and self.map.zoom_out()

    def handler(self, verb: str) -> Callable[[], None] | None:
        if verb == "last_view" and self._pane is self.map and self.map.zoomed:
            return self.map.action_zoom_out
        return super().handler(verb) or getattr(self._pane, f"action_{verb}", None)

    def subjects(self) -> Sequence[Ref]:
        if self._pane is self.map and self.map.cursor_key:
            return (Ref(kind="node", id=self.map.cursor_key),)
        event = self._event() if self._pane is self.grid else None
        if event is None:
            return ()
        job = job_of(event)
        return (Ref(kind="job", id=job) if job else event.subject,)

    def _event(self) -> Event | None:
        found: Event | None = self.snapshot("events").items.get(self.grid.cursor_key or "")
        return found

    def do_why(self) -> None:
        """What the provider says of its figures."""
        if self._noticed:
            self.say(self._noticed)

    # Opening.

    @on(Panel.Chosen)
    def _panel_chosen(self, event: Panel.Chosen) -> None:
        event.stop()
        if isinstance(event.panel, PlacePanel):
            self.post_message(Perform(f"place.{event.panel.place}"))
        else:
            self.post_message(Perform("global.example"))

    @on(Heatmap.CellChosen)
    def _node_chosen(self, event: Heatmap.CellChosen) -> None:
        event.stop()
        self.go("node", event.key)

    @on(Grid.RowChosen)
    def _event_chosen(self, event: Grid.RowChosen) -> None:
        event.stop()
        for ref in self.subjects():
            if ref.kind in ("job", "node"):
                self.go(ref.kind, ref.id)
