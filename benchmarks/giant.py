"""The whole console on simulated tenants of 1,000 to 100,000 jobs, live."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.measure import Many, Samples, interleave_many
from benchmarks.plan import Plan
from benchmarks.processes import ROOT, peer, plain_env, run_process, workplace
from benchmarks.programs import rows
from benchmarks.pty.answer import answered, close_line
from benchmarks.pty.keys import idle, press
from benchmarks.pty.terminal import Terminal
from benchmarks.report import Budget, Finding, Row
from benchmarks.tenant import Simulated, loaded, simulated, wait_shown

PYTHON, MINIMAL = "python -c pass", "minimal Textual app"
TURM, TURM_SOME = "turm of 100,000", "turm of 10,000"
SIZES = {"1,000": (128, 1_000), "10,000": (1_250, 10_000), "100,000": (10_000, 100_000)}
"""Nodes of 8 accelerators, and jobs in history."""
FEW, SOME, ALL = (f"console, {size} jobs" for size in SIZES)
_MOST_ROUNDS = 3
_SLOWEST = 1.0
_IDLE_SECONDS = 8.0
"""Long enough that what comes every few seconds is in it."""
DOWN, PAGES = b"\x1b[B", [b"\x1b[6~"] * 10 + [b"\x1b[5~"] * 10
"""Pages down, and up again: alternating, only the cursor would move."""
JOBS, PLACES, QUIT = b"2", (b"1", b"2", b"3", b"4", b"5", b"6"), b"qq"


def bench(plan: Plan) -> Finding:
    """Start, keys, views, memory, idle time and end on each size."""
    left_out: list[str] = []
    lost: dict[str, str] = {}
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(workplace())
        plain = plain_env(folder / "peer")
        cases: dict[str, Many] = {
            PYTHON: partial(_python, plain),
            MINIMAL: partial(_minimal, plain),
        }
        for name, count in ((TURM_SOME, 10_000), (TURM, 100_000)):
            if (path := peer("turm")) is None:
                left_out.append(f"{name} (not installed)")
            else:
                env = _slurm(folder / f"slurm-{count}", plan.count(count), plan.seed, plain)
                cases[name] = partial(_turm, path, env)
        for name, (nodes, jobs) in SIZES.items():
            home = folder / name.replace(",", "")
            size = (plan.count(nodes), plan.count(jobs))
            tenant = stack.enter_context(simulated(home, *size, plan.seed))
            # The first time in, the console reads the whole history and keeps it.
            _open_first(tenant)
            cases[f"console, {name} jobs"] = partial(_session, tenant)
        measured = interleave_many(cases, min(plan.rounds, _MOST_ROUNDS), lost, warm_up=False)
    mine = (FEW, SOME, ALL)
    return Finding(
        "The console on simulated tenants, live",
        _rows(measured),
        [*left_out, *(f"{name} ({why})" for name, why in lost.items() if name not in mine)],
        broken=[f"{name}: {why}" for name, why in lost.items() if name in mine],
    )


def _slurm(folder: Path, count: int, seed: int, env: Mapping[str, str]) -> dict[str, str]:
    folder.mkdir()
    rows.write_slurm(folder, count, seed)
    return {**env, "PATH": f"{folder}{os.pathsep}{env['PATH']}"}


def _python(env: Mapping[str, str]) -> dict[str, float]:
    return {"first": run_process([sys.executable, "-c", "pass"], env)[0].wall * 1000}


def _turm(path: str, env: Mapping[str, str]) -> dict[str, float]:
    """Its polls are ten minutes apart, so that none is counted as a key."""
    with Terminal([path, "--slurm-refresh", "600"], env=env) as terminal:
        terminal.wait_text("job-")
        terminal.settle()
        keys = press(terminal, [DOWN], 12, patience=_SLOWEST)
        memory = terminal.memory().peak
        terminal.quit(b"q")
    return {
        "key": keys.cpu_per_key * 1000,
        "key p50": keys.latency(50) * 1000,
        "key p95": keys.latency(95) * 1000,
        "key bytes": keys.bytes_per_key,
        "memory": memory / 1e6,
    }


def _minimal(env: Mapping[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.minimal_app"]
    with Terminal(command, env=env, cwd=ROOT) as terminal:
        start = answered(terminal, b"j", "pressed-1")
        started = terminal.cpu_seconds()
        terminal.settle()
        alone = idle(terminal, _IDLE_SECONDS)
        pushed = []
        for _ in range(5):
            pushed.append(press(terminal, [b"p"], 1, warm_up=0).cpu * 1000)
            press(terminal, [b"o"], 1, warm_up=0)
        memory = terminal.memory().peak
        end = terminal.quit(b"q")
    return {
        "answered": start * 1000,
        "answered CPU": started * 1000,
        "idle": alone.cpu_percent,
        "idle bytes": alone.bytes_per_second,
        # The first push also loads what the next ones have.
        "view": Samples("", tuple(pushed[1:])).median,
        "memory": memory / 1e6,
        "gone": end.gone * 1000,
    }


def _open_first(tenant: Simulated) -> None:
    with Terminal(tenant.command, env=tenant.env) as terminal:
        loaded(terminal, tenant)
        terminal.quit(QUIT)
    # Time stands still in the tenants that are not measured just now.
    tenant.command_line("pause")


def _session(tenant: Simulated) -> dict[str, float]:
    found: dict[str, float] = {}
    tenant.command_line("resume")
    with Terminal(tenant.command, env=tenant.env) as terminal:
        found["first"] = terminal.wait_first_frame() * 1000
        found["answered"] = answered(terminal) * 1000
        found["answered CPU"] = terminal.cpu_seconds() * 1000
        close_line(terminal)
        loaded(terminal, tenant)
        _live(terminal, found)
        tenant.command_line("pause")
        # The console learns of it after some seconds, and says so: a change of its own.
        wait_shown(terminal, "SIM paused")
        _standing_still(terminal, found)
        found["memory"] = terminal.memory().peak / 1e6
        end = terminal.quit(QUIT)
    if end.problems or end.code:
        raise AssertionError(f"the console left the terminal changed: {end}")
    found["gone"] = end.gone * 1000
    return found


def _live(terminal: Terminal, found: dict[str, float]) -> None:
    """What a person feels while the tenant changes: time from key to screen."""
    for name, keys, count in (("key", [DOWN], 40), ("page", PAGES, 20)):
        pressed = press(terminal, keys, count, patience=_SLOWEST)
        found[f"{name} p50"] = pressed.latency(50) * 1000
        found[f"{name} p95"] = pressed.latency(95) * 1000
        found[f"{name} bytes"] = pressed.bytes_per_key
    views = press(terminal, PLACES, 12, warm_up=6, patience=_SLOWEST)
    found["view p50"] = views.latency(50) * 1000
    found["view p95"] = views.latency(95) * 1000
    press(terminal, [JOBS], 1, warm_up=0)
    before = terminal.cpu_seconds()
    terminal.read_for(4.0)
    found["live load"] = 100 * (terminal.cpu_seconds() - before) / 4.0


def _standing_still(terminal: Terminal, found: dict[str, float]) -> None:
    """CPU of keys and of nothing, with nothing else going on."""
    alone = idle(terminal, _IDLE_SECONDS)
    found["idle"], found["idle bytes"] = alone.cpu_percent, alone.bytes_per_second
    for name, keys, count in (("key", [DOWN], 20), ("page", PAGES, 20)):
        found[name] = press(terminal, keys, count, patience=_SLOWEST).cpu_per_key * 1000
    found["view"] = press(terminal, PLACES, 12, patience=_SLOWEST).cpu_per_key * 1000


_WANTED: tuple[tuple[str, str, str, dict[str, tuple[str | None, Budget | None]]], ...] = (
    # measure, what it is, unit, and for our sizes: what it is beside, and the budget
    ("first", "first paint", "ms", dict.fromkeys((FEW, ALL), (PYTHON, Budget(2.0)))),
    ("answered", "a key answered", "ms", {ALL: (MINIMAL, None)}),
    ("answered CPU", "a key answered", "ms CPU", {ALL: (MINIMAL, Budget(1.15))}),
    ("key", "cursor key", "ms CPU", {
        SOME: (TURM_SOME, Budget(0.15)), ALL: (TURM, Budget(0.04)),
    }),
    ("key p50", "cursor key, live, median", "ms", {
        FEW: (TURM_SOME, None), SOME: (TURM_SOME, None), ALL: (TURM, None),
    }),
    ("key p95", "cursor key, live, 95th percentile", "ms", {
        FEW: (TURM_SOME, Budget(at_most=16)),
        SOME: (TURM_SOME, Budget(at_most=16)),
        ALL: (TURM, Budget(at_most=16)),
    }),
    ("key bytes", "cursor key, live, output", "bytes", {
        ALL: (TURM, Budget(at_most=1000)),
    }),
    ("page", "page down or up", "ms CPU", {ALL: (FEW, None)}),
    ("page p95", "page down or up, live, 95th percentile", "ms", {ALL: (FEW, None)}),
    ("page bytes", "page down or up, live, output", "bytes", {ALL: (FEW, None)}),
    ("view", "a place opened again", "ms CPU",
        dict.fromkeys((FEW, SOME, ALL), (MINIMAL, Budget(0.15)))),
    ("view p50", "a place opened again, live, median", "ms", {ALL: (FEW, None)}),
    ("view p95", "a place opened again, live, 95th percentile", "ms", {ALL: (FEW, None)}),
    ("live load", "left alone, live", "% CPU", {ALL: (FEW, None)}),
    ("idle", "idle, nothing changing", "% CPU",
        dict.fromkeys((FEW, SOME, ALL), (MINIMAL, Budget(1.5)))),
    ("idle bytes", "idle, nothing changing, output", "bytes/s",
        dict.fromkeys((FEW, ALL), (MINIMAL, Budget(at_most=0)))),
    ("memory", "peak memory", "MB", {
        FEW: (MINIMAL, None), SOME: (TURM_SOME, None), ALL: (TURM, Budget(at_most=300)),
    }),
    ("gone", "quit, process gone", "ms", {ALL: (MINIMAL, Budget(0.2))}),
)  # fmt: skip


def _rows(measured: Mapping[str, Mapping[str, Samples]]) -> list[Row]:
    found = []
    for measure, scenario, unit, wanted in _WANTED:
        cases = measured.get(measure, {})
        for mine, (beside, budget) in wanted.items():
            if mine not in cases:
                continue
            size = mine.removeprefix("console, ")
            key = f"giant.{measure}.{size.split()[0]}".replace(" ", "-").replace(",", "")
            against = None if beside is None else cases.get(beside)
            found.append(Row(key, f"{scenario}, {size}", unit, cases[mine], against, budget))
    for measure, unit in (("key", "ms CPU"), ("key p50", "ms")):
        cases = measured.get(measure, {})
        if ALL in cases and FEW in cases:
            key = f"giant.{measure}.100000.beside.1000".replace(" ", "-")
            text = f"{measure.replace('key', 'cursor key')}, 100,000 beside 1,000 jobs"
            found.append(Row(key, text, unit, cases[ALL], cases[FEW], Budget(1.1)))
    return found
