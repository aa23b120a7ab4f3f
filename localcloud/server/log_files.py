"""Reads logs piece by piece; none is ever held whole."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

from localcloud.engine.errors import NotFoundFault
from localcloud.server.backend import WorkerLog
from localcloud.server.context import ServerState

LONGEST_ANSWER = 1024 * 1024
_PIECE = 64 * 1024
_POLL_SECONDS = 0.1
_RANGE = re.compile(r"^bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))$", re.ASCII)


class RangeError(ValueError):
    """No byte lies in the range, or it is written wrongly; the text is a sentence."""


def parse_range(text: str, total: int) -> tuple[int, int]:
    """Half-open bounds inside a log of `total` bytes, at most 1 MiB apart.

    Raises:
        RangeError: see there.
    """
    match = _RANGE.match(text.strip())
    if match is None:
        raise RangeError("The range must be bytes=a-b, bytes=a- or bytes=-n.")
    if match[3] is not None:
        start, end = max(0, total - int(match[3])), total
    else:
        start = int(match[1])
        end = min(int(match[2]) + 1, total) if match[2] else total
        if match[2] and int(match[2]) < start:
            raise RangeError("The range ends before it starts.")
    if start >= end:
        raise RangeError(f"The log has {total} bytes; none of them lies in the range.")
    return start, min(end, start + LONGEST_ANSWER)


async def follow(
    state: ServerState, name: str, rank: int, log: WorkerLog, position: int
) -> AsyncIterator[bytes]:
    """Pieces from `position` on as the file grows, read only as fast as they are taken."""
    while not state.stopping.is_set():
        # Whether it has ended is asked before reading: what is written after is read next time.
        ended = log.ended
        if log.size() > position:
            piece = log.read(position, position + _PIECE)
            position += len(piece)
            yield piece
            continue
        if ended:
            return
        await asyncio.sleep(_POLL_SECONDS)
        try:
            log = state.cloud.log_file(name, rank, log.attempt)
        except NotFoundFault:
            return
