"""Tenants to measure the console on: real ones behind the Tenant API, small and large."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import ours, plain_env, run_process
from benchmarks.pty.terminal import ProgramEnded, Terminal
from tests.cloud import EmbeddedCloud

JOB = "qdframe"
"""A job every console shows; short, so that no column cuts it."""


@dataclass(frozen=True)
class Tenant:
    """A command that opens the console on a tenant, and where it does so."""

    name: str
    command: list[str]
    env: dict[str, str]
    shown: str
    """A text that says the tenant's data are on the screen."""
    state: Path
    """The console's own state: what it keeps for the next start."""


@contextlib.contextmanager
def embedded(folder: Path) -> Iterator[Tenant]:
    """The embedded cloud with one running job: few rows, everything real."""
    cloud = EmbeddedCloud()
    try:
        cloud.up(nodes=4, accelerators=8)
        env = plain_env(folder, QUARTERDECK_LOCAL_HOME=str(cloud.home))
        command = [ours("qd"), "jobs", "submit", "--name", JOB, "--workers", "1"]
        run_process([*command, "--accelerators", "1", "--command", "sleep 3600", "--json"], env)
        state = Path(env["XDG_STATE_HOME"]) / "quarterdeck"
        yield Tenant("embedded cloud", [ours("quarterdeck")], env, JOB, state)
    finally:
        cloud.close()


@dataclass(frozen=True)
class Simulated:
    """A simulated tenant that runs, and the console on it."""

    env: dict[str, str]
    jobs: int

    @property
    def command(self) -> list[str]:
        """Without a word to read: the shortest way in."""
        return [ours("quarterdeck")]

    def command_line(self, *words: str) -> dict[str, Any]:
        """What `qd demo` answers to further words."""
        _, said = run_process([ours("qd"), "demo", *words, "--json"], self.env)
        answer: dict[str, Any] = json.loads(said)
        return answer


@contextlib.contextmanager
def simulated(home: Path, nodes: int, jobs: int, seed: int) -> Iterator[Simulated]:
    """So many nodes of 8 accelerators, and so many jobs in history."""
    tenant = Simulated(plain_env(home, QUARTERDECK_PROFILE="demo"), jobs)
    size = ("--nodes", str(nodes), "--jobs", str(jobs), "--seed", str(seed))
    try:
        tenant.command_line("up", *size)
        yield tenant
    finally:
        tenant.command_line("down")


_COUNT = re.compile(r"Jobs +([\d,]+)")
_ENOUGH = 0.95
"""Of a history's jobs: the simulator makes about as many as it is asked for, and when more have
come the console lets the oldest go."""
_CALM_PERCENT, _CALM_SECONDS = 15.0, 1.5
_PATIENCE = 120.0


def loaded(terminal: Terminal, tenant: Simulated) -> None:
    """Show the jobs, and wait until all are there and the console has calmed down.

    Raises:
        ProgramEnded: not all came.
    """
    # A key of the first moment may be lost; this one is the same twice.
    terminal.settle(patience=3.0)
    terminal.send(b"2")
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end and terminal.alive:
        before = terminal.cpu_seconds()
        terminal.read_for(_CALM_SECONDS)
        load = 100 * (terminal.cpu_seconds() - before) / _CALM_SECONDS
        shown = _COUNT.search(terminal.screen()[0])
        if shown is None:
            terminal.send(b"2")
        elif load < _CALM_PERCENT:
            if int(shown[1].replace(",", "")) >= tenant.jobs * _ENOUGH:
                return
    raise ProgramEnded(f"the jobs were not all shown:\n{terminal.text()}")


def wait_shown(terminal: Terminal, text: str) -> None:
    """Read until a text stands on the screen.

    Raises:
        ProgramEnded: it did not come.
    """
    end = time.perf_counter() + _PATIENCE
    while time.perf_counter() < end and terminal.alive:
        terminal.read_for(0.5)
        if text in terminal.text():
            return
    raise ProgramEnded(f"{text!r} was not shown:\n{terminal.text()}")
