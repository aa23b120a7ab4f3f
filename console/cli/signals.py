"""`qd logs signals`: what a log says of its training, from files or from a job's own logs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import Any

import click

from api_client.models.base import Money
from api_client.models.job import Job
from console.analysis.rates import job_rate
from console.analysis.signal_model import Point, Signals
from console.analysis.signal_pace import Finish, Pace, cost_to_finish, finish_of, pace_of
from console.analysis.signal_ranks import RunReader, speeds_of
from console.analysis.slow_ranks import RankSpeed
from console.cli.commands import command, option
from console.cli.context import Cli
from console.cli.log_inputs import are_files, feed_files, feed_input, feed_job
from console.cli.opening import Open, local_zone, run_opened
from console.cli.output import print_facts, print_json
from console.present.context import PresentContext
from console.present.signals import latest, signal_facts

_FIGURES = ("loss", "learning_rate", "tokens_per_second", "samples_per_second", "grad_norm")


@command("signals")
@click.argument("targets", nargs=-1, required=True, metavar="FILE|JOB|-...")
@option("--points", is_flag=True)
def signals(cli: Cli, targets: Sequence[str], points: bool) -> None:
    reader = RunReader()
    if list(targets) == ["-"]:
        feed_input(reader.feed)
    elif are_files(targets):
        feed_files(cli, [Path(target) for target in targets], reader.feed)
    else:
        run_opened(cli, lambda opening: _job(cli, opening, targets[0], points))
        return
    _show(cli, reader, None, points)


async def _job(cli: Cli, opening: Open, name: str, points: bool) -> None:
    reader = RunReader()
    job = await feed_job(cli, opening, name, reader.feed)
    _show(cli, reader, _hourly(opening, job), points)


def _hourly(opening: Open, job: Job) -> Money | None:
    estimate = job_rate(job, opening.prices)
    return estimate.money if estimate is not None else None


def _show(cli: Cli, reader: RunReader, hourly: Money | None, points: bool) -> None:
    found = reader.result()
    pace, speeds = pace_of(found.points), speeds_of(found)
    finish = finish_of(found, pace)
    cost = cost_to_finish(finish, hourly)
    if cli.json:
        print_json(as_json(found, pace, finish, cost, speeds, points) | {"lines": reader.lines})
        return
    ctx = PresentContext(now=datetime.now(UTC), translator=cli.translator, zone=local_zone())
    print_facts(cli, signal_facts(found, pace, finish, cost, speeds, ctx), ctx)


def as_json(
    found: Signals,
    pace: Pace | None,
    finish: Finish | None,
    cost: Money | None,
    speeds: Sequence[RankSpeed],
    points: bool,
) -> dict[str, Any]:
    """The signals under the names scripts rely on."""
    last = found.last
    figures = {name: latest(found, attrgetter(name)) for name in _FIGURES}
    said: dict[str, Any] = {
        "unit": found.unit or None,
        "step": last.step if last else None,
        "total": found.total,
        **figures,
        "losses": found.losses,
        "time": last.time if last else None,
        "pace": asdict(pace) if pace else None,
        "finish": asdict(finish) if finish else None,
        "cost_to_finish": (
            {"amount": str(cost.amount), "currency": cost.currency} if cost else None
        ),
        "restarts": found.restarts,
        "segments": [asdict(each) for each in found.segments],
        "evaluation_count": found.evaluation_count,
        "evaluations": [asdict(each) for each in found.evaluations],
        "checkpoint_count": found.checkpoint_count,
        "checkpoints": [asdict(each) for each in found.checkpoints],
        "run": asdict(found.run) | {"seconds": found.run.seconds} if found.run.started else None,
        "summary": dict(found.summary),
        "ranks": [asdict(each) for each in speeds],
    }
    if points:
        said["points"] = [_point(each) for each in found.points]
    clean: dict[str, Any] = _clean(said)
    return clean


def _point(point: Point) -> dict[str, Any]:
    return {name: value for name, value in asdict(point).items() if value is not None}


def _clean(value: Any) -> Any:
    """Times as RFC 3339, whole numbers as such; what is no number, which JSON has not, as text."""
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    return value
