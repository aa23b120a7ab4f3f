"""Writes from the command line: the plan shown, the question asked, one result for each object."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from api_client.errors import CloudError
from console.cells import cell_width, pad
from console.cli.commands import option
from console.cli.context import Cli, Stop
from console.cli.exits import FAILED, OK, UNKNOWN, USAGE, code_of, sentence_of
from console.cli.opening import Open
from console.cli.output import plain_value, print_json, print_line
from console.operations.operations import Operations
from console.operations.plan import Confirm, Outcome, Plan, Refused

Planner = Callable[[Operations, str], Awaitable[Plan]]


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """How a write was asked for."""

    yes: bool
    reason: str


@dataclass(slots=True)
class Result:
    """How the write about one object ended; `ok` is `None` where nobody knows."""

    name: str
    ok: bool | None
    sentence: str
    code: int
    object: Any = None

    def as_json(self) -> dict[str, Any]:
        """The result for scripts."""
        return {
            "name": self.name,
            "ok": self.ok,
            "message": self.sentence,
            "object": plain_value(self.object),
        }


def write_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every write."""
    for add in (
        option("--reason", metavar="TEXT", default=""),
        option("--yes", "-y", is_flag=True),
    ):
        function = add(function)
    return function


async def write_each(
    opening: Open, names: Sequence[str], planner: Planner, asked: WriteOptions
) -> int:
    """Plan every write, ask once, do them in turn; returns the exit code.

    Raises:
        Stop: nobody confirmed.
    """
    cli, operations = opening.cli, Operations(opening.session)
    results: list[Result] = []
    plans: list[Plan] = []
    for name in dict.fromkeys(names):
        try:
            plans.append(await planner(operations, name))
        except Refused as refused:
            results.append(Result(name, False, cli.say(refused.message), USAGE))
        except CloudError as error:
            results.append(Result(name, False, sentence_of(error, cli), code_of(error)))
    for result in results:
        cli.talk(result.sentence)
    reason = _confirmed(cli, plans, asked) if plans else ""
    for plan in plans:
        result = _result(cli, await operations.perform(plan, reason=reason))
        results.append(result)
        if not cli.json:
            _say(cli, result)
    if cli.json:
        print_json([result.as_json() for result in results])
    return worst(result.code for result in results)


def _result(cli: Cli, outcome: Outcome) -> Result:
    code = OK if outcome.ok else UNKNOWN if outcome.ok is None else FAILED
    if outcome.ok is False and outcome.error is not None:
        code = code_of(outcome.error)
    elif outcome.ok is False:
        code = USAGE
    return Result(
        outcome.plan.target.id, outcome.ok, cli.say(outcome.sentence), code, outcome.object
    )


def _say(cli: Cli, result: Result) -> None:
    """The name of what was changed is data; the sentence is talk."""
    cli.talk(result.sentence)
    if result.ok:
        print_line(result.name)


def worst(codes: Any) -> int:
    """One exit code for several results: the same where all failures agree, else 1."""
    failed = {code for code in codes if code != OK}
    return OK if not failed else failed.pop() if len(failed) == 1 else FAILED


def _confirmed(cli: Cli, plans: Sequence[Plan], asked: WriteOptions) -> str:
    """Show what will happen and have it confirmed; returns the reason.

    Raises:
        Stop: nobody is there to ask, or the answer is no.
    """
    reason = asked.reason
    for plan in plans:
        show_plan(cli, plan)
    if asked.yes:
        return reason or _reason_by_line(cli, plans)
    if not cli.asks:
        raise Stop(cli.t("cli.error.confirm"), USAGE)
    if not reason and any(plan.reason_required for plan in plans):
        reason = ask(cli, cli.t("cli.ask.reason"))
    if not _agreed(cli, plans):
        raise Stop(cli.t("cli.ask.declined"), FAILED)
    return reason


def _reason_by_line(cli: Cli, plans: Sequence[Plan]) -> str:
    """A reason is needed for the record; the command line is one where none was given."""
    return cli.t("cli.reason") if any(plan.reason_required for plan in plans) else ""


def _agreed(cli: Cli, plans: Sequence[Plan]) -> bool:
    typed = [plan for plan in plans if plan.confirm is Confirm.TYPE_NAME]
    if len(plans) == 1 and typed:
        name = plans[0].target.id
        return ask(cli, cli.t("cli.ask.name", name=name)).strip() == name
    if typed:
        count = str(len(plans))
        return ask(cli, cli.t("cli.ask.count", count=count)).strip() == count
    return ask(cli, cli.t("cli.ask.sure")).strip().casefold() in ("y", "yes", "是", "好")


def ask(cli: Cli, question: str) -> str:
    """Ask on standard error and read a line.

    Raises:
        Stop: the input ended.
    """
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise Stop(cli.t("cli.ask.declined"), FAILED)
    return line.rstrip("\n")


def show_plan(cli: Cli, plan: Plan) -> None:
    """What a write is about, what it does and how to undo it, on standard error."""
    cli.talk(cli.say(plan.title))
    labels = [cli.t(fact.label_key) for fact in plan.facts]
    width = max((cell_width(label) for label in labels), default=0)
    for label, fact in zip(labels, plan.facts, strict=True):
        cli.talk(f"  {pad(label, width)}  {fact.value}")
    for effect in plan.effects:
        cli.talk(f"  - {cli.say(effect)}")
    cli.talk(f"  {cli.say(plan.undo)}")


def names_or_filter(cli: Cli, names: Sequence[str], chosen: str) -> None:
    """See that a write says what it is about.

    Raises:
        Stop: neither names nor a filter are given, or both.
    """
    if bool(names) == bool(chosen.strip()):
        raise Stop(cli.t("cli.error.names_or_filter"), USAGE)
