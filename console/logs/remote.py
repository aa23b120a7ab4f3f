"""The log of a worker of the tenant: by range through a spool, followed through broken streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from api_client.models.job import LogChunk
from console.logs.remote_follow import RemoteFollow
from console.logs.source import LogNews
from console.logs.spool import Spool, shared_spool

LEAST = 64 * 1024
MOST = 1 << 20
"""Bytes asked for at once."""

_FRESH_SECONDS = 1.0
"""The size of a log nobody follows is asked for again after so long."""


class ReadsLogs(Protocol):
    """What is needed of a session."""

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = LEAST,
    ) -> LogChunk:
        """A piece of a worker's log; `start` below 0 counts from its end."""
        ...

    def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncIterator[LogChunk]:
        """A worker's log as it grows, until the worker's last byte."""
        ...


class SessionSource:
    """The log of one rank in one attempt.

    Attributes:
        attempt: `None` stands for the latest; the first answer says which one that is, and the
            source stays with it.
    """

    def __init__(
        self,
        session: ReadsLogs,
        job: str,
        rank: int,
        attempt: int | None = None,
        spool: Spool | None = None,
    ) -> None:
        self.job, self.rank, self.attempt = job, rank, attempt
        self._session = session
        self._shelf = (spool or shared_spool()).shelf()
        self._total: int | None = None
        self._asked = 0.0
        self._ended = False

    @property
    def name(self) -> str:
        """The job and the rank."""
        return f"{self.job}/{self.rank}"

    async def size(self) -> int | None:
        """See `LogSource`; at most one call a second."""
        if self._total is None or not self._is_fresh():
            await self.measure()
        return self._total

    async def measure(self) -> int:
        """Bytes of the log, asked now.

        Raises:
            CloudError: it failed.
        """
        chunk = await self._session.read_log(
            self.job, self.rank, attempt=self.attempt, start=-1, length=1
        )
        await self._note(chunk)
        return chunk.total or 0

    def _is_fresh(self) -> bool:
        return self._ended or time.monotonic() - self._asked < _FRESH_SECONDS

    async def read(self, start: int, length: int) -> bytes:
        """See `LogSource`; what was read before comes from the disk."""
        pieces: list[bytes] = []
        while length > 0:
            data = await asyncio.to_thread(self._shelf.get, start, length)
            if not data:
                if self._total is not None and start >= self._total and self._is_fresh():
                    break
                data = (await self.fetch(start, min(max(length, LEAST), MOST)))[:length]
            if not data:
                break
            pieces.append(data)
            start += len(data)
            length -= len(data)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def fetch(self, start: int, length: int) -> bytes:
        """Bytes from the tenant, in one call; none at the end.

        Raises:
            CloudError: it failed.
        """
        chunk = await self._session.read_log(
            self.job, self.rank, attempt=self.attempt, start=start, length=length
        )
        await self.take(chunk)
        # A server that knows no ranges answers from the start.
        return chunk.data[start - chunk.start :] if chunk.start <= start else b""

    async def take(self, chunk: LogChunk) -> None:
        """Keep what an answer or a stream brought."""
        await self._note(chunk)
        if chunk.data:
            await asyncio.to_thread(self._shelf.put, chunk.start, chunk.data)

    async def _note(self, chunk: LogChunk) -> None:
        if self.attempt is None:
            self.attempt = chunk.attempt
        if chunk.total is not None and chunk.total < (self._total or 0):
            # Written anew, perhaps: nothing that was kept is certain.
            self._total = chunk.total
            await asyncio.to_thread(self._shelf.forget)
        self._total = max(self._total or 0, chunk.total or 0, chunk.start + len(chunk.data))
        self._asked = time.monotonic()
        self._ended = self._ended or chunk.end_of_log

    def stream(self, start: int) -> AsyncIterator[LogChunk]:
        """The chunks of the tenant, as they come."""
        return self._session.follow_log(self.job, self.rank, attempt=self.attempt, start=start)

    def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        """See `LogSource`."""
        return RemoteFollow(self).news(start)

    async def close(self) -> None:
        """Keep nothing on the disk."""
        await asyncio.to_thread(self._shelf.forget)
