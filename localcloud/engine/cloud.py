"""The embedded cloud as the server sees it: one synchronous object.

Every method is quick and runs on the daemon's one thread. Faults are those of
`localcloud.engine.errors`; any method that reads or writes may also raise `StoreError`.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from api_client.models.base import Page
from api_client.models.billing import Charge, PriceList
from api_client.models.compute import Accelerator, Node, NodeSummary, Pool
from api_client.models.event import Event
from api_client.models.identity import Principal, Tenant
from api_client.models.job import Job, JobSpec, JobState, JobSummary, Worker
from api_client.models.telemetry import Series, Window
from api_client.models.watch import Change
from localcloud.engine.clock import Clock, SystemClock
from localcloud.engine.core import Core
from localcloud.engine.errors import StoreError
from localcloud.engine.fleet import Fleet
from localcloud.engine.heartbeats import Heartbeats
from localcloud.engine.job_control import JobControl
from localcloud.engine.lifecycle import Lifecycle
from localcloud.engine.lists import Lists
from localcloud.engine.logs import LogFile, find_log
from localcloud.engine.metering import Metering
from localcloud.engine.node_control import NodeControl
from localcloud.engine.prices import Prices
from localcloud.engine.protocol import Heartbeat, HeartbeatReply
from localcloud.engine.settings import CloudSettings
from localcloud.engine.supervisor import Supervisor
from localcloud.store.charges import ChargeFilter
from localcloud.store.events import EventFilter
from localcloud.store.jobs import JobFilter

__all__ = ["Cloud", "LogFile"]

_VIRTUAL = (
    "Accelerators here are virtual slots; their utilisation is the measured CPU use of the"
    " worker's processes, one core per slot."
)


class Cloud:
    """One embedded cloud in one home folder.

    Raises:
        StoreError: the database is corrupt, not writable, newer than this version, or the disk
            is full.
    """

    def __init__(self, home: Path, settings: CloudSettings, clock: Clock | None = None) -> None:
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(
                f"The folder {home} could not be made ({error.strerror}).",
                "Check the disk, or set QUARTERDECK_LOCAL_HOME to another folder.",
            ) from error
        core = Core.open(home, settings, clock or SystemClock())
        self._core, self._store, self._journal = core, core.store, core.journal
        self._tenant_id = core.store.tenant_id()
        self._lists = Lists(core, self._tenant_id)
        self._prices = Prices(home / "prices.toml", settings.currency)
        self._metering = Metering(core, self._prices)
        self._heartbeats = Heartbeats(core)
        self._nodes = NodeControl(core)
        self._fleet = Fleet(core, self._nodes, self._heartbeats)
        lifecycle = Lifecycle(core)
        self._jobs = JobControl(core, lifecycle)
        self._supervisor = Supervisor(
            core,
            nodes=self._nodes,
            fleet=self._fleet,
            lifecycle=lifecycle,
            metering=self._metering,
        )

    # the supervisor

    def tick(self) -> None:
        """Take one supervisor step; never raises because of one bad job or a full disk."""
        self._supervisor.tick()

    def close(self) -> None:
        """Close the database. Agents and workers go on."""
        self._store.database.close()

    # the tenant

    def tenant(self) -> Tenant:
        """Who we are, and what the console must say."""
        return Tenant(
            id=self._tenant_id,
            name=self._core.settings.tenant_name,
            principal=Principal(name=_who(), roles=("admin",)),
            currency=self._core.settings.currency,
            version=_own_version(),
            server_time=self._core.clock.now(),
            resource_version=self._journal.version,
            notices=self._notices(),
        )

    def pools(self) -> list[Pool]:
        """The one pool of this machine."""
        return [self._core.node_views.pool()]

    # nodes

    def nodes(self, cursor: str | None, limit: int) -> Page[NodeSummary]:
        """One page of nodes in the order of their numbers."""
        return self._lists.nodes(cursor, limit)

    def node(self, name: str) -> Node:
        """Raises `NotFoundFault`, as every method that takes a node's name."""
        return self._core.node_views.detail(self._nodes.get(name))

    def cordon(self, name: str, reason: str, by: str) -> Node:
        """Start no new work there; raises `InvalidFault` without a reason."""
        return self.node(self._nodes.cordon(name, reason, by).name)

    def uncordon(self, name: str, reason: str, by: str) -> Node:
        """Let new work start there again."""
        return self.node(self._nodes.uncordon(name, reason, by).name)

    def drain(self, name: str, reason: str, by: str) -> Node:
        """Cordon it and restart its jobs elsewhere; raises `InvalidFault` without a reason."""
        return self.node(self._nodes.drain(name, reason, by).name)

    def reboot(self, name: str, reason: str, by: str) -> Node:
        """Lose what runs there and start its agent anew; raises `InvalidFault`."""
        self._fleet.reboot(name, reason, by)
        return self.node(name)

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
        wanted = JobFilter(tuple(state.value for state in states), tuple(owners), name_contains)
        return self._lists.jobs(wanted, cursor, limit)

    def job(self, name: str) -> Job:
        """Raises `NotFoundFault`, as every method that takes a job's name."""
        return self._core.job_views.detail(self._jobs.get(name))

    def create_job(self, spec: JobSpec, owner: str) -> Job:
        """Queue a job; raises `InvalidFault`, and `ConflictFault` where the name is taken."""
        return self._core.job_views.detail(self._jobs.create(spec, owner))

    def stop_job(self, name: str, reason: str, by: str) -> Job:
        """Stop a job; raises `ConflictFault` where it has ended by itself."""
        return self._core.job_views.detail(self._jobs.stop(name, reason, by))

    def restart_job(self, name: str, from_checkpoint: bool, by: str) -> Job:
        """Start a job anew; raises `ConflictFault` while it is being stopped."""
        row = self._jobs.restart(name, from_checkpoint=from_checkpoint, by=by)
        return self._core.job_views.detail(row)

    def delete_job(self, name: str, by: str) -> None:
        """Forget a job, its logs and its own checkpoints; raises `ConflictFault` before its end."""
        self._jobs.delete(name, by)

    def workers(self, name: str, all_attempts: bool = False) -> list[Worker]:
        """Workers in rank order, the newest of each rank or all there ever were."""
        return self._core.job_views.workers(self._jobs.get(name), all_attempts=all_attempts)

    def log_file(self, name: str, rank: int, attempt: int | None = None) -> LogFile:
        """The log of one worker, its latest attempt where none is named."""
        return find_log(self._store, self._jobs.get(name), rank, attempt)

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
        """One page of events, oldest first unless told otherwise."""
        after = since.timestamp() if since else None
        wanted = EventFilter(subject_kind, subject_id, after, about_failures)
        return self._lists.events(wanted, cursor, limit, newest_first=newest_first)

    def changes_since(self, version: int, limit: int) -> list[Change]:
        """Changes after `version`, oldest first; raises `VersionExpired`."""
        return self._lists.changes_since(version, limit)

    @property
    def resource_version(self) -> int:
        """The version of the last change."""
        return self._journal.version

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` on this thread after the version moved; returns how to stop that."""
        return self._journal.subscribe(callback)

    # telemetry

    def series(self, metric: str, window: Window, node: str = "", job: str = "") -> list[Series]:
        """Series of one metric; raises `InvalidFault` for an unknown one."""
        return self._supervisor.telemetry.series(metric, window, node, job)

    def samples(self) -> list[Accelerator]:
        """Every accelerator with its latest reading, for `/metrics`."""
        return self._core.node_views.devices()

    # money

    def charges(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        resource_name: str = "",
        cursor: str | None = None,
        limit: int = 1000,
    ) -> Page[Charge]:
        """One page of charges whose period starts in [start, end), oldest written first."""
        wanted = ChargeFilter(_seconds(start), _seconds(end), resource_name)
        return self._lists.charges(wanted, cursor, limit)

    def prices(self) -> PriceList:
        """The price list in force."""
        self._prices.refresh()
        return self._prices.current

    def set_prices(self, prices: PriceList) -> PriceList:
        """Replace the price list from now on; raises `InvalidFault`."""
        return self._prices.replace(prices)

    # the fleet

    def heartbeat(self, request: Heartbeat) -> HeartbeatReply:
        """Take what an agent reports and say what it must do."""
        return self._heartbeats.receive(request)

    def resize(self, nodes: int, accelerators: int) -> None:
        """Declare node-1..node-N; raises `ConflictFault` where that takes away a busy node."""
        self._fleet.resize(nodes, accelerators)

    def start_missing_agents(self, *, include_failed: bool = False) -> None:
        """Start agents for nodes without one; also for FAILED nodes where asked."""
        self._fleet.start_missing(include_failed=include_failed)

    def stop_agents(self) -> None:
        """Stop every agent and its workers; may take the grace time."""
        self._fleet.stop_all()

    def _notices(self) -> tuple[str, ...]:
        real = any(self._core.live.devices.values())
        unpriced = [
            f"There is no price for {what}; its use is charged once there is one."
            for what in sorted(self._metering.unpriced)
        ]
        found = ["" if real else _VIRTUAL, self._prices.problem, *unpriced]
        return tuple(text for text in (*found, *self._supervisor.troubles) if text)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A user id without a name, as in some containers.
        return str(os.getuid())


def _own_version() -> str:
    try:
        return version("quarterdeck")
    except PackageNotFoundError:
        return ""
