"""`qd logs diagnose`: why a run stopped, from a file, from several, or from a job's own logs."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from api_client.errors import NotFound
from api_client.models.job import Job, JobState, LogChunk
from console import paths
from console.analysis.diagnosis import Diagnoser
from console.analysis.diagnosis_model import Cause, Diagnosis, Symptom
from console.analysis.signatures import Signature, SignatureError, read_table, with_own
from console.analysis.verdict import RunFacts
from console.cli.commands import command
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.opening import Open, local_zone, run_opened
from console.cli.output import print_facts, print_json
from console.cli.progress import Progress
from console.logs.source import LogError
from console.logs.stored import blocks_of
from console.present.context import PresentContext
from console.present.diagnosis import advice_text, diagnosis_facts

_PIECE = 1 << 20
_RANK = re.compile(r"(?:rank|worker|task|proc)[-_. ]?(\d{1,6})|(\d{1,6})(?=\D*$)")


@command("diagnose")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|JOB|-...")
def diagnose(cli: Cli, targets: Sequence[str]) -> None:
    files = [Path(target) for target in targets]
    if list(targets) == ["-"]:
        _show(cli, _of_input(cli))
    elif len(files) > 1 or files[0].exists() or files[0].name != targets[0]:
        _show(cli, _of_files(cli, files))
    else:
        run_opened(cli, lambda opening: _job(cli, opening, targets[0]))


async def _job(cli: Cli, opening: Open, name: str) -> None:
    _show(cli, await of_job(cli, opening, name))


def _show(cli: Cli, diagnosis: Diagnosis) -> None:
    if cli.json:
        print_json(as_json(diagnosis, cli))
    else:
        ctx = _present(cli)
        print_facts(cli, diagnosis_facts(diagnosis, ctx), ctx)


def _present(cli: Cli) -> PresentContext:
    return PresentContext(now=datetime.now(UTC), translator=cli.translator, zone=local_zone())


def _of_input(cli: Cli) -> Diagnosis:
    """Whatever another program pipes in."""
    diagnoser = Diagnoser(signatures_of(cli))
    while block := sys.stdin.buffer.read(_PIECE):
        diagnoser.feed(block)
    return diagnoser.result()


def _of_files(cli: Cli, files: Sequence[Path]) -> Diagnosis:
    """Several files are the ranks of one run: by the number in their names, else in order."""
    diagnoser = Diagnoser(signatures_of(cli))
    ranks = [None] if len(files) == 1 else _ranks_of(files)
    try:
        with Progress(cli) as progress:
            read = 0
            for path, rank in zip(files, ranks, strict=True):
                for block in blocks_of(path):
                    diagnoser.feed(block, rank)
                    read += len(block)
                    progress.tell(read)
    except LogError as error:
        raise Stop(cli.t(error.key, path=str(error.path), reason=error.reason), USAGE) from error
    return diagnoser.result()


def _ranks_of(files: Sequence[Path]) -> list[int | None]:
    found = [_RANK.search(path.stem) for path in files]
    numbers = [int(each[1] or each[2]) if each else None for each in found]
    return list(range(len(files))) if len(set(numbers)) < len(files) else numbers


async def of_job(cli: Cli, opening: Open, name: str) -> Diagnosis:
    """Read the logs of the last attempt of every rank of a job.

    Raises:
        CloudError: the job or its logs cannot be read.
    """
    jobs, logs = await opening.provider("jobs.read"), await opening.provider("logs.read")
    job: Job = await jobs.job(name)
    workers = await jobs.workers(name)
    diagnoser = Diagnoser(signatures_of(cli))
    with Progress(cli) as progress:
        read = 0
        for worker in sorted(workers, key=lambda each: each.rank):
            start = 0
            while data := await _piece(logs, name, worker.rank, worker.attempt, start):
                diagnoser.feed(data, worker.rank)
                start += len(data)
                read += len(data)
                progress.tell(read)
    code = job.exit_code if job.state in (JobState.FAILED, JobState.SUCCEEDED) else None
    return diagnoser.result(RunFacts(job.state, code, now=opening.session.now()))


async def _piece(logs: Any, job: str, rank: int, attempt: int, start: int) -> bytes:
    try:
        chunk: LogChunk = await logs.read_log(
            job, rank, attempt=attempt, start=start, length=_PIECE
        )
    except NotFound:
        # A worker that never started has no log.
        return b""
    return chunk.data if chunk.start == start else b""


def signatures_of(cli: Cli) -> tuple[Signature, ...]:
    """The built-in table with the person's own entries.

    Raises:
        Stop: their file cannot be used.
    """
    own = paths.config_file().with_name("signatures.toml")
    try:
        return with_own(read_table(own) if own.exists() else ())
    except (SignatureError, OSError) as error:
        raise Stop(str(error), USAGE) from error


def as_json(diagnosis: Diagnosis, cli: Cli) -> dict[str, Any]:
    """The diagnosis under the names scripts rely on."""
    cause = diagnosis.cause
    return {
        "outcome": diagnosis.outcome.value,
        "after_success": diagnosis.after_success.value if diagnosis.after_success else None,
        "cause": _cause(cause) if cause else None,
        "symptoms": [_symptom(each) for each in diagnosis.symptoms],
        "restart_helps": diagnosis.restart.value if diagnosis.restart else None,
        "confidence": diagnosis.confidence.value,
        "advice": advice_text(cause.signature, _present(cli)) if cause else None,
        "lines": diagnosis.lines,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "category": cause.signature.category,
        "reason": cause.signature.reason or None,
        "signature": cause.signature.id,
        "rank": cause.rank,
        "line": cause.line,
        "time": cause.time.isoformat().replace("+00:00", "Z") if cause.time else None,
        "text": cause.text,
    }


def _symptom(symptom: Symptom) -> dict[str, Any]:
    return {
        "category": symptom.signature.category,
        "signature": symptom.signature.id,
        "count": symptom.count,
        "ranks": list(symptom.ranks),
        "line": symptom.line,
        "text": symptom.text,
    }
