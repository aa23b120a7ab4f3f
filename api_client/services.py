"""What a provider can do: one small protocol per capability.

A provider implements the protocols it can and nothing else. Reads return domain models and may
be repeated. Writes happen at most once: a write whose answer was lost raises
`errors.OutcomeUnknown`. Every method raises a subclass of `errors.CloudError`; an empty id
raises `ValueError`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from api_client.budget import RequestBudget
from api_client.models.alert import Alert
from api_client.models.billing import Charge
from api_client.models.compute import Node, NodeSummary, Pool
from api_client.models.event import Event
from api_client.models.identity import Tenant
from api_client.models.job import Job, JobState, JobSummary, LogChunk, Worker
from api_client.models.slim import Slim
from api_client.models.telemetry import Series, Window
from api_client.models.tuning import Checkpoint, Endpoint, FineTune, Model, TrainingFile
from api_client.models.watch import Change
from api_client.paging import Pages

if TYPE_CHECKING:
    # Their checks are heavy to load, and who only reads lists needs none of them.
    from api_client.models.job_spec import JobSpec
    from api_client.models.prices import PriceList


class _ListQuery(Slim):
    limit: int = 500
    """Size of one page, 1 to 1000."""

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= 1000:
            raise ValueError("the size of a page must be 1 to 1000")


class JobQuery(_ListQuery):
    """What a server can narrow a list of jobs by; empty means everything."""

    states: tuple[JobState, ...] = ()
    owners: tuple[str, ...] = ()
    name_contains: str = ""


class EventQuery(_ListQuery):
    """What a server can narrow a list of events by."""

    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    newest_first: bool = False
    about: Literal["", "failures"] = ""
    """`failures`: only what incidents are read from (`FAILURE_REASONS`); a server that does not
    know the word sends everything."""


class ChargeQuery(_ListQuery):
    """Charges whose charge period starts in [start, end)."""

    start: datetime | None = None
    end: datetime | None = None
    resource_name: str = ""
    limit: int = 1000


@runtime_checkable
class Identifies(Protocol):
    """Says which tenant this is and who we are in it."""

    async def tenant(self) -> Tenant: ...


@runtime_checkable
class ListsJobs(Protocol):
    """Lists and reads training jobs and their workers."""

    def jobs(self, query: JobQuery = JobQuery()) -> Pages[JobSummary]: ...
    async def job(self, name: str) -> Job: ...
    async def workers(self, name: str, *, all_attempts: bool = False) -> Sequence[Worker]: ...


@runtime_checkable
class ControlsJobs(Protocol):
    """Creates, stops, restarts and deletes training jobs. Names are chosen by the caller."""

    async def create_job(self, spec: JobSpec) -> Job: ...
    async def stop_job(self, name: str, *, reason: str = "") -> Job: ...
    async def restart_job(self, name: str, *, from_checkpoint: bool = True) -> Job: ...
    async def delete_job(self, name: str) -> None: ...


@runtime_checkable
class ReadsLogs(Protocol):
    """Reads worker logs by byte range and follows them.

    `attempt` `None` is the worker's latest. `start` may be negative: that many bytes before the
    end. `follow_log` resumes by itself where a connection broke and ends after the worker's last
    byte.
    """

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = 65_536,
    ) -> LogChunk: ...

    def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncIterator[LogChunk]: ...


@runtime_checkable
class ListsNodes(Protocol):
    """Lists pools and nodes."""

    async def pools(self) -> Sequence[Pool]: ...
    def nodes(self) -> Pages[NodeSummary]: ...
    async def node(self, name: str) -> Node: ...


@runtime_checkable
class ControlsNodes(Protocol):
    """Takes nodes out of scheduling and back. `drain_node` stops and reschedules what runs."""

    async def cordon_node(self, name: str, *, reason: str) -> Node: ...
    async def uncordon_node(self, name: str) -> Node: ...
    async def drain_node(self, name: str, *, reason: str) -> Node: ...
    async def reboot_node(self, name: str, *, reason: str) -> Node: ...


@runtime_checkable
class StreamsEvents(Protocol):
    """Lists past events and watches changes as they happen.

    `watch` yields every change after `since`, resumes by itself after a drop, and raises
    `errors.Expired` when `since` is older than the server remembers.
    """

    def events(self, query: EventQuery = EventQuery()) -> Pages[Event]: ...
    def watch(self, since: int) -> AsyncIterator[Change]: ...


@runtime_checkable
class StreamsBatches(Protocol):
    """Watches many changes at a time, for tenants in which thousands of objects move.

    As `watch`; of an object that changed more than once since the last batch only its latest
    state may come. Batches are never empty.
    """

    def watch_batches(self, since: int) -> AsyncIterator[tuple[Change, ...]]: ...


@runtime_checkable
class ReportsBudget(Protocol):
    """Says what was asked of the service so far, and what may be asked at once."""

    def budget(self) -> RequestBudget: ...


@runtime_checkable
class ReadsTelemetry(Protocol):
    """Reads series of the metric catalogue."""

    async def series(
        self, metric: str, window: Window, *, node: str = "", job: str = ""
    ) -> Sequence[Series]: ...


@runtime_checkable
class Bills(Protocol):
    """Reads charges and the price list, and replaces the price list where that is ours to do."""

    def charges(self, query: ChargeQuery = ChargeQuery()) -> Pages[Charge]: ...
    async def prices(self) -> PriceList: ...
    async def set_prices(self, prices: PriceList) -> PriceList: ...


@runtime_checkable
class ReadsAlerts(Protocol):
    """Lists what fires."""

    async def alerts(self) -> Sequence[Alert]: ...


@runtime_checkable
class Tunes(Protocol):
    """Lists fine-tuning jobs, their checkpoints and files."""

    def fine_tunes(self) -> Pages[FineTune]: ...
    async def checkpoints(self, fine_tune: str) -> Sequence[Checkpoint]: ...
    def files(self) -> Pages[TrainingFile]: ...


@runtime_checkable
class ServesModels(Protocol):
    """Lists models and endpoints."""

    async def models(self) -> Sequence[Model]: ...
    async def endpoints(self) -> Sequence[Endpoint]: ...
