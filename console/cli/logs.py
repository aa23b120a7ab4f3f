"""`qd jobs logs`: bytes of a worker's log, whole, from the end, or as they come."""

from __future__ import annotations

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
from console.cli.log_tail import Chosen, start_of
from console.cli.opening import Open, run_opened
from console.cli.rank_logs import show_ranks

_PIECE = 1 << 20


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


@command("logs")
@name_argument
@option("--rank", type=click.IntRange(min=0), default=0, show_default=True, metavar="R")
@option("--all-ranks", "every", is_flag=True)
@option("--fold", is_flag=True)
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
    fold: bool,
    attempt: int | None,
    follow: bool,
    tail: int | None,
    last_bytes: int | None,
    grep: str,
) -> None:
    if tail and last_bytes:
        raise Stop(cli.t("cli.error.tail_and_bytes"), USAGE)
    pattern = _pattern(cli, grep)

    if fold and not every:
        raise Stop(cli.t("cli.error.fold_alone"), USAGE)
    chosen = Chosen(name, attempt, tail, last_bytes, follow=follow, fold=fold, pattern=pattern)

    async def work(opening: Open) -> None:
        await (show_ranks(opening, chosen) if every else _one(opening, chosen, rank))

    run_opened(cli, work)


async def _one(opening: Open, chosen: Chosen, rank: int) -> None:
    reader = await opening.provider("logs.read")
    name, attempt = chosen.job, chosen.attempt
    start = await start_of(reader, chosen, rank, attempt)
    if chosen.follow:
        await follow_job(
            opening, name, rank=rank, attempt=attempt, start=start, pattern=chosen.pattern
        )
    else:
        await _show(reader, name, rank, attempt, start, LogSink("", chosen.pattern))


def _pattern(cli: Cli, text: str) -> re.Pattern[bytes] | None:
    """The expression of `--grep`.

    Raises:
        Stop: it cannot be read.
    """
    try:
        return re.compile(text.encode()) if text else None
    except re.error as error:
        raise Stop(f"--grep: {error}", USAGE) from None
