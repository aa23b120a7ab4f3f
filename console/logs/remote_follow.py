"""A log of the tenant as it grows, whatever happens to the connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Protocol

from api_client.errors import (
    Authentication,
    CloudError,
    InvalidRequest,
    Permission,
    RateLimited,
    Unavailable,
    Unsupported,
)
from api_client.models.job import LogChunk
from console.logs.source import LogNews, NewsKind

_FOR_GOOD = (Authentication, Permission, InvalidRequest, Unsupported)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
_FIRST_QUIET, _LONGEST_QUIET = 15.0, 240.0
"""Seconds without a byte before the size is asked: a stream cannot say that its log was cut."""


class Chunks(Protocol):
    """What is needed of the log that is followed."""

    def stream(self, start: int) -> AsyncIterator[LogChunk]:
        """The chunks of the tenant, as they come."""
        ...

    async def measure(self) -> int:
        """Bytes of the log, asked now."""
        ...

    async def fetch(self, start: int, length: int) -> bytes:
        """Bytes from the tenant, in one call; none at the end."""
        ...

    async def take(self, chunk: LogChunk) -> None:
        """Keep what a stream brought."""
        ...


class _Cut(Exception):
    """The log has fewer bytes than were told of it."""


class RemoteFollow:
    """One reader's way through a log."""

    def __init__(self, log: Chunks) -> None:
        self._log = log
        self._at = 0
        self._is_away = False
        self._pause = _FIRST_PAUSE

    async def news(self, start: int) -> AsyncGenerator[LogNews, None]:
        """All that happens until the log has ended.

        Raises:
            CloudError: it will never be there for us.
        """
        self._at = start
        while True:
            try:
                if self._is_away:
                    yield await self._back()
                async for each in self._stream():
                    yield each
                    if each.kind is NewsKind.ENDED:
                        return
            except _Cut:
                self._at = 0
                yield LogNews(NewsKind.TRUNCATED, 0)
            except CloudError as error:
                if isinstance(error, _FOR_GOOD):
                    raise
                if isinstance(error, Unavailable | RateLimited):
                    self._pause = max(self._pause, error.retry_after or 0.0)
                if not self._is_away:
                    self._is_away = True
                    yield LogNews(NewsKind.GONE, self._at, error=error)
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    async def _back(self) -> LogNews:
        size = await self._measure()
        self._is_away = False
        return LogNews(NewsKind.BACK, self._at, size=size)

    async def _measure(self) -> int:
        total = await self._log.measure()
        if total < self._at:
            raise _Cut
        return total

    async def _stream(self) -> AsyncGenerator[LogNews, None]:
        async with aclosing(self._chunks()) as chunks:
            async for chunk in chunks:
                if chunk.total is not None and chunk.total < self._at:
                    raise _Cut
                await self._log.take(chunk)
                async for each in self._told(chunk):
                    self._pause = _FIRST_PAUSE
                    yield each
                if chunk.end_of_log:
                    yield LogNews(NewsKind.ENDED, self._at, size=self._at)

    async def _told(self, chunk: LogChunk) -> AsyncGenerator[LogNews, None]:
        """What of a chunk is new, and before it what the stream left out."""
        while self._at < chunk.start:
            missing = await self._log.fetch(self._at, chunk.start - self._at)
            if not missing:
                raise _Cut
            yield self._grown(missing[: chunk.start - self._at], None)
        data = chunk.data[self._at - chunk.start :]
        if data:
            yield self._grown(data, chunk.total)

    def _grown(self, data: bytes, total: int | None) -> LogNews:
        start, self._at = self._at, self._at + len(data)
        return LogNews(NewsKind.GROWN, start, data, max(total or 0, self._at))

    async def _chunks(self) -> AsyncGenerator[LogChunk, None]:
        """The chunks of one stream; now and then, while it is silent, looks whether it was cut."""
        chunks = self._log.stream(self._at)
        quiet = _FIRST_QUIET
        waiting: asyncio.Task[LogChunk | None] | None = None
        try:
            while True:
                waiting = waiting or asyncio.create_task(_next(chunks))
                done, _ = await asyncio.wait({waiting}, timeout=quiet)
                if not done:
                    await self._measure()
                    quiet = min(quiet * 2, _LONGEST_QUIET)
                    continue
                chunk, waiting = waiting.result(), None
                if chunk is None:
                    return
                yield chunk
        finally:
            if waiting is not None:
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()


async def _next(chunks: AsyncIterator[LogChunk]) -> LogChunk | None:
    return await anext(chunks, None)
