"""Jobs: what runs, what waits, what failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from api_client.models.base import Ref
from api_client.models.job import JobSummary
from console.present.context import PresentContext
from console.present.filters.nouns import JOB_FIELDS
from console.present.jobs import JOB_COLUMNS, job_row
from console.present.table import Cell, Row
from screens import job_verbs
from screens.job_words import why_lines
from screens.list_view import ListView


class JobsView(ListView):
    """Every job of the tenant; `M` narrows to mine, `!` to what is wrong."""

    VIEW = "jobs"
    FEED = "jobs"
    NOUN = "jobs"
    ARRAYS = True
    KIND = "job"
    OPENS = "job"
    COLUMNS = JOB_COLUMNS
    FIELDS = JOB_FIELDS
    EMPTY_KEY = "common.empty.jobs"
    PROBLEMS = "state=failed,recovering"
    HINTS: ClassVar = (
        "list.open",
        "list.logs",
        "global.new",
        "list.mark",
        "list.mine",
        "list.resubmit",
        "list.pin",
    )

    def row(self, item: JobSummary, ctx: PresentContext) -> Row:
        row = job_row(item, ctx)
        if item.name not in self.desk.pins:
            return row
        name = row.cells["name"]
        return row.but("name", Cell(name.text, name.tone, name.sort, "pin"))

    def natural(self) -> Callable[[JobSummary], float]:
        """The newest first."""
        return lambda job: -job.created.timestamp()

    def do_mine(self) -> None:
        self._toggle_term("owner=me")

    def _names(self) -> list[str]:
        return [ref.id for ref in self.subjects()]

    def do_logs(self) -> None:
        if self.cursor_item is not None:
            job_verbs.open_log(self, self.cursor_item.name)

    def do_previous_logs(self) -> None:
        job = self.cursor_item
        if job is not None:
            job_verbs.open_previous_log(self, job.name, job.attempt)

    def do_pin(self) -> None:
        self.model.forget_rows()
        self._drawn = None
        job_verbs.toggle_pins(self, self._names())

    def do_resubmit(self) -> None:
        if self.cursor_item is not None:
            job_verbs.clone(self, self.cursor_item.name)

    def do_edit(self) -> None:
        if self.cursor_item is not None:
            job_verbs.edit(self, self.cursor_item.name)

    def related(self, item: JobSummary) -> list[Ref]:
        nodes = [Ref(kind="node", id=node) for node in job_verbs.nodes_of(item)]
        incidents = self.desk.session.store.snapshot("incidents").items.values()
        hurt = [Ref(kind="incident", id=each.id) for each in incidents if each.job == item.name]
        return [*nodes, *hurt]

    def why_lines(self, row: Row) -> list[str]:
        job = self.model.item(row.key)
        if job is None:
            return super().why_lines(row)
        return [*why_lines(job, self.desk.present()), "", *super().why_lines(row)]
