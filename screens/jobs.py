"""Jobs: what runs, what waits, what failed."""

from __future__ import annotations

from typing import ClassVar

from api_client.models.job import JobSummary
from console.present.context import PresentContext
from console.present.filters.nouns import JOB_FIELDS
from console.present.jobs import JOB_COLUMNS, job_row
from console.present.table import Row
from screens.list_view import ListView


class JobsView(ListView):
    """Every job of the tenant; `M` narrows to mine, `!` to what is wrong."""

    VIEW = "jobs"
    FEED = "jobs"
    KIND = "job"
    OPENS = "job"
    COLUMNS = JOB_COLUMNS
    FIELDS = JOB_FIELDS
    EMPTY_KEY = "common.empty.jobs"
    PROBLEMS = "state=failed,recovering"
    HINTS: ClassVar = ("list.open", "list.logs", "global.new", "list.mark", "list.mine")

    def row(self, item: JobSummary, ctx: PresentContext) -> Row:
        return job_row(item, ctx)

    def items(self) -> list[JobSummary]:
        jobs = self.snapshot(self.FEED).items.values()
        return sorted(jobs, key=lambda job: job.created, reverse=True)

    def do_mine(self) -> None:
        self._toggle_term("owner=me")

    def do_logs(self) -> None:
        if self.grid.cursor_key:
            self.go("logs", self.grid.cursor_key)
