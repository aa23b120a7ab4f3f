"""The tenant's now: this machine's clock put right by what the tenant says its time is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from api_client.models.identity import Tenant
from console.state.feed import utc_now
from console.state.snapshot import Snapshot
from console.state.store import Store

_TOLERANCE = timedelta(seconds=2)
"""Clocks no further apart than an answer may take are the same clock."""

_JITTER_SECONDS = 5.0
"""How far an answer that took longer may set the time back; time stands still instead."""

_SECONDS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts on while the machine sleeps, where it can."""

_EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
_LATEST = datetime(9998, 12, 31, tzinfo=UTC)
"""Days and zones away from these there still are dates."""


def _elapsed() -> float:
    return time.clock_gettime(_SECONDS)


class TenantClock:
    """Counts on from the last `server_time`: by the speed of a simulation, not while paused.

    A jump of this machine's clock does not move it.

    Args:
        wall: this machine's clock.
        monotonic: seconds that never jump, and count while the machine sleeps.
    """

    def __init__(
        self,
        store: Store,
        *,
        wall: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = _elapsed,
    ) -> None:
        self._store = store
        self._wall = wall
        self._monotonic = monotonic
        self._known: Snapshot[Tenant] | None = None
        self._anchor: tuple[datetime, float, float] | None = None
        self._last = _EARLIEST

    def now(self) -> datetime:
        """The moment it is for the tenant; this machine's until the tenant has said."""
        snapshot: Snapshot[Tenant] = self._store.snapshot("tenant")
        if snapshot is not self._known:
            self._known = snapshot
            self._anchor = self._anchored(snapshot)
        if self._anchor is None:
            return self._wall()
        start, heard, speed = self._anchor
        return self._forward(_later(start, (self._monotonic() - heard) * speed), speed)

    def _anchored(self, snapshot: Snapshot[Tenant]) -> tuple[datetime, float, float] | None:
        """The tenant's time, when that was by the monotonic clock, and its speed."""
        tenant = next(iter(snapshot.items.values()), None)
        if tenant is None or snapshot.fetched_at is None:
            return None
        simulation = tenant.simulation
        if simulation is None and abs(tenant.server_time - snapshot.fetched_at) < _TOLERANCE:
            # The same clock: this machine's as it was then, whatever it is set to from now on.
            return self._wall(), self._monotonic(), 1.0
        age = max(0.0, (self._wall() - snapshot.fetched_at).total_seconds())
        speed = 1.0 if simulation is None else simulation.speed
        if simulation is not None and (simulation.paused or snapshot.from_disk):
            speed = 0.0  # Nobody knows whether a simulation went on while nobody looked.
        return tenant.server_time, self._monotonic() - age, speed

    def _forward(self, moment: datetime, speed: float) -> datetime:
        behind = (self._last - moment).total_seconds()
        if 0 < behind <= _JITTER_SECONDS * max(1.0, speed):
            return self._last
        self._last = moment
        return moment


def _later(start: datetime, seconds: float) -> datetime:
    try:
        moment = start + timedelta(seconds=seconds)
    except OverflowError:
        moment = _LATEST if seconds > 0 else _EARLIEST
    return min(max(moment, _EARLIEST), _LATEST)
