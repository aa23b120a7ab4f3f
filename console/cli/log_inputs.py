"""The logs a command is about: files, the ranks of a job, or what is piped in."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from api_client.errors import NotFound
from api_client.models.job import Job, LogChunk
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.opening import Open
from console.cli.progress import Progress
from console.logs.source import LogError
from console.logs.stored import blocks_of

Feed = Callable[[bytes, int | None], None]
"""Takes the bytes of a log in order, with its rank where each rank has its own."""

_PIECE = 1 << 20
_RANK = re.compile(r"(?:rank|worker|task|proc)[-_. ]?(\d{1,6})|(\d{1,6})(?=\D*$)")


def are_files(targets: Sequence[str]) -> bool:
    """Whether the words are files and not the name of a job."""
    first = Path(targets[0])
    return len(targets) > 1 or first.exists() or first.name != targets[0]


def feed_input(feed: Feed) -> None:
    """Whatever another program pipes in."""
    while block := sys.stdin.buffer.read(_PIECE):
        feed(block, None)


def feed_files(cli: Cli, files: Sequence[Path], feed: Feed) -> None:
    """Several files are the ranks of one run: by the number in their names, else in order.

    Raises:
        Stop: one cannot be read.
    """
    ranks = [None] if len(files) == 1 else _ranks_of(files)
    try:
        with Progress(cli) as progress:
            read = 0
            for path, rank in zip(files, ranks, strict=True):
                for block in blocks_of(path):
                    feed(block, rank)
                    read += len(block)
                    progress.tell(read)
    except LogError as error:
        raise Stop(cli.t(error.key, path=str(error.path), reason=error.reason), USAGE) from error


def _ranks_of(files: Sequence[Path]) -> list[int | None]:
    found = [_RANK.search(path.stem) for path in files]
    numbers = [int(each[1] or each[2]) if each else None for each in found]
    return list(range(len(files))) if len(set(numbers)) < len(files) else numbers


async def feed_job(cli: Cli, opening: Open, name: str, feed: Feed) -> Job:
    """The logs of the last attempt of every rank of a job.

    Raises:
        CloudError: the job or its logs cannot be read.
    """
    jobs, logs = await opening.provider("jobs.read"), await opening.provider("logs.read")
    job: Job = await jobs.job(name)
    workers = await jobs.workers(name)
    with Progress(cli) as progress:
        read = 0
        for worker in sorted(workers, key=lambda each: each.rank):
            start = 0
            while data := await _piece(logs, name, worker.rank, worker.attempt, start):
                feed(data, worker.rank)
                start += len(data)
                read += len(data)
                progress.tell(read)
    return job


async def _piece(logs: Any, job: str, rank: int, attempt: int, start: int) -> bytes:
    try:
        chunk: LogChunk = await logs.read_log(
            job, rank, attempt=attempt, start=start, length=_PIECE
        )
    except NotFound:
        # A worker that never started has no log.
        return b""
    return chunk.data if chunk.start == start else b""
