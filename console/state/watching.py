"""Jobs, nodes and events kept current by one stream of changes instead of polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any

from api_client.errors import BadReply, CloudError, Expired, RateLimited, TimedOut
from api_client.models.watch import Change
from api_client.services import JobQuery
from console.state.batches import batches
from console.state.bounds import BOUNDS
from console.state.feed import SLOWEST, as_cloud_error, utc_now
from console.state.listing import Listing, Watched
from console.state.mirror import Mirror
from console.state.slices import Slices
from console.state.store import Store

FEED_OF_KIND: Mapping[str, str] = {"job": "jobs", "node": "nodes", "event": "events"}
"""Kind of a change -> feed it belongs to."""

_ID_FIELDS = {"jobs": "name", "nodes": "name", "events": "id"}

_GATHER_SECONDS = 0.05
"""Changes that come close together are told of together."""

_RESYNC_SECONDS = 600.0
"""A change that got lost is made good by a new listing after so long at the latest."""

_OVERLAP = 256
"""Versions a resumed stream goes back: changes may have come out of order when it broke."""

_DOUBT_SECONDS = 10.0
"""Least time between two questions whether the server counts from the start again."""

_EVERY = 64


class Watch:
    """Lists once, then applies changes as they come; lists again when the stream cannot go on.

    Args:
        silence: seconds without any change or bookmark after which the stream counts as dead.
        retry: seconds before the second try after a failure; doubles up to a minute.
        resync: seconds after which everything is listed again.
    """

    def __init__(
        self,
        provider: Watched,
        store: Store,
        *,
        silence: float = 30.0,
        retry: float = 1.0,
        resync: float = _RESYNC_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._provider = provider
        self._store = store
        self._silence = silence
        self._retry = retry
        self._resync = resync
        self._clock = clock
        self._mirrors = {
            feed: Mirror(store.table(feed), field, BOUNDS[feed])
            for feed, field in _ID_FIELDS.items()
        }
        self._from_disk = {feed for feed in _ID_FIELDS if store.snapshot(feed).from_disk}
        self._listed = False
        self._seen = 0
        self._failures = 0
        self._expired = 0
        self._doubtful = False
        self._doubted_at = float("-inf")
        self._changed: set[str] = set()
        self._publishing: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._again = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []

    def start(self) -> None:
        """Begin to list and watch; a second start does nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="watch")

    async def stop(self) -> None:
        """Watch no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._publishing is not None:
            self._publish()
        _set_all(self._waiting)

    async def refresh(self) -> None:
        """List everything again and wait until that is known or has failed."""
        if self._task is None:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self._again.set()
        await waiter

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began, wait = loop.time(), 0.0
            try:
                await self._live()
            except Expired:
                self._listed = False
                wait = self._wait_expired(loop.time() - began)
            except Exception as error:
                # Whatever a provider raises belongs to these snapshots, never to the console.
                failure = as_cloud_error(error, "watch the tenant")
                if isinstance(failure, BadReply):
                    self._listed = False  # Resumed, the stream would bring it again.
                self._fail(failure)
                wait = self._wait_failed(failure)
            if wait:
                await self._sleep(wait)

    def _wait_expired(self, held: float) -> float:
        """A server that forgets at once, again and again, must not be asked in a tight circle."""
        if held > 30 * self._retry:
            self._expired = 0
        self._expired += 1
        if self._expired == 1 and held > self._retry:
            return 0.0
        return min(SLOWEST, self._retry * 2.0 ** min(self._expired - 1, 16))

    def _wait_failed(self, error: CloudError) -> float:
        self._failures += 1
        asked = error.retry_after if isinstance(error, RateLimited) else None
        return max(asked or 0.0, min(SLOWEST, self._retry * 2.0 ** min(self._failures - 1, 16)))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._again.wait()
        except TimeoutError:
            return

    async def _live(self) -> None:
        """List or resume, then follow until a new listing is due; raises what breaks it."""
        asked = self._again.is_set()
        self._again.clear()
        waiting, self._waiting = self._waiting, []
        started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        following: asyncio.Task[None] | None = None
        try:
            following = asyncio.create_task(self._follow(started), name="follow changes")
            if self._listed and not asked:
                await self._resume(started)
            else:
                await self._list(started, following)
            _set_all(waiting)
            await self._until_due(following)
        finally:
            _set_all(waiting)
            started.cancel()
            if following is not None:
                following.cancel()
                await asyncio.gather(following, return_exceptions=True)

    async def _list(self, started: asyncio.Future[int], following: asyncio.Task[None]) -> None:
        """List everything while changes already come; a stream that breaks ends it."""
        self._listed = False
        self._seen = 0
        self._doubtful = False
        listing = asyncio.create_task(
            Listing(self._provider, self._mirrors, self._tell).run(started), name="list the tenant"
        )
        try:
            done, _ = await asyncio.wait((listing, following), return_when=asyncio.FIRST_COMPLETED)
            if listing not in done:
                following.result()
            await listing
        finally:
            listing.cancel()
            await asyncio.gather(listing, return_exceptions=True)
        self._listed = True
        self._failures = 0
        self._tell(*self._mirrors)
        self._publish()

    async def _resume(self, started: asyncio.Future[int]) -> None:
        """Go on after the last change seen: a short break must not cost a whole listing."""
        await self._check_version()
        started.set_result(max(0, self._seen - _OVERLAP))
        self._failures = 0
        self._tell(*self._mirrors)

    async def _until_due(self, following: asyncio.Task[None]) -> None:
        asked = asyncio.create_task(self._again.wait())
        try:
            done, _ = await asyncio.wait(
                (following, asked), timeout=self._resync, return_when=asyncio.FIRST_COMPLETED
            )
            if following in done:
                following.result()
            self._again.set()
        finally:
            asked.cancel()

    async def _follow(self, started: asyncio.Future[int]) -> None:
        since = await started
        self._seen = max(self._seen, since)
        highest = since
        stream: Any = batches(self._provider, since)
        slices = Slices()
        async with aclosing(stream):
            while True:
                try:
                    async with asyncio.timeout(self._silence):
                        batch = await anext(stream)
                except StopAsyncIteration:
                    raise TimedOut("watch the tenant", "the stream of changes ended") from None
                except TimeoutError:
                    detail = f"nothing was heard for {self._silence:g} s"
                    raise TimedOut("watch the tenant", detail) from None
                slices.begin()
                newest = max(change.resource_version for change in batch)
                if await self._apply(batch, since, slices) or newest < highest:
                    self._doubtful = True
                await self._settle_doubt()
                highest = max(highest, newest)

    async def _apply(self, batch: tuple[Change, ...], since: int, slices: Slices) -> bool:
        """Take changes over; true where some are older than the stream."""
        strange = False
        for number, change in enumerate(batch):
            if number % _EVERY == 0:
                await slices.breathe()
            feed = FEED_OF_KIND.get(change.kind)
            if change.resource_version < since:
                strange = True  # Known before the stream began, or of another life.
            elif feed is None:
                self._tell(*self._mirrors)  # A bookmark: all of it is still true.
            else:
                self._mirrors[feed].change(change)
                self._tell(feed)
            self._seen = max(self._seen, change.resource_version)
        for feed in tuple(self._changed):
            await self._mirrors[feed].prune(slices)
        return strange

    async def _settle_doubt(self) -> None:
        """Older changes after newer ones: out of order, or of another life of the server."""
        now = asyncio.get_running_loop().time()
        if self._doubtful and now > self._doubted_at + _DOUBT_SECONDS:
            self._doubtful, self._doubted_at = False, now
            await self._check_version()

    async def _check_version(self) -> None:
        """Ask which version the server is at.

        Raises:
            Expired: it counts from the start again, so that nothing known can be compared.
        """
        page = await self._provider.jobs(JobQuery(limit=1))
        if page.resource_version is not None and page.resource_version < self._seen:
            raise Expired("watch the tenant", "the server counts its changes from the start again")

    def _tell(self, *feeds: str) -> None:
        self._changed.update(feeds)
        if self._publishing is None:
            loop = asyncio.get_running_loop()
            self._publishing = loop.call_later(_GATHER_SECONDS, self._publish)

    def _publish(self) -> None:
        if self._publishing is not None:
            self._publishing.cancel()
            self._publishing = None
        now = self._clock()
        for feed in self._changed:
            mirror = self._mirrors[feed]
            disk = feed in self._from_disk and not mirror.whole
            fetched = self._store.snapshot(feed).fetched_at if disk else now
            self._store.publish(feed, fetched, total=mirror.total, from_disk=disk)
        self._changed = set()

    def _fail(self, error: CloudError) -> None:
        self._publish()
        now = self._clock()
        for feed in self._mirrors:
            self._store.put(feed, self._store.snapshot(feed).failed(error, now))


def _set_all(waiting: list[asyncio.Future[None]]) -> None:
    for waiter in waiting:
        if not waiter.done():
            waiter.set_result(None)
    waiting.clear()
