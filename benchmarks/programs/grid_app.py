"""Our own list: the jobs' model of a list in the grid of every screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from api_client.models.job import JobState, JobSummary, Progress
from api_client.models.slim import replace
from benchmarks.programs.list_app import ListApp, run
from benchmarks.programs.rows import SEED, WANTED, Record, changed
from console.lists.arrangement import Arrangement, Sort
from console.lists.model import ListKind, ListModel
from console.present.context import PresentContext
from console.present.filters import JOB_FIELDS
from console.present.jobs import JOB_COLUMNS, job_row
from screens.collector import Collector
from screens.widgets.grid import Grid
from themes.library import DEFAULT_THEME, themes
from themes.style_sheet import BASE_TCSS

SLICE_SECONDS = 0.005
PAUSE_SECONDS = 0.002
"""As the lists of the console do."""

BURSTS_MADE = 4
"""So many different bursts are made beforehand, each in two versions, and come round again."""

SHOWN = ("name", "state", "owner", "accelerators", "workers", "restarts", "progress", "age")
START = datetime(2026, 11, 1, tzinfo=UTC)


class GridApp(ListApp):
    """`Grid` on a `ListModel` of job summaries."""

    CSS_PATH: ClassVar = BASE_TCSS
    BINDINGS: ClassVar[list[BindingType]] = [
        # As the key map of the console does: before the framework's own keys for scrolling.
        Binding("down", "grid('down')", priority=True),
        Binding("up", "grid('up')", priority=True),
        Binding("pagedown", "grid('page_down')", priority=True),
        Binding("pageup", "grid('page_up')", priority=True),
    ]

    def __init__(self, count: int, seed: int = SEED) -> None:
        super().__init__(count, seed)
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
        self.working: Timer | None = None
        self.coming: list[dict[str, JobSummary]] = []

    def on_ready(self) -> None:
        Collector().start()

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

    def action_updates(self) -> None:
        # What is measured is what a list does with news, not how they are made up.
        for version in range(2):
            progress = Progress(step=version + 1, total_steps=100)
            for number in range(BURSTS_MADE):
                keys = [self.keys[at] for at in changed(self.count, number)]
                put = {key: replace(self.items[key], progress=progress) for key in keys}
                self.coming.append(put)
        super().action_updates()

    def burst(self, number: int) -> None:
        put = self.coming[number % len(self.coming)]
        self.items.update(put)
        self.model.apply(self.items, put)
        self._work(news=True)

    def _work(self, news: bool = False) -> None:
        """Step as a screen does: a slice, then keys and the frame, then the next one."""
        if self.working is not None:
            self.working.stop()
            self.working = None
        version = self.model.version
        done = self.model.step(SLICE_SECONDS)
        if news or version != self.model.version:
            self.grid.set_source(self.model, changed=())
        if not done:
            self.working = self.set_timer(PAUSE_SECONDS, self._work)


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
