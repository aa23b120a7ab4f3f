"""`qd jobs submit`: a job from options, from another job, or the shipped example."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import click

from api_client.errors import CloudError
from api_client.models.job import JobSpec
from api_client.services import JobQuery
from console.cli.commands import command, option
from console.cli.context import Cli, Stop
from console.cli.exits import FAILED, OK, UNKNOWN, USAGE, code_of, sentence_of
from console.cli.follow import follow_job
from console.cli.known_names import complete_jobs
from console.cli.opening import Open, run_opened
from console.cli.output import print_json, print_line
from console.cli.wait import wait_for
from console.cli.writes import ask, show_plan
from console.operations.operations import Operations
from console.operations.plan import Confirm, Outcome, Plan, Refused
from console.submit import form
from console.submit.parsing import FieldError, name_like, parse_pairs, write_pairs

_FLAGS = {
    "backoff": "--backoff-limit",
    "rules": "--rule",
    "quota": "--quota-type",
    "tags": "--tag",
}
"""Options whose name is not the field's."""

_SKIPPED = frozenset({"python", "python3", "torchrun", "bash", "sh", "env", "exec", "uv", "run"})


_PLAIN_WORD = re.compile(r"^[\w./-]+$")


def _name_from(command_line: str) -> str:
    """A name from the program the command runs: `python train.py` -> `train`."""
    try:
        words = shlex.split(command_line)
    except ValueError:
        words = command_line.split()
    plain = [word for word in words if _PLAIN_WORD.match(word)]
    scripts = [word for word in plain if PurePath(word).suffix in (".py", ".sh")]
    for word in (*scripts, *plain[:2]):
        stem = PurePath(word).stem
        if stem not in _SKIPPED and not word.startswith("-"):
            return name_like(stem)[:50].rstrip("-")
    return "job"


def _pairs(base: str, more: Sequence[str], *, variables: bool) -> str:
    """The pairs of a base with those given on the line over them."""
    keys = {item.partition("=")[0].strip() for item in more}
    kept = {k: v for k, v in parse_pairs(base, variables=variables).items() if k not in keys}
    return "\n".join(part for part in (write_pairs(kept), *more) if part)


def _values(base: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, str]:
    values = dict(base)
    for field in form.FIELDS:
        said = given.get(field.name)
        if field.name in ("env", "tags"):
            if said:
                values[field.name] = _pairs(values[field.name], said, variables=field.name == "env")
        elif field.name == "rules":
            if said:
                values["rules"] = "\n".join(said)
        elif said is not None:
            values[field.name] = str(said)
    return values


def _checked(cli: Cli, values: Mapping[str, str], taken: Collection[str]) -> JobSpec:
    """The spec.

    Raises:
        Stop: a field is wrong; the sentence names each with its option.
    """
    checked = form.check(values, taken)
    if checked.spec is None:
        lines = [
            f"{_FLAGS.get(name, '--' + name.replace('_', '-'))}: {cli.say(message)}"
            for name, message in checked.errors.items()
        ]
        raise Stop("\n".join(lines), USAGE)
    return checked.spec


async def _taken(opening: Open) -> set[str]:
    provider = await opening.provider("jobs.read")
    return {job.name async for job in provider.jobs(JobQuery(limit=1000))}


async def _spec(opening: Open, given: dict[str, Any], source: str, example: bool) -> JobSpec:
    cli, taken = opening.cli, set[str]()
    base: Mapping[str, str] = form.DEFAULTS
    if not given["name"]:
        taken = await _taken(opening)
    if example:
        base = form.example(taken)
    elif source:
        provider = await opening.provider("jobs.read")
        base = form.clone((await provider.job(source)).spec, taken)
    try:
        values = _values(base, given)
    except FieldError as error:
        raise Stop(cli.say(error.message), USAGE) from None
    if not values["name"]:
        values["name"] = form.free_name(_name_from(values["command"]), taken)
    return _checked(cli, values, ())


