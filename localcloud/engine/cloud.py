"""The embedded cloud as the server sees it: one synchronous object.

Every method is quick and runs on the daemon's one thread. Faults are those of
`localcloud.engine.errors`; any method that reads or writes may also raise `StoreError`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from api_client.models.base import Page
from api_client.models.billing import Charge, PriceList
from api_client.models.compute import Accelerator, Node, NodeSummary, Pool
from api_client.models.event import Event
from api_client.models.identity import Tenant
from api_client.models.job import Job, JobSpec, JobState, JobSummary, Worker
from api_client.models.telemetry import Series, Window
from api_client.models.watch import Change
from localcloud.engine.clock import Clock, SystemClock
from localcloud.engine.protocol import Heartbeat, HeartbeatReply
from localcloud.engine.settings import CloudSettings


@dataclass(frozen=True)
class LogFile:
    """Where one worker's log lies."""

    path: Path
    """The file may not exist yet."""
    ended: bool
    """True when the worker has ended and nothing more will be written."""
    attempt: int


class Cloud:
    """One embedded cloud in one home folder.

    Raises:
        StoreError: the database is corrupt, not writable, newer than this version, or the disk
            is full.
    """

    def __init__(
        self, home: Path, settings: CloudSettings, clock: Clock = SystemClock()  # noqa: B008
    ) -> None: ...

    # the supervisor

    def tick(self) -> None:
        """Take one supervisor step; never raises because of one bad job or a full disk."""

    def close(self) -> None:
        """Close the database. Agents and workers go on."""

    # the tenant

    def tenant(self) -> Tenant: ...
    def pools(self) -> list[Pool]: ...

    # nodes

    def nodes(self, cursor: str | None, limit: int) -> Page[NodeSummary]: ...
    def node(self, name: str) -> Node: ...
    def cordon(self, name: str, reason: str, by: str) -> Node: ...
    def uncordon(self, name: str, reason: str, by: str) -> Node: ...
    def drain(self, name: str, reason: str, by: str) -> Node: ...
    def reboot(self, name: str, reason: str, by: str) -> Node: ...

    # jobs

    def jobs(
        self,
        *,
        states: Sequence[JobState] = (),
        owners: Sequence[str] = (),
        name_contains: str = "",
        cursor: str | None = None,
        limit: int = 500,
    ) -> Page[JobSummary]: ...
    def job(self, name: str) -> Job: ...
    def create_job(self, spec: JobSpec, owner: str) -> Job: ...
    def stop_job(self, name: str, reason: str, by: str) -> Job: ...
    def restart_job(self, name: str, from_checkpoint: bool, by: str) -> Job: ...
    def delete_job(self, name: str, by: str) -> None: ...
    def workers(self, name: str, all_attempts: bool = False) -> list[Worker]: ...
    def log_file(self, name: str, rank: int, attempt: int | None = None) -> LogFile: ...

    # events and changes

    def events(
        self,
        *,
        subject_kind: str = "",
        subject_id: str = "",
        since: datetime | None = None,
        cursor: str | None = None,
        limit: int = 500,
    ) -> Page[Event]: ...
    def changes_since(self, version: int, limit: int) -> list[Change]:
        """Changes after `version`, oldest first; raises `VersionExpired`."""

    @property
    def resource_version(self) -> int: ...
    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` on this thread after the version moved; returns how to stop that."""

    # telemetry

    def series(self, metric: str, window: Window, node: str = "", job: str = "") -> list[Series]: ...
    def samples(self) -> list[Accelerator]:
        """Every accelerator with its latest reading, for `/metrics`."""

    # money

    def charges(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        resource_name: str = "",
        cursor: str | None = None,
        limit: int = 1000,
    ) -> Page[Charge]: ...
    def prices(self) -> PriceList: ...
    def set_prices(self, prices: PriceList) -> PriceList: ...

    # the fleet

    def heartbeat(self, request: Heartbeat) -> HeartbeatReply: ...
    def resize(self, nodes: int, accelerators: int) -> None:
        """Declare node-1..node-N; raises `ConflictFault` where that takes away a busy node."""

    def start_missing_agents(self, *, include_failed: bool = False) -> None:
        """Start agents for nodes without one; also for FAILED nodes where asked."""

    def stop_agents(self) -> None:
        """Stop every agent and its workers; may take the grace time."""
