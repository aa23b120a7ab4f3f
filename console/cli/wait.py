"""`qd jobs wait`: until a job is where it should be; 0 there, 1 elsewhere, 124 too late."""

from __future__ import annotations

import asyncio
import time

import click

from api_client.errors import RateLimited, Unavailable
from api_client.models.job import Job, JobState
from console.cli.commands import command, option
from console.cli.context import Cli, Stop
from console.cli.exits import FAILED, OK, TIMED_OUT, USAGE, sentence_of
from console.cli.jobs import name_argument
from console.cli.opening import Open, run_opened
from console.cli.output import print_json, print_line
from console.present.states import job_face
from console.present.units import duration_text
from console.submit.parsing import FieldError, parse_duration

_POLL_SECONDS = 0.5
AIMS = ("succeeded", "running", "ended")


def duration_option(cli: Cli, name: str, text: str) -> float | None:
    """Seconds of an option such as `10m`; `None` where it is not given.

    Raises:
        Stop: it is not a duration.
    """
    try:
        return parse_duration(text)
    except FieldError as error:
        raise Stop(f"{name}: {cli.say(error.message)}", USAGE) from None


def verdict(state: JobState, aim: str) -> int | None:
    """The exit code where a state settles the matter, else `None`."""
    if aim == "running" and state is JobState.RUNNING:
        return OK
    if not state.ended:
        return None
    return OK if aim == "ended" or state is JobState.SUCCEEDED else FAILED


async def wait_for(
    opening: Open, name: str, aim: str, limit: float | None, *, quiet: bool = False
) -> tuple[Job, int]:
    """Read the job until its state settles the matter or `limit` seconds went by.

    Raises:
        CloudError: it cannot be read at all, or is gone.
    """
    provider = await opening.provider("jobs.read")
    deadline = None if limit is None else time.monotonic() + limit
    shown: JobState | None = None
    job: Job = await provider.job(name)
    while True:
        if job.state is not shown and not quiet:
            face = job_face(job.state, opening.present(), job.native)
            opening.cli.talk(f"{name}: {face.word}" + (f" ({job.reason})" if job.reason else ""))
        shown = job.state
        code = verdict(job.state, aim)
        if code is not None:
            return job, code
        if deadline is not None and time.monotonic() >= deadline:
            return job, TIMED_OUT
        await asyncio.sleep(_POLL_SECONDS)
        job = await _again(opening, provider, name, job)


async def _again(opening: Open, provider: object, name: str, last: Job) -> Job:
    """The job now; while the service is away, as it was, and the person is told."""
    try:
        job: Job = await provider.job(name)  # type: ignore[attr-defined]
        return job
    except (Unavailable, RateLimited) as error:
        opening.cli.talk(sentence_of(error, opening.cli))
        await asyncio.sleep(4 * _POLL_SECONDS)
        return last


@command("wait")
@name_argument
@option("--for", "aim", type=click.Choice(AIMS), default="succeeded", show_default=True)
@option("--timeout", metavar="TIME", default="")
def wait(cli: Cli, name: str, aim: str, timeout: str) -> int:
    limit = duration_option(cli, "--timeout", timeout)

    async def work(opening: Open) -> int:
        job, code = await wait_for(opening, name, aim, limit)
        if code == TIMED_OUT:
            cli.tell("cli.wait.late", name=name, time=duration_text(limit))
        if cli.json:
            print_json(job)
        else:
            print_line(job.state.value)
        return code

    return run_opened(cli, work)