def _confirm(cli: Cli, plan: Plan, yes: bool) -> None:
    """A protected profile asks for the name; typing the command is enough elsewhere.

    Raises:
        Stop: it is not confirmed.
    """
    if plan.confirm is not Confirm.TYPE_NAME or yes:
        return
    show_plan(cli, plan)
    if not cli.asks:
        raise Stop(cli.t("cli.error.confirm"), USAGE)
    if ask(cli, cli.t("cli.ask.name", name=plan.target.id)).strip() != plan.target.id:
        raise Stop(cli.t("cli.ask.declined"), FAILED)


def _outcome_code(cli: Cli, outcome: Outcome) -> int:
    if outcome.ok:
        cli.talk(cli.say(outcome.sentence))
        return OK
    error = outcome.error
    cli.talk(
        sentence_of(error, cli) if isinstance(error, CloudError) else cli.say(outcome.sentence)
    )
    return UNKNOWN if outcome.ok is None else code_of(error) if error else USAGE


async def _submit(opening: Open, spec: JobSpec, *, dry: bool, yes: bool, quiet: bool) -> int:
    cli, operations = opening.cli, Operations(opening.session)
    try:
        plan = await operations.plan_submit(spec)
    except Refused as refused:
        raise Stop(cli.say(refused.message), USAGE) from None
    if dry:
        show_plan(cli, plan)
        print_json(spec)
        return OK
    _confirm(cli, plan, yes)
    outcome = await operations.perform(plan)
    code = _outcome_code(cli, outcome)
    if code == OK and not quiet:
        if cli.json:
            print_json(outcome.object)
        else:
            print_line(spec.name)
    if code == OK and not cli.json:
        for effect in plan.effects:
            cli.talk(cli.say(effect))
    return code


async def _afterwards(opening: Open, name: str, *, follow: bool, wait: bool) -> int:
    """Follow or wait for the job; its end is the exit code."""
    if follow:
        await follow_job(opening, name, rank=0)
    job, code = await wait_for(opening, name, "succeeded", None, quiet=not wait)
    if wait and not follow:
        if opening.cli.json:
            print_json(job)
        else:
            print_line(name)
    return code


@command("submit", context_settings={"allow_interspersed_args": False})
@click.argument("words", nargs=-1, metavar="[-- COMMAND...]", type=click.UNPROCESSED)
@option("--name", metavar="NAME")
@option("--workers", metavar="N")
@option("--accelerators", metavar="N")
@option("--command", metavar="TEXT")
@option("--backoff-limit", "backoff", metavar="N")
@option("--rule", "rules", multiple=True, metavar="CODES:ACTION")
@option("--hang", metavar="TIME")
@option("--max-run", "max_run", metavar="TIME")
@option("--env", multiple=True, metavar="K=V")
@option("--tag", "tags", multiple=True, metavar="K=V")
@option("--pool", metavar="POOL")
@option("--project", metavar="PROJECT")
@option("--framework", metavar="TEXT")
@option("--working-dir", "working_dir", metavar="PATH")
@option("--checkpoint-dir", "checkpoint_dir", metavar="PATH")
@option("--priority", metavar="WORD")
@option("--quota-type", "quota", metavar="WORD")
@option("--from", "source", metavar="JOB", default="", shell_complete=complete_jobs)
@option("--example", is_flag=True)
@option("--dry-run", "dry", is_flag=True)
@option("--wait", is_flag=True)
@option("--follow", "-f", is_flag=True)
@option("--yes", "-y", is_flag=True)
def submit(
    cli: Cli,
    words: tuple[str, ...],
    source: str,
    example: bool,
    dry: bool,
    wait: bool,
    follow: bool,
    yes: bool,
    **given: Any,
) -> int:
    if words and given["command"]:
        raise Stop(cli.t("cli.error.command_twice"), USAGE)
    if source and example:
        raise Stop(cli.t("cli.error.source_twice"), USAGE)
    if not (words or given["command"] or source or example):
        raise Stop(cli.t("cli.error.no_command"), USAGE)
    if words:
        given["command"] = words[0] if len(words) == 1 else shlex.join(words)

    async def work(opening: Open) -> int:
        spec = await _spec(opening, given, source, example)
        quiet = wait or follow
        code = await _submit(opening, spec, dry=dry, yes=yes, quiet=quiet)
        if code != OK or dry or not quiet:
            return code
        return await _afterwards(opening, spec.name, follow=follow, wait=wait)

    return run_opened(cli, work)
