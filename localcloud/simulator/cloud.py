"""The simulated tenant as the server sees it: one synchronous object, as the embedded cloud is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from api_client.models.base import Page
from api_client.models.billing import Charge, PriceList
from api_client.models.compute import Accelerator, Node, NodeSummary, Pool
from api_client.models.event import Event
from api_client.models.identity import Tenant
from api_client.models.job import Job, JobSpec, JobState, JobSummary, Worker
from api_client.models.telemetry import Series, Window
from api_client.models.watch import Change
from localcloud.engine.errors import InvalidFault
from localcloud.simulator.archive import Archive
from localcloud.simulator.bills import Bills
from localcloud.simulator.clock import SimulationClock
from localcloud.simulator.collector import without_collector
from localcloud.simulator.commands import Commands
from localcloud.simulator.contract import Injected, Running, Summary
from localcloud.simulator.deep_lists import DeepLists
from localcloud.simulator.details import Details
from localcloud.simulator.event_lists import EventsWanted
from localcloud.simulator.faults import Injector
from localcloud.simulator.lists import Lists
from localcloud.simulator.logs import SimulatedLog
from localcloud.simulator.moments import HOUR, SECOND, from_moment, to_moment
from localcloud.simulator.node_details import NodeDetails
from localcloud.simulator.plan import TenantPlan
from localcloud.simulator.refresh import Refresh
from localcloud.simulator.series import SeriesMaker
from localcloud.simulator.totals import tenant_card, totals
from localcloud.simulator.views import Views
from localcloud.simulator.world import World

T = TypeVar("T")

MOST_SAMPLES = 4096
"""Accelerators `/metrics` lists: text of many more would keep everybody else waiting."""

_TICK_SECONDS = 0.025
_ARCHIVE_SECONDS = 0.02


class SimulatedCloud:
    """One simulated tenant; its history is played when it is made.

    Args:
        clock: where the tenant's time should be; made from `speed` and `paused` if not given.
    """

    def __init__(
        self,
        plan: TenantPlan,
        clock: SimulationClock | None = None,
        *,
        speed: float = 1.0,
        paused: bool = False,
    ) -> None:
        self._plan = plan
        self._world = world = World(plan)
        with without_collector():
            world.play_history()
        self._clock = clock or SimulationClock(plan.start, speed, paused=paused)
        self._id = f"sim-{plan.scenario}-{plan.seed}"
        self._views = Views(world)
        self._details = Details(world, self._views)
        self._machines = NodeDetails(world, self._views)
        self._lists = Lists(world, self._views)
        self._series = SeriesMaker(world, self._details)
        self._commands = Commands(world)
        self._injector = Injector(world)
        self._refresh = Refresh(world)
        self._archive = Archive(plan.older, world)
        self._deep = DeepLists(self._archive, self._lists, Bills(world, self._id))
        self._swept = world.now

    # time

    def tick(self) -> None:
        """Play on towards the clock, for a few milliseconds; a jump takes several ticks."""
        before = self._world.journal.version
        self._archive.advance(_ARCHIVE_SECONDS)
        self._world.advance(self._clock.target(), _TICK_SECONDS)
        if self._world.now - self._swept >= HOUR:
            self._swept = self._world.now
            self._world.retention.sweep(self._world.now)
        self._refresh.publish(time.monotonic())
        if self._world.journal.version != before:
            self._world.journal.tell()

    def play_to(self, moment: datetime) -> None:
        """Play everything up to a moment at once."""
        self._clock.set(to=max(moment, self._clock.now()))
        self._archive.advance()
        self._world.advance(to_moment(moment))

    def simulation(self) -> Running:
        """What is simulated, and how time passes there."""
        return Running(
            scenario=self._plan.scenario,
            seed=self._plan.seed,
            speed=self._clock.speed,
            paused=self._clock.paused,
            now=from_moment(self._world.now),
            target=max(self._clock.now(), from_moment(self._world.now)),
            begin=(self._plan.older or self._plan).begin,
        )

    def set_clock(
        self,
        *,
        speed: float | None = None,
        paused: bool | None = None,
        step_seconds: float | None = None,
        to: datetime | None = None,
    ) -> Running:
        """Change what is given; raises `InvalidFault`."""
        self._clock.set(speed=speed, paused=paused, step_seconds=step_seconds, to=to)
        return self.simulation()

    def inject(
        self,
        kind: str,
        node: str | None = None,
        job: str | None = None,
        seconds: float | None = None,
    ) -> Injected:
        """Break something now; raises `InvalidFault`, `NotFoundFault`, `ConflictFault`."""
        return self._told(self._injector.inject(kind, node, job, seconds))

    def summary(self) -> Summary:
        """Totals over every job played so far."""
        return totals(self._world)

    def close(self) -> None:
        """Nothing is kept."""

    # the tenant

    def tenant(self) -> Tenant:
        """Who we are; says that nothing here is real."""
        return tenant_card(self._world, self._clock, self._id)

    def pools(self) -> list[Pool]:
        """Every pool."""
        return self._views.pools()

    # nodes

    def nodes(self, cursor: str | None, limit: int) -> Page[NodeSummary]:
        """One page of nodes in the order of their numbers."""
        return self._lists.nodes(cursor, limit)

    def node(self, name: str) -> Node:
        """Raises `NotFoundFault`, as every method that takes a node's name."""
        return self._machines.node(self._commands.node(name))

    def cordon(self, name: str, reason: str, by: str) -> Node:
        """Start no new work there; raises `InvalidFault` without a reason."""
        return self._told(self._machines.node(self._commands.cordon(name, reason, by)))

    def uncordon(self, name: str, reason: str, by: str) -> Node:
        """Let new work start there again."""
        return self._told(self._machines.node(self._commands.uncordon(name, reason, by)))

    def drain(self, name: str, reason: str, by: str) -> Node:
        """Cordon it and restart its jobs elsewhere; raises `InvalidFault` without a reason."""
        return self._told(self._machines.node(self._commands.drain(name, reason, by)))

    def reboot(self, name: str, reason: str, by: str) -> Node:
        """Lose what runs there; raises `InvalidFault` without a reason."""
        return self._told(self._machines.node(self._commands.reboot(name, reason, by)))

    # jobs

    def jobs(
        self,
        *,
        states: Sequence[JobState] = (),
        owners: Sequence[str] = (),
        name_contains: str = "",
        cursor: str | None = None,
        limit: int = 500,
    ) -> Page[JobSummary]:
        """One page of jobs, newest first."""
        return self._deep.jobs(states, owners, name_contains, cursor, limit)

    def job(self, name: str) -> Job:
        """Raises `NotFoundFault`, as every method that takes a job's name."""
        return self._details.job(self._commands.job(name))

    def create_job(self, spec: JobSpec, owner: str) -> Job:
        """Queue a job; raises `InvalidFault`, and `ConflictFault` where the name is taken."""
        return self._told(self._details.job(self._commands.create(spec, owner)))

    def stop_job(self, name: str, reason: str, by: str) -> Job:
        """Stop a job; raises `ConflictFault` where it has ended by itself."""
        return self._told(self._details.job(self._commands.stop(name, reason, by)))

    def restart_job(self, name: str, from_checkpoint: bool, by: str) -> Job:
        """Start a job anew; raises `ConflictFault` while that cannot be."""
        return self._told(self._details.job(self._commands.restart(name, from_checkpoint, by)))

    def delete_job(self, name: str, by: str) -> None:
        """List a job no more; raises `ConflictFault` before its end."""
        self._commands.delete(name, by)
        self._told(None)

    def workers(self, name: str, all_attempts: bool = False) -> list[Worker]:
        """Workers in rank order, of the latest attempt or of every one."""
        return self._details.workers(self._commands.job(name), all_attempts=all_attempts)

    def log_file(self, name: str, rank: int, attempt: int | None = None) -> SimulatedLog:
        """The log of one worker, its latest attempt where none is named."""
        return self._details.log(self._commands.job(name), rank, attempt)

    # events and changes

    def events(
        self,
        *,
        subject_kind: str = "",
        subject_id: str = "",
        since: datetime | None = None,
        newest_first: bool = False,
        about_failures: bool = False,
        cursor: str | None = None,
        limit: int = 500,
    ) -> Page[Event]:
        """One page of events, oldest first unless the newest are asked for."""
        return self._deep.events(
            EventsWanted(subject_kind, subject_id, since, newest_first, about_failures),
            cursor,
            limit,
        )

    def changes_since(self, version: int, limit: int) -> list[Change]:
        """The latest state of what changed after `version`; raises `VersionExpired`."""
        return self._lists.changes_since(version, limit)

    @property
    def resource_version(self) -> int:
        """The version of the last change."""
        return self._world.journal.version

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` on this thread after the version moved; returns how to stop that."""
        return self._world.journal.subscribe(callback)

    # telemetry and money

    def series(self, metric: str, window: Window, node: str = "", job: str = "") -> list[Series]:
        """Series of one metric, evenly spaced accelerators where there are very many."""
        return self._series.series(metric, window, node, job)

    def samples(self) -> list[Accelerator]:
        """The first accelerators with their latest reading, for `/metrics`."""
        devices = (
            device for node in self._world.fleet.nodes for device in self._machines.devices(node)
        )
        return list(islice(devices, MOST_SAMPLES))

    def charges(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        resource_name: str = "",
        cursor: str | None = None,
        limit: int = 1000,
    ) -> Page[Charge]:
        """One page of charges whose period starts in [start, end), day by day."""
        return self._deep.charges(start, end, resource_name, cursor, limit)

    def prices(self) -> PriceList:
        """The price list in force."""
        return self._world.ledger.prices

    def set_prices(self, prices: PriceList) -> PriceList:
        """Replace the price list from now on; raises `InvalidFault`."""
        if not prices.items:
            raise InvalidFault({"items": "holds no price"})
        self._world.ledger.set_prices(self._world.now // SECOND * SECOND, prices)
        return prices

    def _told(self, answer: T) -> T:
        """Tell those who watch that a command changed something."""
        self._world.journal.tell()
        return answer
