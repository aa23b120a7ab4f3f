"""The frame of the job view: what is known, the top, the tabs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widget import Widget
from textual.widgets import ContentSwitcher

from api_client.errors import NotFound
from api_client.models.base import Ref
from api_client.models.event import Event
from api_client.models.job import Job, Worker
from console.present.errors import error_text
from console.present.events import EVENT_COLUMNS, event_rows
from console.present.table import Tone
from console.present.workers import WORKER_COLUMNS, worker_rows
from console.text import visible
from screens.base import View
from screens.desk import Desk
from screens.job_life import JobLife
from screens.job_tabs import FactsTab, GridTab, LifeTab
from screens.job_words import facts_of, headline, log_note, progress_words
from screens.log_pane import LogPane, LogTarget
from screens.log_words import log_words
from screens.navigation import Location
from screens.widgets.log_view import LogView
from screens.widgets.meter import Meter
from screens.widgets.words import Words

TABS = ("facts", "life", "workers", "events", "log")

WIDE = 120
"""Columns from which the facts stand beside the other tabs."""

_CONTEXTS = {
    "facts": ("list",),
    "life": ("chart", "list"),
    "workers": ("list",),
    "events": ("list",),
    "log": ("text", "list"),
}


class JobFrame(View):
    """State, progress and reason on top; below them the tabs."""

    DEFAULT_CSS = """
    JobFrame .job--head { height: auto; max-height: 2; }
    JobFrame .job--tabs { height: 1; }
    JobFrame .job--body { layout: horizontal; height: 1fr; }
    JobFrame ContentSwitcher { height: 1fr; width: 1fr; }
    JobFrame .job--beside { width: 46; height: 1fr; display: none; margin: 0 1 0 0; }
    JobFrame.-facts-beside .job--beside { display: block; }
    """

    head = query_one(".job--head", Words)
    meter = query_one("Meter", Meter)
    tab_line = query_one(".job--tabs", Words)
    tabs = query_one("ContentSwitcher", ContentSwitcher)
    beside = query_one("#job-beside", FactsTab)
    facts_tab = query_one("#job-facts", FactsTab)
    life_tab = query_one("#job-life", LifeTab)
    workers_tab = query_one("#job-workers", GridTab)
    events_tab = query_one("#job-events", GridTab)
    log_tab = query_one("#job-log", LogPane)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.tab = TABS[0]
        self._life = JobLife(self)
        self._ticking: Any = None

    def compose(self) -> ComposeResult:
        yield Words("", classes="job--head", markup=False)
        yield Meter()
        yield Words("", classes="job--tabs", markup=False)
        with Widget(classes="job--body"):
            yield FactsTab(id="job-beside", classes="job--beside", can_focus=False)
            with ContentSwitcher(initial="job-facts"):
                yield FactsTab(id="job-facts")
                yield LifeTab(self.desk, id="job-life")
                yield GridTab(WORKER_COLUMNS, id="job-workers")
                yield GridTab(EVENT_COLUMNS, id="job-events")
                yield LogPane(
                    self.desk.session, lambda pane: log_words(pane, self.desk), id="job-log"
                )

    # What is known.

    @property
    def job(self) -> Job | None:
        """The job as last read."""
        found: Job | None = self.snapshot(f"job/{self.location.key}").items.get(self.location.key)
        return found

    @property
    def workers_known(self) -> list[Worker]:
        """Every worker of every attempt, the latest attempt first."""
        found = self.snapshot(f"workers/{self.location.key}").items.values()
        return sorted(found, key=lambda worker: (-worker.attempt, worker.rank))

    @property
    def events_known(self) -> list[Event]:
        """The job's events, the latest first."""
        found = self.snapshot(f"events/{self.location.key}").items.values()
        return sorted(found, key=lambda event: (event.time, event.id), reverse=True)

    def feeds(self) -> Sequence[str]:
        key = self.location.key
        return (f"job/{key}", f"workers/{key}", f"events/{key}", "incidents", "prices")

    def subjects(self) -> Sequence[Ref]:
        return [Ref(kind="job", id=self.location.key)] if self.location.key else ()

    def title(self) -> str:
        return self.desk.t("job_view.title", name=visible(self.location.key))

    # Showing and leaving.

    def open(self, location: Location) -> None:
        if location.key != self.location.key:
            self._life.forget()
        for tab in (self.workers_tab, self.events_tab):
            tab.retitle(self.desk.present())
        self.life_tab.retranslate()
        self.location = location
        self._place_facts()
        self._choose_tab(location.detail if location.detail in TABS else self.tab)
        super().open(location)
        self._follow_log()
        self._ticking = self._ticking or self.set_interval(1.0, self._tick)
        self._ticking.resume()

    def leave(self) -> None:
        super().leave()
        self.log_tab.stop()
        self._life.stop()
        if self._ticking is not None:
            self._ticking.pause()

    def _tick(self) -> None:
        """Ages, time left and the open end of the timeline move without news."""
        job = self.job
        if self.display and job is not None and not job.state.ended:
            self.draw()

    def draw(self) -> None:
        job = self.job
        self.set_class(job is None, "-missing")
        self._draw_head(job)
        self._draw_tab_line()
        if job is None:
            return
        facts = facts_of(job, self.desk.present(), pinned=job.name in self.desk.pins)
        self.beside.facts.set_facts(facts)
        self._draw_tab(job)

    def _draw_head(self, job: Job | None) -> None:
        ctx, snapshot = self.desk.present(), self.snapshot(f"job/{self.location.key}")
        for part in (self.meter, self.tab_line, self.query_one(".job--body")):
            part.display = job is not None
        if job is not None:
            gone = isinstance(snapshot.error, NotFound)
            self.head.say(headline(job, ctx, self.meter.ink, gone=gone))
            self.meter.show(*progress_words(job, ctx))
        elif isinstance(snapshot.error, NotFound):
            self.head.say(ctx.t("job_view.no_job", name=visible(self.location.key)))
        elif snapshot.error is not None:
            self.head.say(str(error_text(snapshot.error, ctx)))
        else:
            self.head.say(ctx.t("common.fresh.loading"))

    def _draw_tab(self, job: Job) -> None:
        ctx = self.desk.present()
        if self.tab == "facts":
            pinned = job.name in self.desk.pins
            self.facts_tab.facts.set_facts(facts_of(job, ctx, pinned=pinned))
        elif self.tab == "life":
            self._life.draw(job)
        elif self.tab == "workers":
            rows = worker_rows(self.workers_known, ctx)
            self.workers_tab.show(rows, ctx.t("common.empty.workers"))
        elif self.tab == "events":
            rows = event_rows(self.events_known, ctx)
            self.events_tab.show(rows, ctx.t("common.empty.events"))
        else:
            self.log_tab.retranslate()
            self._show_log(job)

    def _show_log(self, job: Job) -> None:
        attempts = [worker.attempt for worker in self.workers_known if worker.rank == 0]
        target = LogTarget(job.name, 0, max(attempts, default=job.attempt))
        if self.log_tab.target != target or self.log_tab.is_missing:
            self.log_tab.show(target)

    def retranslate(self) -> None:
        for tab in (self.workers_tab, self.events_tab):
            tab.retitle(self.desk.present())
        self.life_tab.retranslate()
        super().retranslate()

    # Tabs.

    @property
    def _choices(self) -> Sequence[str]:
        return TABS[1:] if self.has_class("-facts-beside") else TABS

    def on_resize(self) -> None:
        self._place_facts()
        if self.tab not in self._choices:
            self._show_tab(self.tab)

    def _place_facts(self) -> None:
        if self.size.width:
            # Of a view that is not shown yet it is not known; then its size comes first.
            self.set_class(self.size.width >= WIDE, "-facts-beside")

    def _draw_tab_line(self) -> None:
        ink, line = self.meter.ink, Text(no_wrap=True, overflow="ellipsis")
        counts = {"workers": len(self.workers_known), "events": len(self.events_known)}
        for name in self._choices:
            count = f" {counts[name]}" if counts.get(name) else ""
            word = f" {self.desk.t(f'job_view.tab.{name}')}{count} "
            line.append(word, ink.selection if name == self.tab else ink.tone(Tone.DIM))
            line.append(" ")
        if self.tab == "log":
            line.append(log_note(self.log_tab, self.desk), ink.tone(Tone.DIM))
        self.tab_line.say(line)

    def _show_tab(self, name: str) -> None:
        self._choose_tab(name)
        self.draw()
        self._follow_log()

    def _choose_tab(self, name: str) -> None:
        self.tab = name if name in self._choices else self._choices[0]
        self.tabs.current = f"job-{self.tab}"
        if self.tab != "log":
            self.log_tab.stop()
        self._life.run(self.tab == "life")

    def _follow_log(self) -> None:
        if self.tab == "log" and self.job is not None and self.log_tab.target is not None:
            self.log_tab.show(self.log_tab.target)

    def _step_tab(self, step: int) -> None:
        names = self._choices
        self._show_tab(names[(names.index(self.tab) + step) % len(names)])
        self.focus_main()

    def do_next_pane(self) -> None:
        self._step_tab(1)

    def do_prev_pane(self) -> None:
        self._step_tab(-1)

    do_next_tab = do_next_pane
    do_prev_tab = do_prev_pane

    @property
    def main_widget(self) -> Widget:
        """The widget the keys of the current tab go to."""
        life = self.life_tab
        return {
            "facts": self.facts_tab,
            "life": life.chart if life.chart.has_focus else life.line,
            "workers": self.workers_tab.grid,
            "events": self.events_tab.grid,
            "log": self.log_tab.log_view,
        }[self.tab]

    def focus_main(self) -> None:
        if self.display:
            self.main_widget.focus()

    def contexts(self) -> tuple[str, ...]:
        return _CONTEXTS[self.tab]

    def handler(self, verb: str) -> Callable[[], None] | None:
        return super().handler(verb) or getattr(self.main_widget, f"action_{verb}", None)

    def do_next_chart(self) -> None:
        self.life_tab.chart.focus()

    def do_prev_chart(self) -> None:
        self.life_tab.line.focus()

    @on(LogPane.Changed)
    @on(LogView.StateChanged)
    def _log_changed(self) -> None:
        self._draw_tab_line()
