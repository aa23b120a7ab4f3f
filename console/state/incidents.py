"""Incidents as a feed: failures read out of the events, priced with the price list."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from heapq import nlargest
from types import MappingProxyType
from typing import Any

from api_client.models.event import Event, EventReason, Incident, IncidentOutcome
from console.analysis.recovery import incidents
from console.state.bounds import tells_of_failure
from console.state.event_index import EventIndex
from console.state.slices import Slices
from console.state.store import Store

_CHECKPOINTS = 200
"""The newest checkpoints of a job that its step rate is read from."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Incidents:
    """Reads the failures anew of those jobs only whose events changed or that still recover.

    It may be stopped at any time and asked again: it goes on where it was.

    Jobs give sizes only: their progress, many times a second, is no reason to compute again.

    Args:
        now: the tenant's now.
    """

    inputs = ("events", "prices", "jobs")
    triggers = ("events", "prices")

    def __init__(self, index: EventIndex, now: Callable[[], datetime]) -> None:
        self._index = index
        self._now = now
        self._version = -1
        self._prices: Any = None
        self._found: dict[str, tuple[Incident, ...]] = {}
        self._open: set[str] = set()
        self._by_id: dict[str, Incident] = {}
        self._order: list[tuple[datetime, str]] = []
        self._items: Mapping[str, Any] = MappingProxyType({})
        # Whoever looks may leave in the middle: what is left to do stands here for the next time.
        self._pending: set[str] = set()
        self._moved = False

    async def compute(self, store: Store) -> Mapping[str, Any]:
        """All incidents by id, newest first."""
        await self._index.catch_up()
        slices = Slices()
        self._pending.update(self._due(store))
        for job in tuple(self._pending):
            await slices.breathe()
            found = self._incidents(job, store)
            if found != self._found.get(job, ()):
                self._moved = True
                self._keep(job, found)
            self._pending.discard(job)
        if self._moved:
            by_id, order = self._by_id, self._order
            self._items = MappingProxyType(
                {key: by_id[key] for _, key in reversed(order) if key in by_id}
            )
            self._moved = False
        return self._items

    def _due(self, store: Store) -> Collection[str]:
        """The jobs to look at; all with failures where what changed is not known."""
        prices = store.snapshot("prices").items.get("prices")
        changed = self._index.jobs_changed_since(self._version)
        self._version = self._index.version
        repriced, self._prices = prices != self._prices, prices
        if changed is None or repriced:
            return {*self._index.failed_jobs(), *self._found}
        return {
            job for job in changed if self._index.failed(job) or job in self._found
        } | self._open

    def _incidents(self, job: str, store: Store) -> tuple[Incident, ...]:
        if not self._index.failed(job):
            return ()
        known = store.snapshot("jobs").items.get(job)
        return incidents(
            _story(self._index.of(job).values()),
            prices=self._prices,
            jobs={} if known is None else {job: known},
            now=self._now(),
        )

    def _keep(self, job: str, found: tuple[Incident, ...]) -> None:
        self._open.discard(job)
        for incident in self._found.pop(job, ()):
            self._by_id.pop(incident.id, None)
            place = _place(incident)
            del self._order[bisect_left(self._order, place)]
        if not found:
            return
        self._found[job] = found
        for incident in found:
            self._by_id[incident.id] = incident
            insort(self._order, _place(incident))
        if any(incident.outcome is IncidentOutcome.RECOVERING for incident in found):
            self._open.add(job)


def _place(incident: Incident) -> tuple[datetime, str]:
    return (incident.happened or _LONG_AGO, incident.id)


def _story(events: Collection[Event]) -> list[Event]:
    """What incidents are read from; a job that saved a checkpoint a minute has little of it."""
    story: list[Event] = []
    checkpoints: list[Event] = []
    for event in events:
        if event.reason == EventReason.CHECKPOINT_SAVED:
            checkpoints.append(event)
        elif tells_of_failure(event) or event.reason == EventReason.JOB_SUCCEEDED:
            story.append(event)
    if len(checkpoints) > _CHECKPOINTS:
        checkpoints = nlargest(_CHECKPOINTS, checkpoints, key=lambda event: event.time)
    return story + checkpoints
