"""Trouble on the way to a simulated tenant: its API slow or down for a while, on command."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.server.faults import error_response

CONTROL = "/simulation/"
"""Paths that stay reachable, or nobody could look at what was done."""


class Disturbance:
    """How long the API is slow, and how long it is down.

    Args:
        clock: seconds that never run backwards; tests give their own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slow_until = 0.0
        self._down_until = 0.0
        self._latency = 0.0

    def slow(self, seconds: float, latency: float) -> None:
        """Every answer comes `latency` seconds later, for so long."""
        self._slow_until, self._latency = self._clock() + seconds, latency

    def down(self, seconds: float) -> None:
        """Every request is refused and every open stream is cut, for so long."""
        self._down_until = self._clock() + seconds

    @property
    def latency(self) -> float:
        """Seconds added to every answer now."""
        return self._latency if self._clock() < self._slow_until else 0.0

    @property
    def down_seconds(self) -> float:
        """How much longer the API is down; 0 where it is up."""
        return max(0.0, self._down_until - self._clock())


class Disturbed:
    """An app behind such trouble."""

    def __init__(self, app: ASGIApp, disturbance: Disturbance) -> None:
        self._app = app
        self._disturbance = disturbance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        if self._disturbance.latency:
            await asyncio.sleep(self._disturbance.latency)
        if self._disturbance.down_seconds:
            refusal = error_response(
                503,
                "simulated",
                "The API of this simulation is down, as somebody asked.",
                code="unavailable",
                headers={"Connection": "close"},
            )
            await refusal(scope, receive, send)
            return

        async def cut(message: Message) -> None:
            if self._disturbance.down_seconds:
                raise ConnectionAbortedError("the simulated API went down")
            await send(message)

        await self._app(scope, receive, cut)
