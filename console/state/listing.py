"""The first reading of a tenant's lists: page by page, side by side, shown as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from api_client.errors import BadReply
from api_client.models.base import Page
from api_client.paging import Pages
from api_client.services import EventQuery, JobQuery, ListsJobs, ListsNodes, StreamsEvents
from console.state.bounds import (
    MOST_EVENTS,
    MOST_FAILURE_EVENTS,
    MOST_JOBS,
    tells_of_failure,
)
from console.state.mirror import Mirror
from console.state.slices import Slices

EVENT_DAYS = 30
"""How far back events are listed when the console opens."""

PAGE = 500
"""Objects asked for at once: decoding more would hold the loop for longer than a frame."""

_IDLE_PAGES = 300
"""A list that goes on for so many pages without a new item has no end."""

_FAILURE_PAGES = 200
"""Pages of older events that are read for the failures among them."""


class Watched(ListsJobs, ListsNodes, StreamsEvents, Protocol):
    """What a provider needs so that its lists can be streamed."""


class Listing:
    """Reads jobs, nodes and events at the same time into their mirrors.

    Args:
        told: called with a feed whenever a page of it has been taken over.
    """

    def __init__(
        self, provider: Watched, mirrors: Mapping[str, Mirror], told: Callable[[str], None]
    ) -> None:
        self._provider = provider
        self._mirrors = mirrors
        self._told = told
        self._versions: dict[str, int] = {}
        for mirror in mirrors.values():
            mirror.begin()

    async def run(self, started: asyncio.Future[int]) -> None:
        """Read everything; `started` gets the version a watch must start from."""
        readings = [
            asyncio.create_task(self._read(feed, pages, started), name=f"list {feed}")
            for feed, pages in self._lists().items()
        ]
        try:
            await asyncio.gather(*readings)
        finally:
            for reading in readings:
                reading.cancel()
            await asyncio.gather(*readings, return_exceptions=True)

    def _lists(self) -> Mapping[str, AsyncIterator[tuple[Page[Any], bool]]]:
        """The pages of each feed, each with whether it is the last one wanted of more."""
        provider = self._provider
        return {
            "jobs": first_items(MOST_JOBS, provider.jobs(JobQuery(limit=PAGE))),
            "nodes": first_items(None, provider.nodes()),
            "events": newest_events(
                provider.events(EventQuery(newest_first=True, limit=PAGE)),
                provider.events(EventQuery(newest_first=True, about="failures", limit=PAGE)),
            ),
        }

    async def _read(
        self,
        feed: str,
        pages: AsyncIterator[tuple[Page[Any], bool]],
        started: asyncio.Future[int],
    ) -> None:
        mirror, slices, left_out = self._mirrors[feed], Slices(), False
        idle = 0
        async for page, cut in pages:
            slices.begin()
            idle = 0 if await mirror.take_page(page, slices) else idle + 1
            if idle >= _IDLE_PAGES:
                raise BadReply(f"list {feed}", f"pages without end: {idle} held nothing new")
            await mirror.prune(slices)
            self._began(feed, page, started)
            self._told(feed)
            left_out = left_out or cut
        slices.begin()
        await mirror.finish(slices, left_out=left_out)
        self._told(feed)

    def _began(self, feed: str, page: Page[Any], started: asyncio.Future[int]) -> None:
        self._versions.setdefault(feed, page.resource_version or 0)
        if len(self._versions) == len(self._mirrors) and not started.done():
            # The oldest of the versions read: a change seen twice is harmless, one missed is not.
            started.set_result(min(self._versions.values()))


async def first_items(most: int | None, pages: Pages[Any]) -> AsyncIterator[tuple[Page[Any], bool]]:
    """The first `most` items."""
    count = 0
    async for page in pages.by_page():
        count += len(page.items)
        cut = most is not None and count >= most and page.next_cursor is not None
        yield page, cut
        if cut:
            return


async def newest_events(
    pages: Pages[Any], failures: Pages[Any] | None = None
) -> AsyncIterator[tuple[Page[Any], bool]]:
    """The newest events, then of the older ones those that tell of failures.

    Counted from the newest event, not from this machine's clock: the tenant's may be another.
    A server that lists the oldest first all the same is read to the end.

    Args:
        failures: the events about failures alone, newest first, read from the top once enough
            others are here; without it they are looked for among the older events.
    """
    count, pages_after = 0, 0
    oldest: datetime | None = None
    ascending = False
    async for page in pages.by_page():
        items = page.items
        if items and oldest is None:
            oldest = _days_before(items[0].time)
            ascending = items[0].time < items[-1].time
        if ascending or oldest is None:
            yield page, False
            continue
        kept = _since(page, oldest)
        past_window = len(kept.items) < len(items)
        count += len(kept.items)
        if count > MOST_EVENTS:
            if failures is not None and not past_window:
                yield _of_failures(kept), True
                break
            pages_after += 1
            kept = _of_failures(kept)
        yield kept, pages_after > 0
        if past_window or pages_after >= _FAILURE_PAGES:
            return
    else:
        return
    async for page, cut in _failures_since(failures, oldest):
        yield page, cut


async def _failures_since(
    failures: Pages[Any], oldest: datetime
) -> AsyncIterator[tuple[Page[Any], bool]]:
    """As many as are kept. A server may send other events among them."""
    count = number = 0
    async for page in failures.by_page():
        kept = _of_failures(_since(page, oldest))
        count, number = count + len(kept.items), number + 1
        yield kept, True
        gone_by = bool(page.items) and page.items[-1].time < oldest
        if gone_by or count >= MOST_FAILURE_EVENTS or number >= _FAILURE_PAGES:
            return


def _since(page: Page[Any], oldest: datetime) -> Page[Any]:
    items = tuple(event for event in page.items if event.time >= oldest)
    return Page(items=items, total=page.total, resource_version=page.resource_version)


def _of_failures(page: Page[Any]) -> Page[Any]:
    items = tuple(filter(tells_of_failure, page.items))
    return Page(items=items, total=page.total, resource_version=page.resource_version)


def _days_before(moment: datetime) -> datetime:
    try:
        return moment - timedelta(days=EVENT_DAYS)
    except OverflowError:
        return moment
