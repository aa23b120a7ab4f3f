"""Our own list: the jobs' model of a list in the grid of every screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from api_client.models.job import JobState, JobSummary, Progress
from api_client.models.slim import replace
from benchmarks.programs.list_app import ListApp, run
from benchmarks.programs.rows import WANTED, Record, changed
from console.lists.arrangement import Arrangement, Sort
from console.lists.model import ListKind, ListModel
from console.present.context import PresentContext
from console.present.filters import JOB_FIELDS
from console.present.jobs import JOB_COLUMNS, job_row
from screens.widgets.grid import Grid
from themes.library import DEFAULT_THEME, themes
from themes.style_sheet import BASE_TCSS

SLICE_SECONDS = 0.004
SHOWN = ("name", "state", "owner", "accelerators", "workers", "restarts", "progress", "age")
START = datetime(2026, 11, 1, tzinfo=UTC)


class GridApp(ListApp):
    """`Grid` on a `ListModel` of job summaries."""

    CSS_PATH: ClassVar = BASE_TCSS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "grid('down')"),
        Binding("up", "grid('up')"),
        Binding("pagedown", "grid('page_down')"),
        Binding("pageup", "grid('page_up')"),
    ]

    def __init__(self, count: int) -> None:
        super().__init__(count)
        for theme in themes():
            self.register_theme(theme)
        self.theme = DEFAULT_THEME
        jobs = [_job(record, at) for at, record in enumerate(self.records)]
        # The newest first, as a tenant lists them.
        self.items = {job.name: job for job in reversed(jobs)}
        self.keys = list(self.items)
        ctx = PresentContext(START + timedelta(days=2))
        natural = ListKind(job_row, JOB_FIELDS, lambda job: -job.created.timestamp())
        self.ctx, self.model = ctx, ListModel(natural, ctx)
        self.arrangement = Arrangement(noun="jobs")
        self.working = False

    def compose(self) -> ComposeResult:
        columns = [column for column in JOB_COLUMNS if column.id in SHOWN]
        yield Grid(columns, {column.id: column.id for column in columns}, sorts_itself=False)

    @property
    def grid(self) -> Grid:
        return self.query_one(Grid)

    def action_grid(self, verb: str) -> None:
        getattr(self.grid, f"action_{verb}")()

    async def load(self) -> None:
        self.model.load(self.items)
        self._work()
        self.grid.focus()

    async def sort(self) -> None:
        self.arrangement = self.arrangement.but(sort=Sort("name", self.sorted_down))
        self.sorted_down = not self.sorted_down
        self._arrange()

    async def narrow(self) -> None:
        self.narrowed = not self.narrowed
        self.arrangement = self.arrangement.but(filter=f"owner={WANTED}" if self.narrowed else "")
        self._arrange()

    def _arrange(self) -> None:
        self.model.arrange(self.arrangement, self.ctx)
        self._work()

    def burst(self, number: int) -> None:
        keys = [self.keys[at] for at in changed(self.count, number)]
        progress = Progress(step=number % 100, total_steps=100)
        for key in keys:
            self.items[key] = replace(self.items[key], progress=progress)
        self.model.apply(self.items, keys)
        self._work(keys)

    def _work(self, keys: list[str] | None = None) -> None:
        """Step as a screen does: a slice, then the frame, then the next one."""
        version = self.model.version
        done = self.model.step(SLICE_SECONDS)
        if done or version != self.model.version:
            self.grid.set_source(self.model, changed=keys)
        if not done:
            self.call_later(self._work, keys)


def _job(record: Record, at: int) -> JobSummary:
    name, state, owner, accelerators, nodes, restarts, progress, _ = record
    return JobSummary(
        name=name,
        uid=name,
        owner=owner,
        state=JobState(state),
        workers=nodes,
        accelerators=accelerators,
        restarts=restarts,
        progress=Progress(step=int(progress * 1000), total_steps=1000),
        created=START + timedelta(seconds=at),
    )


if __name__ == "__main__":
    run(GridApp)
