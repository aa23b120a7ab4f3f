"""`quarterdeck demo`: a tenant far larger than this machine, its clock and its faults."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from console import paths
from console.cli.arguments import Name, Number
from console.cli.commands import Group, Option, command, option
from console.cli.context import Cli, Stop
from console.cli.exits import OK, USAGE
from console.cli.known_names import kept_names
from console.cli.output import print_json, print_line
from console.cli.simulation import KINDS, PRESETS, ask
from console.profiles import DEMO
from console.submit.parsing import FieldError, parse_duration

_LEAST_SPEED, _MOST_SPEED = 0.001, 1_000_000
_PATIENCE = 2.0
"""Seconds between two lines about a start that takes long."""

_SPEED = Number(_LEAST_SPEED, _MOST_SPEED)
_SIZES: tuple[tuple[str, Any, str], ...] = (
    ("--preset", click.Choice(PRESETS), "demo_preset"),
    ("--nodes", click.IntRange(1, 20_000), "demo_nodes"),
    ("--accelerators", click.IntRange(1, 64), "per_node"),
    ("--jobs", click.IntRange(0, 1_000_000), "demo_jobs"),
    ("--seed", click.IntRange(0, 2**31 - 1), "demo_seed"),
    ("--speed", _SPEED, "demo_speed"),
)
_VERBS = ("up", "down", "status", "pause", "resume", "speed", "step", "jump", "fault", "replay")


def _metavar(kind: Any) -> str | None:
    return None if isinstance(kind, click.Choice) else "N"


def _sizes() -> list[click.Parameter]:
    return [
        Option([flag], type=kind, metavar=_metavar(kind), help=f"cli.option.{key}")
        for flag, kind, key in _SIZES
    ]


def _keep() -> Option:
    return Option(["--keep"], is_flag=True, help="cli.option.demo_keep")


@click.pass_context
def _open(ctx: click.Context, /, keep: bool, **sizes: Any) -> int | None:
    """Start a simulation where none runs and open the console on it."""
    if ctx.invoked_subcommand:
        return None
    cli = ctx.ensure_object(Cli)
    return open_demo(cli, _words(sizes), keep=keep)


demo = Group(
    "demo",
    {verb: f"console.cli.demo:{verb}" for verb in _VERBS},
    callback=_open,
    invoke_without_command=True,
    params=[*_sizes(), _keep()],
)


def open_demo(cli: Cli, words: list[str], *, keep: bool) -> int:
    """Open the console on the simulation; one started here ends with it unless kept.

    Raises:
        Stop: it does not start, or there is no terminal to draw on.
    """
    from console.cli.app import open_app

    if not cli.plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Stop(cli.t("cli.error.no_terminal"), USAGE)
    owner = [] if keep else ["--owner", str(os.getpid())]
    said = start(cli, [*words, *owner])
    cli.profile = DEMO
    code = open_app(cli)
    if said["started"] and not keep:
        ask(cli, "down")
    return code


def start(cli: Cli, words: list[str]) -> dict[str, Any]:
    """Start a simulation unless one runs; says how it goes.

    Raises:
        Stop: it does not start, or another one than asked for runs.
    """
    began = time.monotonic()
    told = began

    def progress(line: str) -> None:
        nonlocal told
        now = time.monotonic()
        if told == began:
            told = now
            cli.tell("demo.start")
        elif now - told >= _PATIENCE:
            told = now
            cli.tell("demo.starting", seconds=round(now - began), what=line)

    said = ask(cli, "up", *words, progress=progress)
    if said["started"]:
        _forget()
        return said
    asked = [word for word in words if word.startswith("--") and word != "--owner"]
    if asked:
        raise Stop(cli.t("demo.other", scenario=str(said["scenario"])), USAGE)
    return said


def _forget() -> None:
    """What was remembered of an earlier simulation is of no use to a new one."""
    shutil.rmtree(paths.history_dir(DEMO), ignore_errors=True)
    (paths.state_dir() / "frames" / f"{DEMO}.txt").unlink(missing_ok=True)


def _words(given: dict[str, Any]) -> list[str]:
    words: list[str] = []
    for name, value in given.items():
        if value is not None:
            words += [f"--{name}", str(value)]
    return words


def _show(cli: Cli, said: dict[str, Any]) -> None:
    if cli.json:
        print_json(said)
        return
    moment = datetime.fromisoformat(said["target"]).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    key = "demo.paused" if said["paused"] else "demo.runs"
    values = {"scenario": str(said["scenario"]), "seed": said["seed"], "moment": moment}
    print_line(cli.t(key, speed=f"{said['speed']:g}", **values))
    if said.get("socket"):
        print_line(cli.t("demo.where", pid=said.get("pid") or "—", socket=str(said["socket"])))
    if said.get("down_seconds"):
        print_line(cli.t("demo.api_down", seconds=said["down_seconds"]))
    elif said.get("latency_seconds"):
        print_line(cli.t("demo.api_slow", seconds=said["latency_seconds"]))


def _sized(function: Callable[..., Any]) -> Callable[..., Any]:
    for flag, kind, key in reversed(_SIZES):
        function = option(flag, type=kind, metavar=_metavar(kind), help=f"cli.option.{key}")(
            function
        )
    return function


@command("up")
@_sized
def up(cli: Cli, **sizes: Any) -> None:
    _show(cli, start(cli, _words(sizes)))
    if not cli.json:
        cli.tell("demo.next")


@command("down")
def down(cli: Cli) -> None:
    said = ask(cli, "down")
    if cli.json:
        print_json(said)
    else:
        cli.tell("demo.ended" if said["stopped"] else "demo.none")


@command("status")
def status(cli: Cli) -> None:
    _show(cli, ask(cli, "status"))


@command("pause")
def pause(cli: Cli) -> None:
    _show(cli, ask(cli, "clock", "--pause"))


@command("resume")
def resume(cli: Cli) -> None:
    _show(cli, ask(cli, "clock", "--resume"))


@command("speed")
@click.argument("speed", type=_SPEED, metavar="N")
def speed(cli: Cli, speed: float) -> None:
    _show(cli, ask(cli, "clock", "--speed", str(speed)))


@command("step")
@click.argument("duration", metavar="DURATION")
def step(cli: Cli, duration: str) -> None:
    _show(cli, ask(cli, "clock", "--step", str(_seconds(cli, duration))))


@command("jump")
@click.argument("to", metavar="MOMENT|+DURATION")
def jump(cli: Cli, to: str) -> None:
    if to.startswith("+"):
        _show(cli, ask(cli, "clock", "--step", str(_seconds(cli, to[1:]))))
        return
    try:
        moment = datetime.fromisoformat(to)
    except ValueError:
        raise Stop(cli.t("demo.moment", text=to), USAGE) from None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    _show(cli, ask(cli, "clock", "--to", aware.isoformat()))


def _seconds(cli: Cli, text: str) -> float:
    try:
        found = parse_duration(text)
    except FieldError as error:
        raise Stop(cli.say(error.message), USAGE) from None
    if found is None:
        raise Stop(cli.t("demo.duration"), USAGE)
    return found


def _complete(feed: str) -> Callable[..., list[str]]:
    def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        return [name for name in kept_names(feed, DEMO) if name.startswith(incomplete)]

    return names


@command("fault")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@option(
    "--node",
    type=Name(),
    metavar="NAME",
    shell_complete=_complete("nodes"),
    help="cli.option.demo_node",
)
@option(
    "--job",
    type=Name(),
    metavar="NAME",
    shell_complete=_complete("jobs"),
    help="cli.option.demo_job",
)
@option("--seconds", type=Number(0.001), metavar="S", help="cli.option.demo_seconds")
@option("--latency", type=Number(0.001, 600), metavar="S", help="cli.option.demo_latency")
def fault(cli: Cli, kind: str, **given: Any) -> None:
    said = ask(cli, "fault", *_words(given), "--", kind)
    if cli.json:
        print_json(said)
        return
    key = "demo.struck_api" if kind.startswith("api-") else "demo.struck"
    values = {name: str(said.get(name) or "—") for name in ("kind", "node", "job", "seconds")}
    print_line(cli.t(key, **values))


@command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option("--speed", type=_SPEED, metavar="N", help="cli.option.demo_speed")
@option("--summary", is_flag=True, help="cli.option.demo_summary")
@option("--keep", is_flag=True, help="cli.option.demo_keep")
def replay(cli: Cli, file: Path, speed: float | None, summary: bool, keep: bool) -> int:
    if summary:
        print_summary(cli, ask(cli, "replay", "--", str(file), progress=cli.talk))
        return OK
    words = ["--trace", str(file.absolute()), *_words({"speed": speed})]
    return open_demo(cli, words, keep=keep)


def print_summary(cli: Cli, said: dict[str, Any]) -> None:
    """Totals of a tenant."""
    if cli.json:
        print_json(said)
        return
    cost = "—" if said["cost"] is None else f"{said['cost']} {said['currency']}"
    for name in ("jobs", "accelerator_hours", "peak_accelerators"):
        print_line(cli.t(f"demo.total.{name}", value=f"{said[name]:,}"))
    for name in ("states", "native_states"):
        counts = ", ".join(f"{word} {count:,}" for word, count in said[name].items())
        print_line(cli.t(f"demo.total.{name}", value=counts or "—"))
    print_line(cli.t("demo.total.cost", value=cost))
