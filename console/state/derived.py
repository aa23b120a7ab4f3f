"""Feeds that are computed from other feeds: no network, and as fresh as what they come from."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from time import perf_counter
from types import MappingProxyType
from typing import Any, Protocol

from console.state.event_index import EventIndex
from console.state.snapshot import Snapshot
from console.state.store import Store, Unsubscribe

_LOG = logging.getLogger(__name__)

_REST = 20.0
"""Seconds of rest for each second of computing."""

_LONGEST_REST = 5.0


class Computation(Protocol):
    """What a derived feed is made of; the first input decides its freshness.

    Only a change of a trigger is a reason to compute again.
    """

    @property
    def inputs(self) -> tuple[str, ...]: ...
    @property
    def triggers(self) -> tuple[str, ...]: ...
    async def compute(self, store: Store) -> Mapping[str, Any]:
        """The items now, in slices; the mapping of last time where nothing changed."""
        ...


class Derived:
    """Keeps one derived feed in the store up to date with its inputs."""

    def __init__(self, key: str, computation: Computation, store: Store) -> None:
        self.key = key
        self._computation = computation
        self._store = store
        self._unsubscribe: list[Unsubscribe] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Compute now and after each change of a trigger."""
        for key in self._computation.triggers:
            self._unsubscribe.append(self._store.subscribe(key, self._changed))
        self._wake.set()
        self._task = asyncio.create_task(self._run(), name=f"derive {self.key}")

    async def stop(self) -> None:
        """Compute no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _changed(self, key: str, snapshot: Snapshot[Any]) -> None:
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            began = perf_counter()
            try:
                await self.update()
            except Exception:
                # A story nobody foresaw must not end the feed: the next change computes anew.
                _LOG.exception("the feed %s cannot be computed", self.key)
            await asyncio.sleep(min(_LONGEST_REST, _REST * (perf_counter() - began)))

    async def update(self) -> None:
        """Compute once."""
        main = self._store.snapshot(self._computation.inputs[0])
        if main.fetched_at is None and main.error is None:
            return
        items = await self._computation.compute(self._store)
        main = self._store.snapshot(self._computation.inputs[0])
        await self._store.put_in_slices(
            self.key,
            Snapshot(
                items=items,
                fetched_at=main.fetched_at,
                stale_since=main.stale_since,
                error=main.error,
                from_disk=main.from_disk,
            ),
        )


class EventsOfJob:
    """The events that speak of a job: about itself, its workers, or naming it."""

    inputs = ("events",)
    triggers = ("events",)

    def __init__(self, index: EventIndex, job: str) -> None:
        self._index = index
        self._job = job
        self._version = -1
        self._items: Mapping[str, Any] = MappingProxyType({})

    async def compute(self, store: Store) -> Mapping[str, Any]:
        """The events by id."""
        await self._index.catch_up()
        changed = self._index.jobs_changed_since(self._version)
        self._version = self._index.version
        if changed is None or self._job in changed:
            self._items = MappingProxyType(dict(self._index.of(self._job)))
        return self._items
