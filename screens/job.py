"""Job: one job from its first second to its last, on one screen."""

from __future__ import annotations

from typing import ClassVar

from textual import on

from api_client.models.job import Worker
from console.text import visible
from screens import job_verbs
from screens.job_frame import TABS, JobFrame
from screens.widgets.grid import Grid

__all__ = ["TABS", "JobView"]


class JobView(JobFrame):
    """One job and what can be done from where it is shown."""

    VIEW = "job"
    CONTEXT = "list"
    HINTS: ClassVar = ("global.next_pane", "list.logs", "list.resubmit", "list.related", "list.pin")

    @property
    def _worker(self) -> Worker | None:
        """The worker under the cursor, where the workers are shown."""
        if self.tab != "workers":
            return None
        key = self.workers_tab.grid.cursor_key
        found = (w for w in self.workers_known if f"{w.rank}.{w.attempt}" == key)
        return next(found, None)

    def do_open(self) -> None:
        """Enter: a worker's log, an event's words, the log in full."""
        if self.tab == "events":
            self._show_event()
        elif self.tab in ("workers", "log"):
            self.do_logs()

    def do_into(self) -> None:
        self.do_open()

    def _show_event(self) -> None:
        key = self.events_tab.grid.cursor_key
        event = next((each for each in self.events_known if each.id == key), None)
        if event is not None:
            job_verbs.show_raw(self, visible(event.reason), event)

    def do_logs(self) -> None:
        worker = self._worker
        if worker is None:
            job_verbs.open_log(self, self.location.key)
        else:
            job_verbs.open_log(self, self.location.key, worker.rank, worker.attempt)

    def do_previous_logs(self) -> None:
        worker, job = self._worker, self.job
        attempt = worker.attempt if worker is not None else job.attempt if job is not None else 0
        rank = worker.rank if worker is not None else 0
        job_verbs.open_previous_log(self, self.location.key, attempt, rank)

    def do_resubmit(self) -> None:
        job_verbs.clone(self, self.location.key)

    def do_edit(self) -> None:
        job_verbs.edit(self, self.location.key)

    def do_pin(self) -> None:
        job_verbs.toggle_pins(self, [self.location.key])

    def do_related(self) -> None:
        worker, job = self._worker, self.job
        if worker is not None and worker.node:
            job_verbs.open_related(self, [worker.node])
        elif job is not None:
            job_verbs.open_related(self, job_verbs.nodes_of(job))

    def do_why(self) -> None:
        if self.job is not None:
            job_verbs.show_why(self, self.job)

    def do_raw(self) -> None:
        if self.job is not None:
            job_verbs.show_raw(self, self.title(), self.job)

    @on(Grid.RowChosen)
    def _row_chosen(self, event: Grid.RowChosen) -> None:
        event.stop()
        self.do_open()
