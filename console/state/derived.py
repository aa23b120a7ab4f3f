"""Feeds that are computed from other feeds: no network, and as fresh as what they come from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from api_client.models.event import Event
from console.analysis.recovery import job_of
from console.state.snapshot import Snapshot
from console.state.store import Store, Unsubscribe

Compute = Callable[[Mapping[str, Snapshot[Any]]], Mapping[str, Any]]
"""Snapshots of the inputs -> items."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a derived feed comes from; the first input decides its freshness.

    `triggers` are the inputs whose change is a reason to compute again; empty means all.
    """

    inputs: tuple[str, ...]
    compute: Compute
    triggers: tuple[str, ...] = ()


class Derived:
    """Keeps one derived feed in the store up to date with its inputs."""

    def __init__(self, key: str, derivation: Derivation, store: Store) -> None:
        self.key = key
        self._derivation = derivation
        self._store = store
        self._unsubscribe: list[Unsubscribe] = []
        self._pending: asyncio.Handle | None = None

    def start(self) -> None:
        """Compute now and after each change of an input."""
        for key in self._derivation.triggers or self._derivation.inputs:
            self._unsubscribe.append(self._store.subscribe(key, self._changed))
        self._compute()

    def stop(self) -> None:
        """Compute no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe.clear()
        if self._pending is not None:
            self._pending.cancel()
            self._pending = None

    def _changed(self, key: str, snapshot: Snapshot[Any]) -> None:
        if self._pending is None:
            self._pending = asyncio.get_running_loop().call_soon(self._compute)

    def _compute(self) -> None:
        self._pending = None
        inputs = {key: self._store.snapshot(key) for key in self._derivation.inputs}
        main = inputs[self._derivation.inputs[0]]
        if main.fetched_at is None and main.error is None:
            return
        items = MappingProxyType(dict(self._derivation.compute(inputs)))
        self._store.put(
            self.key,
            Snapshot(
                items=items,
                fetched_at=main.fetched_at,
                stale_since=main.stale_since,
                error=main.error,
                from_disk=main.from_disk,
            ),
        )


def events_of_job(job: str) -> Derivation:
    """The events that speak of a job: about itself, its workers, or naming it."""

    def compute(inputs: Mapping[str, Snapshot[Any]]) -> Mapping[str, Any]:
        events: Mapping[str, Event] = inputs["events"].items
        return {key: event for key, event in events.items() if _speaks_of(event, job)}

    return Derivation(("events",), compute)


def _speaks_of(event: Event, job: str) -> bool:
    return job_of(event) == job or event.fields.get("job") == job
