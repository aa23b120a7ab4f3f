"""Which logs of a job are shown, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from api_client.models.job import LogChunk

_PIECE = 1 << 20
_LOOK_BACK = 1 << 24
"""Bytes looked through for the last lines; a log whose lines are longer is cut there."""


@dataclass(frozen=True)
class Chosen:
    """What the line asks for.

    Attributes:
        tail: begin with so many lines before the end.
        last_bytes: begin with so many bytes before the end.
    """

    job: str
    attempt: int | None
    tail: int | None
    last_bytes: int | None
    follow: bool
    fold: bool
    pattern: re.Pattern[bytes] | None


async def start_of(reader: Any, chosen: Chosen, rank: int, attempt: int | None) -> int:
    """The byte to begin at."""
    if chosen.tail:
        return await tail_start(reader, chosen.job, rank, attempt, chosen.tail)
    if chosen.last_bytes:
        chunk: LogChunk = await reader.read_log(
            chosen.job, rank, attempt=attempt, start=-chosen.last_bytes
        )
        return chunk.start
    return 0


async def tail_start(reader: Any, job: str, rank: int, attempt: int | None, lines: int) -> int:
    """The byte at which the last `lines` lines begin."""
    chunk: LogChunk = await reader.read_log(job, rank, attempt=attempt, start=-65_536)
    data, at = chunk.data, chunk.start
    end = at + len(data)
    while data.rstrip(b"\n").count(b"\n") < lines and at > 0 and end - at < _LOOK_BACK:
        low = max(0, at - _PIECE // 4)
        chunk = await reader.read_log(job, rank, attempt=attempt, start=low, length=at - low)
        data, at = chunk.data + data, low
    place = len(data) - 1 if data.endswith(b"\n") else len(data)
    for _ in range(lines):
        place = data.rfind(b"\n", 0, max(place, 0))
        if place < 0:
            return at
    return at + place + 1
