"""The feeds of a session: started when first watched, stopped when nobody watches any more."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from api_client.capabilities import CAPABILITIES
from api_client.errors import CloudError, Unsupported
from api_client.services import StreamsEvents
from console.state.derived import Computation, Derived, EventsOfJob
from console.state.event_index import EventIndex
from console.state.feed import SLOWEST, Feed, Reading, utc_now
from console.state.incidents import Incidents
from console.state.interest import Watching
from console.state.snapshot import Snapshot
from console.state.sources import LISTS, Read, Source, object_source
from console.state.store import Store, Unsubscribe
from console.state.watching import FEED_OF_KIND, Watch

ProviderFor = Callable[[str], Awaitable[Any]]
"""Capability id -> the provider that has it; raises a `CloudError` where none has."""

STREAMED = frozenset(FEED_OF_KIND.values())
_LEFT_KEPT = 64
_PARENTS: Mapping[str, str] = {"job": "jobs", "workers": "jobs", "node": "nodes"}


class Feeds:
    """Starts, shares, refreshes and stops feeds by key.

    Keys: those of `sources.LISTS`, `incidents`, and per object `job/<name>`, `workers/<job>`,
    `node/<name>`, `events/<job>`.

    Args:
        clock: this machine's, which says how old a reading is.
        now: the tenant's, which says what month it is there.
    """

    def __init__(
        self,
        provider_for: ProviderFor,
        store: Store,
        *,
        refresh_seconds: float = 5.0,
        clock: Callable[[], datetime] = utc_now,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._provider_for = provider_for
        self._store = store
        self._refresh = refresh_seconds
        self._clock = clock
        self._now = now
        self._index = EventIndex(store)
        self._incidents = Incidents(self._index, now)
        self._readers: dict[str, Read] = {}
        self._watchers: Counter[str] = Counter()
        self._polls: dict[str, Feed[Any]] = {}
        self._derived: dict[str, tuple[Derived, list[Watching]]] = {}
        self._nudges: dict[str, Unsubscribe] = {}
        self._stream: asyncio.Task[None] | None = None
        self._watch: Watch | None = None
        self._try_again = asyncio.Event()
        self._left: dict[str, None] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def watch(self, key: str) -> Watching:
        """Keep a feed live until released.

        Raises:
            KeyError: no feed has that key.
        """
        if not _is_derived(key) and _source(key) is None:
            raise KeyError(f"there is no feed {key!r}")
        self._watchers[key] += 1
        if self._watchers[key] == 1:
            self._start(key)
        return Watching(key, self._release)

    async def refresh(self, key: str) -> None:
        """Read a feed now and wait until its snapshot says the result."""
        if _is_derived(key):
            computation = self._computation(key)
            await asyncio.gather(*(self.refresh(part) for part in computation.inputs))
            if key in self._derived:
                await self._derived[key][0].update()
        elif key in STREAMED and self._watch is not None:
            await self._watch.refresh()
        elif key in self._polls:
            await self._polls[key].refresh()
        else:
            self._try_again.set()
            await self._feed(key).refresh()

    def is_live(self, key: str) -> bool:
        """Whether anybody watches a feed."""
        return self._watchers[key] > 0

    def intervals(self) -> Mapping[str, float]:
        """Seconds until each feed that is live is read again; 0 where it is streamed."""
        polled = {key: feed.delay() for key, feed in self._polls.items() if not feed.paused}
        streamed = filter(self.is_live, STREAMED if self._watch is not None else ())
        return {key: 0.0 for key in sorted(streamed)} | polled

    def pause(self, key: str) -> None:
        """Stop polling a feed while no visible screen needs it."""
        if key in self._polls:
            self._polls[key].pause()

    def resume(self, key: str) -> None:
        """Read a paused feed at once and go on."""
        if key in self._polls:
            self._polls[key].resume()

    async def close(self) -> None:
        """Stop everything."""
        computed, self._derived = list(self._derived.values()), {}
        await asyncio.gather(*(derived.stop() for derived, _ in computed))
        for unsubscribe in self._nudges.values():
            unsubscribe()
        self._nudges.clear()
        self._watchers.clear()
        polls, self._polls = list(self._polls.values()), {}
        await asyncio.gather(*(feed.stop() for feed in polls), self._end_stream())
        await asyncio.gather(*self._closing)

    def _start(self, key: str) -> None:
        if _is_derived(key):
            computation = self._computation(key)
            inputs = [self.watch(part) for part in computation.inputs]
            derived = Derived(key, computation, self._store)
            self._derived[key] = (derived, inputs)
            derived.start()
        elif key in STREAMED:
            if self._stream is None:
                self._stream = asyncio.create_task(self._begin_stream(), name="stream")
            elif self._watch is None and self._stream.done():
                self._poll(key)
        else:
            self._poll(key)

    def _poll(self, key: str) -> None:
        if key in self._polls:
            return
        feed = self._polls[key] = self._feed(key)
        parent, name = _parent(key)
        if parent:
            now = self._store.snapshot(parent).items.get(name)
            self._nudges[key] = self._store.subscribe(parent, _on_change(name, now, feed.nudge))
        feed.start()

    def _computation(self, key: str) -> Computation:
        if key == "incidents":
            return self._incidents
        return EventsOfJob(self._index, key.partition("/")[2])

    def _feed(self, key: str) -> Feed[Any]:
        source = _source(key)
        if source is None:
            raise KeyError(f"there is no feed {key!r}")

        reader = self._readers.setdefault(key, source.reader()) if key in LISTS else source.reader()

        async def read() -> Reading[Any]:
            provider = await self._provider_for(source.needs)
            return await reader(provider, self._now())

        interval = source.interval or self._refresh
        return Feed(key, read, self._store, interval=interval, clock=self._clock)

    async def _begin_stream(self) -> None:
        """Stream where the provider can; else poll the lists that are watched."""
        provider = await self._streaming_provider_at_last()
        if provider is not None:
            self._watch = Watch(provider, self._store, clock=self._clock)
            self._watch.start()
            return
        for key in STREAMED:
            if self._watchers[key]:
                self._poll(key)

    async def _streaming_provider_at_last(self) -> Any | None:
        """Try until the profile can be opened; meanwhile the lists say why it cannot."""
        failures = 0
        while True:
            self._try_again.clear()
            try:
                return await self._streaming_provider()
            except CloudError as error:
                failures += 1
                for key in filter(self.is_live, STREAMED):
                    self._store.put(key, self._store.snapshot(key).failed(error, self._clock()))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(SLOWEST, 2.0**failures)):
                    await self._try_again.wait()

    async def _streaming_provider(self) -> Any | None:
        """The provider that can stream the lists; `None` where none can.

        Raises:
            CloudError: the profile cannot be opened.
        """
        try:
            provider = await self._provider_for("events.stream")
        except Unsupported:
            return None
        lists = all(isinstance(provider, CAPABILITIES[c]) for c in ("jobs.read", "nodes.read"))
        same = lists and provider is await self._provider_for("jobs.read")
        return provider if same and isinstance(provider, StreamsEvents) else None

    async def _end_stream(self) -> None:
        stream, self._stream = self._stream, None
        watch, self._watch = self._watch, None
        if stream is not None:
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)
            watch = watch or self._watch
            self._watch = None
        if watch is not None:
            await watch.stop()

    def _release(self, key: str) -> None:
        if self._watchers[key] > 1:
            self._watchers[key] -= 1
            return
        self._watchers.pop(key, None)
        self._remember_left(key)
        if key in self._derived:
            derived, inputs = self._derived.pop(key)
            self._later(derived.stop())
            for watching in inputs:
                watching.release()
        if key in self._nudges:
            self._nudges.pop(key)()
        if key in self._polls:
            self._later(self._polls.pop(key).stop())
        if key in STREAMED and not any(self._watchers[part] for part in STREAMED):
            self._later(self._end_stream())

    def _remember_left(self, key: str) -> None:
        """Keep what was last seen of a few objects for the way back, and forget the others."""
        if "/" not in key:
            return
        self._left.pop(key, None)
        self._left[key] = None
        if len(self._left) > _LEFT_KEPT:
            oldest = next(iter(self._left))
            del self._left[oldest]
            if not self.is_live(oldest):
                self._store.forget(oldest)

    def _later(self, closing: Any) -> None:
        task = asyncio.ensure_future(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _source(key: str) -> Source | None:
    return LISTS.get(key) or object_source(key)


def _is_derived(key: str) -> bool:
    kind, _, name = key.partition("/")
    return key == "incidents" or (kind == "events" and bool(name))


def _parent(key: str) -> tuple[str, str]:
    kind, _, name = key.partition("/")
    return (_PARENTS.get(kind, ""), name) if name else ("", "")


def _on_change(
    name: str, now: Any, nudge: Callable[[], None]
) -> Callable[[str, Snapshot[Any]], None]:
    """Nudge when the summary of one object is another than it is `now`."""
    last = [now]

    def changed(key: str, snapshot: Snapshot[Any]) -> None:
        item = snapshot.items.get(name)
        if last[0] is not item:
            last[0] = item
            nudge()

    return changed
