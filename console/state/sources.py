"""Feed keys and how each is read: which capability it needs and which objects it holds."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from api_client.models.alert import Alert
from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.compute import NodeSummary, Pool
from api_client.models.event import Event
from api_client.models.identity import Tenant
from api_client.models.job import JobSummary
from api_client.services import EventQuery, JobQuery
from console.state.bounds import MOST_JOBS
from console.state.charges import ChargesReader
from console.state.feed import Reading
from console.state.listing import PAGE, first_items, newest_events

if TYPE_CHECKING:
    from api_client.models.prices import PriceList

Read = Callable[[Any, datetime], Awaitable[Reading[Any]]]
"""Reads from a provider, at a moment."""


@dataclass(frozen=True, slots=True)
class Source:
    """How one feed is read; `interval` is seconds, `None` the user's refresh setting."""

    needs: str
    reader: Callable[[], Read]
    """Makes what reads it; one that remembers what it has read lives as long as the session."""
    interval: float | None = None
    model: type[Any] | None = None


def keyed(items: Sequence[Any], field: str) -> Reading[Any]:
    """Objects by one of their fields, in the order given."""
    return Reading({str(getattr(item, field)): item for item in items})


async def _tenant(provider: Any, now: datetime) -> Reading[Tenant]:
    return keyed([await provider.tenant()], "id")


async def _jobs(provider: Any, now: datetime) -> Reading[JobSummary]:
    return await _bounded(first_items(MOST_JOBS, provider.jobs(JobQuery(limit=PAGE))), "name")


async def _nodes(provider: Any, now: datetime) -> Reading[NodeSummary]:
    return keyed(await provider.nodes().all(), "name")


async def _pools(provider: Any, now: datetime) -> Reading[Pool]:
    return keyed(await provider.pools(), "name")


async def _events(provider: Any, now: datetime) -> Reading[Event]:
    query = EventQuery(newest_first=True, limit=PAGE)
    return await _bounded(newest_events(provider.events(query)), "id")


async def _bounded(pages: AsyncIterator[tuple[Page[Any], bool]], field: str) -> Reading[Any]:
    """Every item of the pages; the total where more were left out."""
    items: dict[str, Any] = {}
    total: int | None = None
    async for page, cut in pages:
        items |= {str(getattr(item, field)): item for item in page.items}
        total = page.total if cut else total
    return Reading(items, total)


async def _prices(provider: Any, now: datetime) -> Reading[PriceList]:
    return Reading({"prices": await provider.prices()})


async def _alerts(provider: Any, now: datetime) -> Reading[Alert]:
    return keyed(await provider.alerts(), "id")


LISTS: Mapping[str, Source] = {
    "tenant": Source("identity", lambda: _tenant, 10.0, Tenant),
    "jobs": Source("jobs.read", lambda: _jobs, None, JobSummary),
    "nodes": Source("nodes.read", lambda: _nodes, None, NodeSummary),
    "pools": Source("nodes.read", lambda: _pools, 10.0, Pool),
    "events": Source("events.stream", lambda: _events, None, Event),
    "charges": Source("billing.read", ChargesReader, 15.0, Charge),
    "prices": Source("billing.read", lambda: _prices, 60.0),
    "alerts": Source("alerts.read", lambda: _alerts, 15.0, Alert),
}
"""The feeds of a whole tenant."""

KEPT: Mapping[str, type[Any]] = {
    key: source.model for key, source in LISTS.items() if source.model is not None
}
"""Feeds whose last good state is on disk."""


KEPT_MOST: Mapping[str, int] = {"charges": 10_000}
"""Feeds that are not kept when they are longer: a whole bill takes as long to load from disk as
to read anew, and until then an old one would be shown."""


def kept_late() -> Mapping[str, type[Any]]:
    """Such feeds whose types take long to load: the checks of a price list are a person's."""
    from api_client.models.prices import PriceList

    return {"prices": PriceList}


def object_source(key: str) -> Source | None:
    """How the feed of one object is read: `job/<name>`, `workers/<job>`, `node/<name>`."""
    kind, _, name = key.partition("/")
    makers: Mapping[str, Callable[[str], Source]] = {
        "job": _one_job,
        "workers": _workers,
        "node": _one_node,
    }
    return makers[kind](name) if name and kind in makers else None


def _one_job(name: str) -> Source:
    async def read(provider: Any, now: datetime) -> Reading[Any]:
        return keyed([await provider.job(name)], "name")

    return Source("jobs.read", lambda: read)


def _workers(job: str) -> Source:
    async def read(provider: Any, now: datetime) -> Reading[Any]:
        workers = await provider.workers(job, all_attempts=True)
        return Reading({f"{worker.rank}/{worker.attempt}": worker for worker in workers})

    return Source("jobs.read", lambda: read)


def _one_node(name: str) -> Source:
    async def read(provider: Any, now: datetime) -> Reading[Any]:
        return keyed([await provider.node(name)], "name")

    return Source("nodes.read", lambda: read)
