"""Following the log of one rank of a job through its restarts."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from api_client.errors import NotFound
from api_client.models.job import Job, Worker
from console.cli.log_sink import LogSink
from console.cli.opening import Open
from console.present.states import job_face

_POLL_SECONDS = 0.5


async def follow_job(
    opening: Open,
    name: str,
    *,
    rank: int,
    attempt: int | None = None,
    start: int = 0,
    prefix: str = "",
    pattern: re.Pattern[bytes] | None = None,
) -> None:
    """Show a rank's log as it grows; goes on with the next attempt until the job ends.

    Args:
        attempt: stay with this one; `None` begins with the latest.
        start: byte to begin at in the first attempt shown.

    Raises:
        CloudError: the job or its log cannot be read.
    """
    reader = await opening.provider("logs.read")
    worker = await _next_worker(opening, name, rank, -1 if attempt is None else attempt - 1)
    while worker is not None:
        sink = LogSink(prefix, pattern)
        async for chunk in reader.follow_log(name, rank, attempt=worker.attempt, start=start):
            sink.feed(chunk.data)
        sink.end()
        if attempt is not None:
            return
        start, last = 0, worker.attempt
        worker = await _next_worker(opening, name, rank, last)
        if worker is not None:
            opening.cli.tell("cli.logs.attempt", name=name, rank=rank, attempt=worker.attempt)


async def _next_worker(opening: Open, name: str, rank: int, after: int) -> Worker | None:
    """The rank's worker of a later attempt, waited for; `None` once the job ended without one."""
    provider = await opening.provider("jobs.read")
    told = ""
    while True:
        job: Job = await provider.job(name)
        found = await _worker(provider, name, rank, after)
        if found is not None and found.started is not None:
            return found
        if job.state.ended:
            return None
        if rank >= job.workers:
            raise NotFound(f"read the log of job {name}", f"it has no rank {rank}")
        if job.state.value != told and (after < 0 or job.state.value == "QUEUED"):
            told = job.state.value
            why = job.reason or job_face(job.state, opening.present(), job.native).word
            opening.cli.tell("cli.logs.waiting", name=name, why=why)
        await asyncio.sleep(_POLL_SECONDS)


async def _worker(provider: Any, name: str, rank: int, after: int) -> Worker | None:
    workers: list[Worker] = list(await provider.workers(name))
    return next((w for w in workers if w.rank == rank and w.attempt > after), None)
