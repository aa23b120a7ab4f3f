"""What the Tenant API asks of the cloud behind it; the embedded cloud and the simulator give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from api_client.models.base import Page
from api_client.models.billing import Charge, PriceList
from api_client.models.compute import Accelerator, Node, NodeSummary, Pool
from api_client.models.event import Event
from api_client.models.identity import Tenant
from api_client.models.job import Job, JobSpec, JobState, JobSummary, Worker
from api_client.models.telemetry import Series, Window
from api_client.models.watch import Change


class WorkerLog(Protocol):
    """One worker's log of one attempt."""

    @property
    def ended(self) -> bool:
        """True when the worker has ended and nothing more will be written."""
        ...

    @property
    def attempt(self) -> int: ...

    def size(self) -> int:
        """Bytes written so far; 0 before the worker wrote any."""
        ...

    def read(self, start: int, end: int) -> bytes:
        """Bytes [start, end), fewer where the log ends before."""
        ...


class TenantBackend(Protocol):
    """One tenant. Methods are quick and run on the server's one thread; they raise the faults of
    `localcloud.engine.errors`.
    """

    def tick(self) -> None: ...

    def close(self) -> None: ...

    def tenant(self) -> Tenant: ...

    def pools(self) -> list[Pool]: ...

    def nodes(self, cursor: str | None, limit: int) -> Page[NodeSummary]: ...

    def node(self, name: str) -> Node: ...

    def cordon(self, name: str, reason: str, by: str) -> Node: ...

    def uncordon(self, name: str, reason: str, by: str) -> Node: ...

    def drain(self, name: str, reason: str, by: str) -> Node: ...

    def reboot(self, name: str, reason: str, by: str) -> Node: ...

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

    def log_file(self, name: str, rank: int, attempt: int | None = None) -> WorkerLog: ...

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
    ) -> Page[Event]: ...

    def changes_since(self, version: int, limit: int) -> list[Change]: ...

    @property
    def resource_version(self) -> int: ...

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]: ...

    def series(
        self, metric: str, window: Window, node: str = "", job: str = ""
    ) -> list[Series]: ...

    def samples(self) -> list[Accelerator]: ...

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
