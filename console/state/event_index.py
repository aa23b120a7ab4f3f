"""Events by the job they speak of, kept up with the feed in proportion to what changed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from api_client.models.event import Event, EventReason
from console.analysis.recovery import job_of
from console.state.change_log import ChangeLog
from console.state.slices import Slices
from console.state.store import Store

_NONE: Mapping[str, Event] = {}
_EVERY = 64


class EventIndex:
    """Shared by every feed that is computed from the events."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = -1
        self._events: dict[str, Event] = {}
        self._by_job: dict[str, dict[str, Event]] = {}
        self._failures: Counter[str] = Counter()
        self._log = ChangeLog()
        self._busy = asyncio.Lock()

    @property
    def version(self) -> int:
        """Counts the changes of jobs' events."""
        return self._log.version

    def jobs_changed_since(self, version: int) -> frozenset[str] | None:
        """Jobs whose events changed; `None` where that is too far back."""
        return self._log.since(version)

    def of(self, job: str) -> Mapping[str, Event]:
        """The events that speak of a job: about itself, its workers, or naming it."""
        return self._by_job.get(job, _NONE)

    def failed_jobs(self) -> Iterable[str]:
        """Jobs a failure was detected of."""
        return self._failures.keys()

    def failed(self, job: str) -> bool:
        """Whether a failure of a job was detected."""
        return job in self._failures

    async def catch_up(self) -> None:
        """Take over what changed in the feed, in slices."""
        async with self._busy:
            snapshot = self._store.snapshot("events")
            version = snapshot.version
            changed = self._store.changed_since("events", self._seen)
            ids = changed if changed is not None else {*snapshot.items, *self._events}
            slices = Slices()
            for number, event_id in enumerate(ids):
                if number % _EVERY == 0:
                    await slices.breathe()
                self._take(event_id, self._store.snapshot("events").items.get(event_id))
            # Only now: who is stopped on the way begins again.
            self._seen = version

    def _take(self, event_id: str, event: Event | None) -> None:
        before = self._events.get(event_id)
        if before is event:
            return
        if before is not None:
            del self._events[event_id]
            self._count(before, event_id, None)
        if event is not None:
            self._events[event_id] = event
            self._count(event, event_id, event)

    def _count(self, speaks: Event, event_id: str, put: Event | None) -> None:
        job = _job_named(speaks)
        if not job:
            return
        if put is not None:
            self._by_job.setdefault(job, {})[event_id] = put
        else:
            self._by_job[job].pop(event_id, None)
            if not self._by_job[job]:
                del self._by_job[job]
        if speaks.reason == EventReason.FAILURE_DETECTED:
            self._failures[job] += 1 if put is not None else -1
            if not self._failures[job]:
                del self._failures[job]
        self._log.note(job)


def _job_named(event: Event) -> str:
    found: Any = job_of(event) or event.fields.get("job")
    return found if isinstance(found, str) else ""
