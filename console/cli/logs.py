"""`qd jobs logs`: bytes of a worker's log, whole, from the end, or as they come."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import click

from api_client.models.job import LogChunk
from console.cli.commands import command, option
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.follow import follow_job
from console.cli.jobs import name_argument
from console.cli.log_sink import LogSink
from console.cli.opening import Open, run_opened

_PIECE = 1 << 20
_LOOK_BACK = 1 << 24
"""Bytes looked through for the last lines; a log whose lines are longer is cut there."""


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


async def _show(
    reader: Any, job: str, rank: int, attempt: int | None, start: int, sink: LogSink
) -> None:
    """Everything that is there from a byte on, piece by piece."""
    while True:
        chunk: LogChunk = await reader.read_log(
            job, rank, attempt=attempt, start=start, length=_PIECE
        )
        if not chunk.data:
            break
        sink.feed(chunk.data)
        start = chunk.start + len(chunk.data)
        if chunk.total is not None and start >= chunk.total:
            break
    sink.end()


async def _ranks(opening: Open, job: str, rank: int, every: bool) -> list[int]:
    if not every:
        return [rank]
    provider = await opening.provider("jobs.read")
    return sorted({worker.rank for worker in await provider.workers(job)})


@command("logs")
@name_argument
@option("--rank", type=click.IntRange(min=0), default=0, show_default=True, metavar="R")
@option("--all-ranks", "every", is_flag=True)
@option("--attempt", type=click.IntRange(min=0), metavar="A")
@option("--follow", "-f", is_flag=True)
@option("--tail", "-n", type=click.IntRange(min=1), metavar="N")
@option("--bytes", "last_bytes", type=click.IntRange(min=1), metavar="N")
@option("--grep", metavar="REGEX", default="")
def logs(
    cli: Cli,
    name: str,
    rank: int,
    every: bool,
    attempt: int | None,
    follow: bool,
    tail: int | None,
    last_bytes: int | None,
    grep: str,
) -> None:
    if tail and last_bytes:
        raise Stop(cli.t("cli.error.tail_and_bytes"), USAGE)
    pattern = _pattern(cli, grep)

    async def one(opening: Open, reader: Any, at: int, prefix: str) -> None:
        start = 0
        if tail:
            start = await tail_start(reader, name, at, attempt, tail)
        elif last_bytes:
            start = (await reader.read_log(name, at, attempt=attempt, start=-last_bytes)).start
        if follow:
            await follow_job(
                opening, name, rank=at, attempt=attempt, start=start, prefix=prefix, pattern=pattern
            )
        else:
            await _show(reader, name, at, attempt, start, LogSink(prefix, pattern))

    async def work(opening: Open) -> None:
        reader = await opening.provider("logs.read")
        ranks = await _ranks(opening, name, rank, every)
        shown = [one(opening, reader, at, f"[{at}] " if every else "") for at in ranks]
        if follow:
            await asyncio.gather(*shown)
        else:
            for each in shown:
                await each

    run_opened(cli, work)


def _pattern(cli: Cli, text: str) -> re.Pattern[bytes] | None:
    """The expression of `--grep`.

    Raises:
        Stop: it cannot be read.
    """
    try:
        return re.compile(text.encode()) if text else None
    except re.error as error:
        raise Stop(f"--grep: {error}", USAGE) from None
