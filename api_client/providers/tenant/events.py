"""Events, the watch and telemetry over the Tenant API."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import TypeVar

from api_client.errors import BadReply
from api_client.models.base import Page, rfc3339
from api_client.models.event import Event
from api_client.models.slim import Malformed
from api_client.models.telemetry import Series, Window
from api_client.models.watch import Change, ChangeOp
from api_client.paging import Pages
from api_client.providers.tenant.calls import TenantCalls
from api_client.providers.tenant.wire import read
from api_client.services import EventQuery
from api_client.stream import resuming_events

T = TypeVar("T")

_BATCH = 500
_KINDS = ("job", "node", "event")


class TenantEvents:
    """Lists events, watches changes, reads series."""

    _calls: TenantCalls

    def events(self, query: EventQuery = EventQuery()) -> Pages[Event]:
        """Events, oldest first unless the query says otherwise."""
        params = {
            "subject_kind": query.subject_kind or None,
            "subject_id": query.subject_id or None,
            "since": None if query.since is None else rfc3339(query.since),
            "order": "desc" if query.newest_first else None,
            "about": query.about or None,
            "limit": query.limit,
        }
        return self._calls.pages(Event, "/v1/events", params, action="list events")

    async def watch(self, since: int) -> AsyncGenerator[Change, None]:
        """Every change after version `since`, bookmarks included.

        A dropped stream is opened again after the last change seen; out of reach for too long
        (`stream.Resume`), it raises `Unavailable`, and watching again from the last version
        seen loses nothing.
        """
        stream = resuming_events(
            self._calls.transport,
            "/v1/watch",
            action="watch for changes",
            params={"since": since},
        )
        async with aclosing(stream) as events:
            async for event in events:
                if event.event == "change":
                    yield _whole(_read(event.data, Change))

    async def watch_batches(self, since: int) -> AsyncGenerator[tuple[Change, ...], None]:
        """The same as `watch`, many changes at a time.

        Where the console falls behind, only the latest state of each object comes. The last
        change of a batch has its highest version.
        """
        stream = resuming_events(
            self._calls.transport,
            "/v1/watch",
            action="watch for changes",
            params={"since": since, "batch": _BATCH},
        )
        async with aclosing(stream) as events:
            async for event in events:
                if event.event == "changes":
                    batch = _read(event.data, tuple[Change, ...])
                    if batch:
                        yield tuple(map(_whole, batch))
                elif event.event == "change":
                    yield (_whole(_read(event.data, Change)),)

    async def series(
        self, metric: str, window: Window, *, node: str = "", job: str = ""
    ) -> Sequence[Series]:
        """Series of one metric, by node or job where asked."""
        if not metric:
            raise ValueError("the metric name is empty")
        found = await self._calls.read(
            Page[Series],
            "/v1/telemetry",
            action=f"read {metric}",
            params={
                "metric": metric,
                "start": rfc3339(window.start),
                "end": rfc3339(window.end),
                "step": window.step_seconds,
                "node": node or None,
                "job": job or None,
            },
        )
        return found.items


def _read(data: str, kind: type[T]) -> T:
    try:
        return read(data, kind)
    except Malformed as error:
        raise _unreadable(str(error)) from error


def _whole(change: Change) -> Change:
    """The change, unless it holds another kind of object than it says."""
    if change.op is ChangeOp.PUT and change.kind in _KINDS and not getattr(change, change.kind):
        raise _unreadable(f"it holds no {change.kind}")
    return change


def _unreadable(why: str) -> BadReply:
    return BadReply("watch for changes", f"a change cannot be read: {why}", provider="tenant")
