"""What an open console asks of its providers, kept on disk so that the doctor can say it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from api_client.budget import RequestBudget
from api_client.models.base import UtcDatetime
from api_client.models.slim import Slim, from_json, to_json
from console.state.feed import utc_now
from console.toml_file import write_atomic

EVERY_SECONDS = 15.0

_MINUTE = timedelta(minutes=1)


class ProviderUse(Slim):
    """How one provider is used; seconds and bytes."""

    provider: str
    per_minute: float | None = None
    """Requests in the last minute; `None` before there was one to count in."""
    requests: int = 0
    since: UtcDatetime
    bytes_read: int = 0
    median_seconds: float | None = None
    throttled: int = 0
    throttled_at: UtcDatetime | None = None
    """When the provider last asked for fewer requests."""
    reads_at_once: int = 0


class RequestReport(Slim):
    """What a console said last."""

    written: UtcDatetime
    providers: tuple[ProviderUse, ...] = ()
    intervals: dict[str, float] = {}
    """Seconds between two readings of each feed that is read; 0 is streamed."""


class Requests:
    """Counts what is asked of the providers and keeps it in a file.

    Args:
        budgets: what each provider says of itself, by its name.
        intervals: seconds between two readings of each feed.
    """

    def __init__(
        self,
        file: Path,
        budgets: Callable[[], Mapping[str, RequestBudget]],
        intervals: Callable[[], Mapping[str, float]],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._file = file
        self._budgets = budgets
        self._intervals = intervals
        self._clock = clock
        self._began = clock()
        self._counts: dict[str, deque[tuple[datetime, int]]] = {}
        self._throttled: dict[str, tuple[int, datetime]] = {}

    async def run(self) -> None:
        """Count and keep until cancelled."""
        while True:
            self.report()
            await asyncio.sleep(EVERY_SECONDS)

    def report(self) -> RequestReport:
        """Count now and keep it; a disk that takes nothing costs the doctor a line."""
        now = self._clock()
        uses = tuple(self._use(name, each, now) for name, each in self._budgets().items())
        found = RequestReport(written=now, providers=uses, intervals=dict(self._intervals()))
        if uses:
            try:
                write_atomic(self._file, to_json(found))
            except OSError:
                return found
        return found

    def _use(self, name: str, budget: RequestBudget, now: datetime) -> ProviderUse:
        counts = self._counts.setdefault(name, deque())
        counts.append((now, budget.requests))
        while len(counts) > 2 and counts[1][0] <= now - _MINUTE:
            counts.popleft()
        then, before = counts[0]
        minutes = (now - then) / _MINUTE
        if budget.throttled > self._throttled.get(name, (0, now))[0]:
            self._throttled[name] = (budget.throttled, now)
        throttled = self._throttled.get(name)
        return ProviderUse(
            provider=name,
            per_minute=(budget.requests - before) / minutes if minutes > 0 else None,
            requests=budget.requests,
            since=self._began,
            bytes_read=budget.bytes_read,
            median_seconds=budget.median_seconds,
            throttled=budget.throttled,
            throttled_at=None if throttled is None else throttled[1],
            reads_at_once=budget.reads_at_once,
        )


def last_report(file: Path) -> RequestReport | None:
    """What a console said last; `None` where none did, or it cannot be read."""
    try:
        return from_json(file.read_bytes(), RequestReport)
    except (OSError, ValueError):
        return None
