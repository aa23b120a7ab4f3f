"""Worker logs over the Tenant API: by range, and followed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing

from api_client.address import path_part
from api_client.errors import BadReply
from api_client.exchange import RangeNotSatisfiable
from api_client.models.job import LogChunk
from api_client.providers.tenant.calls import TenantCalls
from api_client.stream import resuming_bytes

_CONTENT_RANGE = re.compile(r"^bytes (?:(\d+)-(\d+)|\*)/(\d+)$")
_FIRST_PIECE = 65_536
_UNFINISHED_WAIT = 0.25
"""Seconds before looking again at a log whose stream ended while its worker lives."""


class TenantLogs:
    """Reads and follows the log of a worker."""

    _calls: TenantCalls

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = 65_536,
    ) -> LogChunk:
        """At most `length` bytes from `start`; past the end, no bytes and the log's length."""
        chunk, _ = await self._read(job, rank, attempt, start, length)
        return chunk

    async def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncGenerator[LogChunk, None]:
        """Every byte from `start` on, until the worker has ended; the last chunk says so.

        A follower stays with the attempt that was the latest when it began.
        """
        chunk, attempt = await self._read(job, rank, attempt, start, _FIRST_PIECE)
        while True:
            if chunk.data:
                yield chunk
            position = chunk.start + len(chunk.data)
            if chunk.end_of_log and position >= (chunk.total or 0):
                yield LogChunk(
                    start=position,
                    data=b"",
                    total=chunk.total,
                    end_of_log=True,
                    attempt=attempt,
                )
                return
            stream = resuming_bytes(
                self._calls.transport,
                f"{_path(job, rank)}/stream",
                action=_action(job, rank),
                start=position,
                params={"attempt": attempt},
            )
            async with aclosing(stream) as pieces:
                async for at, data in pieces:
                    yield LogChunk(start=at, data=data, attempt=attempt)
                    position = at + len(data)
            # A server that stops also ends its streams in good order; only the log knows.
            chunk, _ = await self._read(job, rank, attempt, position, _FIRST_PIECE)
            if not chunk.data and not chunk.end_of_log:
                await asyncio.sleep(_UNFINISHED_WAIT)

    async def _read(
        self, job: str, rank: int, attempt: int | None, start: int, length: int
    ) -> tuple[LogChunk, int | None]:
        if length < 1:
            raise ValueError("the length must be at least 1 byte")
        path, action = _path(job, rank), _action(job, rank)
        end = start + length if start >= 0 else None
        try:
            data, headers = await self._calls.transport.get_range(
                path, start, end, action=action, params={"attempt": attempt}
            )
        except RangeNotSatisfiable as error:
            return _past_the_end(error, start, attempt)
        total, first = _placed(headers, len(data), action)
        data = data[:length]
        ended = headers.get("x-log-end") == "true"
        reached = first + len(data) >= total
        said = headers.get("x-log-attempt", "")
        of = int(said) if said.isdigit() else attempt
        end = ended and reached
        chunk = LogChunk(start=first, data=data, total=total, end_of_log=end, attempt=of)
        return chunk, of


def _past_the_end(
    error: RangeNotSatisfiable, start: int, attempt: int | None
) -> tuple[LogChunk, int | None]:
    headers = error.headers
    match = _CONTENT_RANGE.match(headers.get("content-range", ""))
    if match is None:
        raise error
    total = int(match[3])
    at = max(start, 0) if start >= 0 else total
    ended = headers.get("x-log-end") == "true"
    said = headers.get("x-log-attempt", "")
    of = int(said) if said.isdigit() else attempt
    return LogChunk(start=at, data=b"", total=total, end_of_log=ended, attempt=of), of


def _placed(headers: Mapping[str, str], length: int, action: str) -> tuple[int, int]:
    """Total length of the log and the offset of the first byte received."""
    said = headers.get("content-range")
    if said is None:
        return length, 0
    match = _CONTENT_RANGE.match(said)
    if match is None or match[1] is None or int(match[2]) - int(match[1]) + 1 != length:
        raise BadReply(action, "the answer does not say which bytes it holds", provider="tenant")
    return int(match[3]), int(match[1])


def _action(job: str, rank: int) -> str:
    return f"read the log of job {job} rank {rank}"


def _path(job: str, rank: int) -> str:
    if rank < 0:
        raise ValueError("the rank is below 0")
    return f"/v1/jobs/{path_part(job, 'job name')}/workers/{rank}/log"
