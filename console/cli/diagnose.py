"""`qd logs diagnose`: why a run stopped, from a file, from several, or from a job's own logs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from api_client.models.job import JobState
from console import paths
from console.analysis.diagnosis import Diagnoser
from console.analysis.diagnosis_model import Cause, Diagnosis, Symptom
from console.analysis.signatures import Signature, SignatureError, read_table, with_own
from console.analysis.verdict import RunFacts
from console.cli.commands import command
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.log_inputs import are_files, feed_files, feed_input, feed_job
from console.cli.opening import Open, local_zone, run_opened
from console.cli.output import print_facts, print_json
from console.present.context import PresentContext
from console.present.diagnosis import advice_text, diagnosis_facts


@command("diagnose")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|JOB|-...")
def diagnose(cli: Cli, targets: Sequence[str]) -> None:
    diagnoser = Diagnoser(signatures_of(cli))
    if list(targets) == ["-"]:
        feed_input(diagnoser.feed)
    elif are_files(targets):
        feed_files(cli, [Path(target) for target in targets], diagnoser.feed)
    else:
        run_opened(cli, lambda opening: _job(cli, opening, targets[0]))
        return
    _show(cli, diagnoser.result())


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


async def of_job(cli: Cli, opening: Open, name: str) -> Diagnosis:
    """Read the logs of the last attempt of every rank of a job.

    Raises:
        CloudError: the job or its logs cannot be read.
    """
    diagnoser = Diagnoser(signatures_of(cli))
    job = await feed_job(cli, opening, name, diagnoser.feed)
    code = job.exit_code if job.state in (JobState.FAILED, JobState.SUCCEEDED) else None
    return diagnoser.result(RunFacts(job.state, code, now=opening.session.now()))


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
