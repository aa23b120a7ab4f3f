"""`qd local`: the embedded cloud of this machine, run as a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import click

from console.cli.commands import command, option
from console.cli.context import Cli
from console.cli.output import print_line
from console.text import visible


def _call(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command of the embedded cloud; its talk goes straight to standard error."""
    return subprocess.run(
        [sys.executable, "-m", "localcloud", *arguments, "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    )


def _answered(cli: Cli, *arguments: str) -> tuple[int, dict[str, Any]]:
    """Its exit code and answer; with `--json` the answer is passed on as it is."""
    done = _call(*arguments)
    if cli.json:
        sys.stdout.write(done.stdout)
        return done.returncode, {}
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = {}
    return done.returncode, said if isinstance(said, dict) else {}


def _show(cli: Cli, said: dict[str, Any]) -> None:
    """Where it runs, its nodes, its jobs."""
    if not said.get("running"):
        print_line(cli.t("cli.local.down"))
        return
    print_line(cli.t("cli.local.runs", pid=said.get("pid"), socket=str(said.get("socket"))))
    for node in said.get("nodes", ()):
        health = _word(cli, "health", node.get("health"))
        scheduling = _word(cli, "scheduling", node.get("scheduling"))
        slots = f"{node.get('allocated')}/{node.get('accelerators')}"
        values = {"health": health, "scheduling": scheduling, "slots": slots}
        print_line("  " + cli.t("cli.local.node", name=str(node.get("name")), **values))
    jobs = [f"{count} {_word(cli, 'job', state)}" for state, count in said.get("jobs", {}).items()]
    print_line(cli.t("cli.local.jobs", jobs=", ".join(jobs) or "0"))


def _word(cli: Cli, area: str, state: object) -> str:
    key = f"states.{area}.{state}"
    return cli.t(key) if cli.translator.has(key) else visible(str(state))


def _given(**options: object) -> Sequence[str]:
    """Options as the program takes them; what was not given is left out."""
    words: list[str] = []
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(flag)
        elif value not in (None, False):
            words += [flag, str(value)]
    return words


@command("up")
@option("--nodes", type=click.IntRange(1, 256), metavar="N", help="cli.option.local_nodes")
@option("--accelerators", type=click.IntRange(1, 64), metavar="N", help="cli.option.per_node")
def up(cli: Cli, nodes: int | None, accelerators: int | None) -> int:
    code, said = _answered(cli, "up", *_given(nodes=nodes, accelerators=accelerators))
    if code == 0 and not cli.json:
        _show(cli, said)
    return code


@command("down")
@option("--yes", "-y", is_flag=True, help="cli.option.stop_jobs")
@option("--stop-jobs", "stop_jobs", is_flag=True)
@option("--keep-jobs", "keep_jobs", is_flag=True)
def down(cli: Cli, yes: bool, stop_jobs: bool, keep_jobs: bool) -> int:
    wanted = _given(stop_jobs=stop_jobs or yes, keep_jobs=keep_jobs)
    code, said = _answered(cli, "down", *wanted)
    if code == 0 and not cli.json:
        cli.tell("cli.local.went", n=said.get("stopped_jobs", 0))
    return code


@command("status")
def status(cli: Cli) -> int:
    code, said = _answered(cli, "status")
    if not cli.json:
        if code == 0:
            _show(cli, said)
        else:
            cli.tell("cli.local.start_hint")
    return code


@command("logs")
@option("--follow", "-f", is_flag=True)
@option("--lines", "-n", type=click.IntRange(1, 100_000), metavar="N")
def logs(cli: Cli, follow: bool, lines: int | None) -> int:
    wanted = [*_given(follow=follow, lines=lines), *(["--json"] if cli.json else [])]
    return subprocess.run([sys.executable, "-m", "localcloud", "logs", *wanted]).returncode
