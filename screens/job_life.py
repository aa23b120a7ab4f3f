"""Reads the utilisation of a job while its life is on the screen, and draws the life."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from textual.worker import Worker

from api_client.errors import CloudError
from api_client.models.event import Event, Incident
from api_client.models.job import Job
from api_client.models.telemetry import Metric, Series, Window
from console.present.timeline import Timeline, timeline
from console.state.snapshot import Snapshot
from screens.desk import Desk
from screens.job_tabs import Life, LifeTab
from screens.job_words import money_facts

READ_SECONDS = 5.0
FIRST_SECONDS = 0.2
"""How soon to look again while the job itself is not known yet."""
COLUMNS = 240
"""Points worth asking for: twice the widest plot."""


class ShowsLife(Protocol):
    """The view whose tab this is."""

    desk: Desk
    display: bool

    @property
    def job(self) -> Job | None: ...
    @property
    def events_known(self) -> list[Event]: ...
    @property
    def life_tab(self) -> LifeTab: ...
    def snapshot(self, feed: str) -> Snapshot[object]: ...
    def draw(self) -> None: ...


class JobLife:
    """Keeps the series of one job fresh, and draws them under its timeline."""

    def __init__(self, view: ShowsLife) -> None:
        self._view = view
        self._series: Sequence[Series] | None = None
        self._error: CloudError | None = None
        self._incidents: tuple[Incident, ...] = ()
        self._incidents_of: object = None

    def forget(self) -> None:
        """Another job is shown."""
        self._series, self._error = None, None

    def run(self, visible: bool) -> None:
        """Read every few seconds while visible."""
        tab = self._view.life_tab
        if visible:
            # The function, not its coroutine: one that is replaced before it ran was never made.
            self._reading: Worker[None] = tab.run_worker(
                self._read, group="series", exclusive=True, exit_on_error=False
            )
        else:
            self.stop()

    def stop(self) -> None:
        """Read no more."""
        self._view.life_tab.workers.cancel_node(self._view.life_tab)

    def timeline(self, job: Job) -> Timeline | None:
        """The life of the job as far as it is known."""
        view = self._view
        return timeline(
            view.events_known,
            view.desk.present(),
            allocations=job.allocations,
            incidents=self._incidents_known(job.name),
        )

    def _incidents_known(self, job: str) -> tuple[Incident, ...]:
        """The incidents of a job: a large tenant has thousands, and few of them are news."""
        snapshot = self._view.snapshot("incidents")
        seen = (self._view.desk.session.store, snapshot.version, job)
        if seen != self._incidents_of:
            self._incidents_of = seen
            self._incidents = tuple(
                each
                for each in snapshot.items.values()
                if isinstance(each, Incident) and each.job == job
            )
        return self._incidents

    def draw(self, job: Job) -> None:
        """Draw the life as it is now."""
        money = money_facts(job, self._view.desk.present())
        self._view.life_tab.show(Life(self.timeline(job), self._series, money, self._error))

    async def _read(self) -> None:
        while True:
            job = self._view.job
            line = self.timeline(job) if job is not None else None
            if job is None or line is None:
                await asyncio.sleep(FIRST_SECONDS)
                continue
            await self._read_once(job, line)
            self._view.draw()
            if job.state.ended and self._error is None:
                return
            await asyncio.sleep(READ_SECONDS)

    async def _read_once(self, job: Job, line: Timeline) -> None:
        length = max(1.0, (line.end - line.start).total_seconds())
        window = Window(start=line.start, end=line.end, step_seconds=max(1.0, length / COLUMNS))
        try:
            self._series = await self._view.desk.session.series(
                Metric.UTILISATION, window, job=job.name
            )
            self._error = None
        except CloudError as error:
            self._error = error
