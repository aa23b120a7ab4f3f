"""Time as the engine sees it, so that tests can move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Wall time for records, monotonic time for timeouts."""

    def now(self) -> datetime:
        """The moment, timezone-aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def from_epoch(seconds: float | None) -> datetime | None:
    """A moment from seconds since 1970, or `None`."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
