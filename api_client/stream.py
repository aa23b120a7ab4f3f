"""Streams that carry on where they broke: server-sent events by id, bytes by offset."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from api_client.errors import CloudError, RateLimited, Unavailable, Unreachable
from api_client.exchange import Query, ServerEvent
from api_client.transport import Transport


@dataclass(frozen=True, slots=True)
class Resume:
    """When to try again; seconds."""

    first_wait: float = 0.25
    longest_wait: float = 5.0
    steady: float = 5.0
    """A connection that held for so long worked, even where nothing came over it."""
    patience: float = 15.0
    """Broken for so long, the stream raises what broke it, so that its reader can say so."""
    patience_unreachable: float = 2.5
    """The same where no connection can be opened: a service that restarts is back by then."""
    wait_unreachable: float = 0.5
    """Longest wait then; a refused connection costs nobody anything."""


class _Backoff:
    """Waits longer after each failure in a row, with jitter; gives up when patience ends."""

    def __init__(self, rules: Resume) -> None:
        self._rules = rules
        self._wait = rules.first_wait
        self._broken_since: float | None = None
        self._opened: float | None = None
        self.ever_opened = False

    def opened(self) -> None:
        self._opened = time.monotonic()
        self.ever_opened = True

    def asked(self, seconds: float) -> None:
        """The server said how long to wait before connecting again."""
        self._wait = min(max(seconds, 0.0), self._rules.longest_wait)

    def worked(self) -> None:
        if self._broken_since is not None:
            self._broken_since = None
            self._wait = self._rules.first_wait

    async def failed(self, error: CloudError | None) -> None:
        """Wait before the next try; `None` is a stream that the server ended in good order.

        Raises:
            CloudError: it is of no use to try again, or patience ended.
        """
        now = time.monotonic()
        if self._opened is not None and now - self._opened >= self._rules.steady:
            self.worked()
        self._opened = None
        if self._broken_since is None:
            self._broken_since = now
        wait = self._wait * random.uniform(0.5, 1.0)
        if error is not None:
            if not isinstance(error, Unavailable | RateLimited):
                raise error
            wait = max(wait, error.retry_after or 0.0)
            patience = self._rules.patience
            if isinstance(error, Unreachable):
                wait = min(wait, self._rules.wait_unreachable)
                patience = min(patience, self._rules.patience_unreachable)
            if now + wait - self._broken_since > patience:
                raise error
        self._wait = min(self._wait * 2 or self._rules.first_wait, self._rules.longest_wait)
        await asyncio.sleep(wait)


async def resuming_events(
    transport: Transport,
    path: str,
    *,
    action: str,
    params: Query | None = None,
    last_event_id: str = "",
    resume: Resume | None = None,
) -> AsyncGenerator[ServerEvent, None]:
    """Events without end: a broken stream is opened again after the last event seen.

    Reads no further ahead than its reader takes. An event counts as seen once the reader asks
    for the next.

    Raises:
        CloudError: the first connection failed, the server refused, or patience ended.
    """
    backoff = _Backoff(resume or Resume())
    while True:
        broke: CloudError | None = None
        source = transport.events(
            path,
            action=action,
            params=params,
            last_event_id=last_event_id,
            opened=backoff.opened,
        )
        try:
            async with aclosing(source) as events:
                async for event in events:
                    backoff.worked()
                    if event.retry is not None:
                        backoff.asked(event.retry)
                    if event.data:
                        yield event
                    last_event_id = event.id or last_event_id
        except CloudError as error:
            if not backoff.ever_opened:
                raise
            broke = error
        await backoff.failed(broke)


async def resuming_bytes(
    transport: Transport,
    path: str,
    *,
    action: str,
    start: int,
    params: Query | None = None,
    resume: Resume | None = None,
) -> AsyncGenerator[tuple[int, bytes], None]:
    """Pieces with their offsets; a broken body goes on from the bytes received.

    The server takes the offset as the query parameter `start`. Ends when the server ends the
    body in good order. No byte is lost or repeated.
    """
    backoff = _Backoff(resume or Resume())
    position = start
    while True:
        source = transport.stream_bytes(
            path,
            action=action,
            params={**(params or {}), "start": position},
            opened=backoff.opened,
        )
        try:
            async with aclosing(source) as pieces:
                async for piece in pieces:
                    backoff.worked()
                    at, position = position, position + len(piece)
                    yield at, piece
            return
        except CloudError as error:
            await backoff.failed(error)
