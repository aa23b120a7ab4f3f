"""The whole console on simulated tenants of 1,000 to 100,000 jobs, live."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks import minimal_app
from benchmarks.measure import Many, Samples, interleave_many
from benchmarks.processes import ROOT, ours, plain_env, run_process
from benchmarks.pty.keys import idle, press
from benchmarks.pty.terminal import Terminal
from benchmarks.report import Budget, Finding, Row

MINIMAL = "minimal Textual app"
SIZES = {"1,000": (128, 1_000), "10,000": (1_250, 10_000), "100,000": (10_000, 100_000)}
"""Nodes of 8 accelerators, and jobs in history."""
LARGE = "console, 100,000 jobs"
_MOST_ROUNDS = 3
_SETTLE_SECONDS = 8.0
_SLOWEST = 1.0
DOWN, PAGE_DOWN, PAGE_UP = b"\x1b[B", b"\x1b[6~", b"\x1b[5~"
JOBS, PLACES = b"2", (b"1", b"2", b"3", b"4", b"5", b"6")


def bench(rounds: int = _MOST_ROUNDS) -> Finding:
    """Keys, views, memory and idle time on each size; CPU is that of the console alone."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="qd-bench-")))
        plain = plain_env(folder / "peer")
        cases: dict[str, Many] = {MINIMAL: partial(_minimal, plain)}
        for name, (nodes, jobs) in SIZES.items():
            env = stack.enter_context(_simulated(folder / name.replace(",", ""), nodes, jobs))
            cases[f"console, {name} jobs"] = partial(_session, env)
        measured = interleave_many(cases, min(rounds, _MOST_ROUNDS))
    return Finding("The console on simulated tenants, live", _rows(measured))


@contextlib.contextmanager
def _simulated(home: Path, nodes: int, jobs: int) -> Iterator[dict[str, str]]:
    env = plain_env(home)
    demo = [ours("qd"), "demo"]
    size = ["--nodes", str(nodes), "--jobs", str(jobs), "--seed", "7"]
    try:
        run_process([*demo, "up", *size, "--json"], env)
        yield env
    finally:
        run_process([*demo, "down", "--json"], env)


def _minimal(env: Mapping[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.minimal_app"]
    with Terminal(command, env=env, cwd=ROOT) as terminal:
        terminal.wait_text(minimal_app.MARKER)
        terminal.settle()
        alone = idle(terminal, 4.0)
        keys = press(terminal, [b"j"], 20)
        pushed = []
        for _ in range(5):
            pushed.append(press(terminal, [b"p"], 1, warm_up=0).cpu * 1000)
            press(terminal, [b"o"], 1, warm_up=0)
        memory = terminal.memory().peak
    return {
        "idle": alone.cpu_percent,
        "idle bytes": alone.bytes_per_second,
        "key": keys.cpu_per_key * 1000,
        # The first push also loads what the next ones have.
        "view": Samples("", tuple(pushed[1:])).median,
        "memory": memory / 1e6,
    }


def _session(env: Mapping[str, str]) -> dict[str, float]:
    found: dict[str, float] = {}
    with Terminal([ours("quarterdeck"), "--profile", "demo"], env=env) as terminal:
        terminal.wait_first_frame()
        terminal.read_for(_SETTLE_SECONDS)
        terminal.send(JOBS)
        terminal.read_for(2.0)
        for name, keys in (("key", [DOWN]), ("page", [PAGE_DOWN, PAGE_UP])):
            pressed = press(terminal, keys, 25, patience=_SLOWEST)
            found[name] = pressed.cpu_per_key * 1000
            found[f"{name} p50"] = pressed.latency(50) * 1000
            found[f"{name} p95"] = pressed.latency(95) * 1000
            found[f"{name} bytes"] = pressed.bytes_per_key
        views = press(terminal, PLACES, 12, warm_up=6, patience=_SLOWEST)
        found["view"] = views.cpu_per_key * 1000
        found["view p95"] = views.latency(95) * 1000
        found["live load"] = _left_alone(terminal)
        run_process([ours("qd"), "demo", "pause", "--json"], env)
        try:
            terminal.read_for(2.0)
            alone = idle(terminal, 4.0)
        finally:
            run_process([ours("qd"), "demo", "resume", "--json"], env)
        found["idle"], found["idle bytes"] = alone.cpu_percent, alone.bytes_per_second
        found["memory"] = terminal.memory().peak / 1e6
    return found


def _left_alone(terminal: Terminal) -> float:
    """CPU percent while the tenant changes and nobody types."""
    before = terminal.cpu_seconds()
    terminal.read_for(4.0)
    return 100 * (terminal.cpu_seconds() - before) / 4.0


_WANTED = (
    ("key", "cursor key, live", "ms CPU", None),
    ("key p50", "cursor key, live, median", "ms", None),
    ("key p95", "cursor key, live, 95th percentile", "ms", Budget(at_most=16)),
    ("key bytes", "cursor key, live, output", "bytes", Budget(at_most=1000)),
    ("page", "page down, live", "ms CPU", None),
    ("page p95", "page down, live, 95th percentile", "ms", None),
    ("view", "a place opened again", "ms CPU", Budget(factor=0.15)),
    ("view p95", "a place opened again, 95th percentile", "ms", None),
    ("live load", "left alone, live", "% CPU", None),
    ("idle", "idle, nothing changing", "% CPU", Budget(factor=1.5)),
    ("idle bytes", "idle, nothing changing, output", "bytes/s", Budget(at_most=0)),
    ("memory", "peak memory", "MB", Budget(at_most=300)),
)


def _rows(measured: Mapping[str, Mapping[str, Samples]]) -> list[Row]:
    found = []
    for measure, scenario, unit, budget in _WANTED:
        for name in SIZES:
            cases = measured[measure]
            mine = cases[f"console, {name} jobs"]
            key = f"giant.{measure}.{name}".replace(" ", "-").replace(",", "")
            text = f"{scenario}, {name} jobs"
            found.append(Row(key, text, unit, mine, cases.get(MINIMAL), budget))
    keys = measured["key"]
    found.append(
        Row(
            "giant.key.100000.beside.1000",
            "cursor key, 100,000 beside 1,000 jobs",
            "ms CPU",
            keys[LARGE],
            keys["console, 1,000 jobs"],
            Budget(factor=1.1),
        )
    )
    return found
