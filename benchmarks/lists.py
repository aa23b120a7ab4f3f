"""Lists of up to 100,000 rows: our grid beside tables, Slurm consoles and pagers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks.measure import Many, Samples, interleave_many
from benchmarks.plan import Plan
from benchmarks.processes import PEERS, ROOT, peer, plain_env, workplace
from benchmarks.programs import rows
from benchmarks.pty.keys import hold, idle, press
from benchmarks.pty.terminal import Terminal
from benchmarks.report import Budget, Finding, Row

DOWN, PAGE_DOWN = b"\x1b[B", b"\x1b[6~"
ALL, SOME, FEW = 100_000, 10_000, 1_000
OURS, OURS_SOME, OURS_FEW = (f"grid of {count:,}" for count in (ALL, SOME, FEW))
FAST = "fastdatatable of 100,000"
TABLE = "DataTable of 5,000"
"""A page costs it the same at any length, and 100,000 rows take it half a minute to show."""
TURM, TURM_SOME, LAZY = "turm of 100,000", "turm of 10,000", "lazyslurm of 10,000"
VISIDATA, LESS, LNAV = "visidata of 100,000", "less of 100,000", "lnav of 100,000"
_MINE = (OURS, OURS_SOME, OURS_FEW)
_MOST_ROUNDS = 3
_SETTLE = 1.0
_MADE = 1.0
"""Seconds in which the bursts are made up; then they come."""
_SLOWEST = 1.5
"""Seconds after which a key is taken to have changed nothing."""


@dataclass(frozen=True)
class Program:
    """A program with a list, and the keys that are pressed in it."""

    command: Sequence[str]
    env: Mapping[str, str]
    shown: str = "job-"
    """A text that says the rows are there."""
    load: bytes = b""
    """What shows the rows; empty where the start does."""
    sort: bytes = b""
    narrow: bytes = b""
    downs: int = 0
    pages: int = 0
    held: bool = False
    bursts: bool = False
    stalls: bool = False
    """It measures its own stalls and writes them at the end."""
    quit: bytes = b"q"


def bench(plan: Plan) -> Finding:
    """Whole programs in terminals; CPU is that of the process tree."""
    lost: dict[str, str] = {}
    with workplace() as folder:
        programs, left_out = _programs(folder, plan)
        cases: dict[str, Many] = {
            name: partial(_session, program, folder) for name, program in programs.items()
        }
        # A session is long and presses dozens of keys: a few of them are enough.
        measured = interleave_many(cases, min(plan.rounds, _MOST_ROUNDS), lost, warm_up=False)
    notes = [
        f"{TABLE} stands for its 100,000: it takes half a minute to show them and as long a page",
        "turm polls once in ten minutes here, so that its polls are not counted as keys",
    ]
    left_out += [f"{name} ({reason})" for name, reason in lost.items() if name not in _MINE]
    broken = [f"{name}: {reason}" for name, reason in lost.items() if name in _MINE]
    return Finding("Lists in a terminal of 120x40", _rows(measured), left_out, notes, broken)


def _programs(folder: Path, plan: Plan) -> tuple[dict[str, Program], list[str]]:
    env = plain_env(folder)
    lists = Program((), env, load=b"l", sort=b"s", narrow=b"f", stalls=True)

    def listing(name: str, count: int, python: str = sys.executable) -> Sequence[str]:
        program = f"benchmarks.programs.{name}_app"
        return [python, "-m", program, str(plan.count(count)), str(plan.seed)]

    grid = replace(lists, downs=25, pages=20, held=True)
    programs = {
        OURS: replace(grid, command=listing("grid", ALL), bursts=True),
        OURS_SOME: replace(grid, command=listing("grid", SOME)),
        OURS_FEW: replace(grid, command=listing("grid", FEW)),
        TABLE: replace(
            lists,
            command=listing("datatable", 5_000),
            sort=b"", narrow=b"", downs=20, pages=15, held=True, bursts=True,
        ),
    }  # fmt: skip
    left_out = []
    if (PEERS / "turm").exists():
        arrow = listing("fastdatatable", ALL, str(PEERS / "python"))
        programs[FAST] = replace(lists, command=arrow, downs=15, pages=15)
    else:
        left_out.append("textual-fastdatatable (`make bench-peers` installs it)")
    left_out += _slurm(programs, folder, env, plan)
    text = folder / "rows.csv"
    rows.write_csv(text, plan.count(ALL), plan.seed)
    for name, case, keys in (("less", LESS, b"q"), ("vd", VISIDATA, b"gq"), ("lnav", LNAV, b"q")):
        if (path := peer(name)) is None:
            left_out.append(f"{case} (not installed)")
        else:
            sort = b"[" if name == "vd" else b""
            programs[case] = Program(
                [path, str(text)], env, sort=sort, downs=15, pages=15, held=True, quit=keys
            )
    return programs, left_out


def _slurm(
    programs: dict[str, Program], folder: Path, env: Mapping[str, str], plan: Plan
) -> list[str]:
    left_out = []
    for count, turm in ((ALL, TURM), (SOME, TURM_SOME)):
        commands = folder / f"slurm-{count}"
        commands.mkdir()
        rows.write_slurm(commands, plan.count(count), plan.seed)
        slurm = {**env, "PATH": f"{commands}{os.pathsep}{env['PATH']}"}
        if (path := peer("turm")) is None:
            left_out.append(f"{turm} (not installed)")
        else:
            downs = 8 if count == ALL else 20
            programs[turm] = Program([path, "--slurm-refresh", "600"], slurm, downs=downs)
        if count == SOME and (path := peer("lazyslurm")) is not None:
            programs[LAZY] = Program([path], slurm, downs=10)
        elif count == SOME:
            left_out.append(f"{LAZY} (not installed)")
    return left_out


def _session(program: Program, folder: Path) -> dict[str, float]:
    """One life of a program: its rows, its keys, its end."""
    out = folder / "stalls.json"
    out.unlink(missing_ok=True)
    found: dict[str, float] = {}
    env = {**program.env, "BENCH_OUT": str(out)}
    with Terminal(program.command, env=env, cwd=ROOT) as terminal:
        _shown(terminal, program, found)
        _keys(terminal, program, found)
        for name, key in (("sort", program.sort), ("filter", program.narrow)):
            if key:
                found[name] = _work(terminal, key)
        found["memory"] = terminal.memory().peak / 1e6
        if program.bursts:
            _bursts(terminal, found)
        if program.stalls:
            _stalls(terminal, program)
            terminal.quit(program.quit)
            stalls = json.loads(out.read_text())
            found.update({f"stall {work}": 1000 * late for work, late in stalls.items()})
        else:
            terminal.quit(program.quit)
    return found


def _shown(terminal: Terminal, program: Program, found: dict[str, float]) -> None:
    """Until the first rows are on the screen."""
    if program.load:
        # Silence alone is no sign: a hundred thousand records take a while to make up.
        terminal.wait_first_frame()
        terminal.settle(_SETTLE)
        before, since = terminal.cpu_seconds(), len(terminal.chunks)
        terminal.send(program.load)
        terminal.wait_text(program.shown, since=since)
        found["rows"] = (terminal.cpu_seconds() - before) * 1000
    else:
        terminal.wait_text(program.shown)
    terminal.settle(_SETTLE)


def _keys(terminal: Terminal, program: Program, found: dict[str, float]) -> None:
    for name, key, count in (("down", DOWN, program.downs), ("page", PAGE_DOWN, program.pages)):
        if not count:
            continue
        pressed = press(terminal, [key], count, patience=_SLOWEST)
        found[name] = pressed.cpu_per_key * 1000
        found[f"{name} bytes"] = pressed.bytes_per_key
        found[f"{name} p50"] = pressed.latency(50) * 1000
        found[f"{name} p95"] = pressed.latency(95) * 1000
    if program.held:
        found["lag"] = hold(terminal, [PAGE_DOWN], 1.0).lag * 1000


def _work(terminal: Terminal, key: bytes) -> float:
    """CPU milliseconds of one command, the better of there and back."""
    taken = [press(terminal, [key], 1, warm_up=0, quiet=0.5, patience=20).cpu for _ in range(2)]
    return min(taken) * 1000


def _bursts(terminal: Terminal, found: dict[str, float]) -> None:
    """5 % of the rows change each second."""
    quiet = idle(terminal, 2.0).cpu_percent
    terminal.send(b"u")
    terminal.read_for(_MADE)
    before = terminal.cpu_seconds()
    terminal.read_for(4.0)
    found["burst load"] = 100 * (terminal.cpu_seconds() - before) / 4.0 - quiet
    pressed = press(terminal, [b"\x1b[A"], 30, patience=_SLOWEST)
    found["up p95 in bursts"] = pressed.latency(95) * 1000


def _stalls(terminal: Terminal, program: Program) -> None:
    """The program watches how late its loop is while it does every kind of work."""
    terminal.send(b"m")
    if program.bursts:
        terminal.read_for(3.0)
    for key in (program.sort, program.narrow) * 2:
        if key:
            terminal.send(key)
            terminal.read_for(1.0)


_WANTED: Sequence[tuple[str, str, str, str, str, Budget | None]] = (
    ("rows", "rows to first frame, 100,000 in memory", "ms CPU", OURS, FAST, Budget(0.1)),
    ("down", "cursor key, 10,000 rows", "ms CPU", OURS_SOME, TURM_SOME, Budget(0.15)),
    ("down", "cursor key, 100,000 rows", "ms CPU", OURS, TURM, Budget(0.04)),
    ("down", "cursor key, 100,000 beside 1,000 rows", "ms CPU", OURS, OURS_FEW, Budget(1.1)),
    ("down p95", "cursor key, 95th percentile", "ms", OURS, TABLE, Budget(at_most=16)),
    ("down bytes", "cursor key, output", "bytes", OURS, TABLE, Budget(at_most=1000)),
    ("page", "page down, 100,000 rows", "ms CPU", OURS, TABLE, Budget(0.06)),
    ("page", "page down, 100,000 rows", "ms CPU", OURS, VISIDATA, Budget(0.15)),
    ("down p50", "cursor key, 10,000 rows, median", "ms", OURS_SOME, TURM_SOME, None),
    ("down p50", "cursor key, 100,000 rows, median", "ms", OURS, TURM, None),
    ("page p95", "page down, 95th percentile", "ms", OURS, VISIDATA, None),
    ("page bytes", "page down, output", "bytes", OURS, LESS, None),
    ("lag", "page down held at 30 Hz, lag", "ms", OURS, TABLE, None),
    ("sort", "sort of 100,000", "ms CPU", OURS, VISIDATA, Budget(0.8)),
    ("sort", "sort of 100,000", "ms CPU", OURS, FAST, Budget(0.7)),
    ("filter", "filter of 100,000", "ms CPU", OURS, FAST, Budget(0.7)),
    ("memory", "peak memory of 100,000 rows", "MB", OURS, FAST, None),
)  # fmt: skip

_STALLS: Sequence[tuple[str, str, str, str, Budget | None]] = (
    ("stall sort", "sort of 100,000, longest stall", "ms", FAST, Budget(at_most=16)),
    ("stall filter", "filter of 100,000, longest stall", "ms", FAST, Budget(at_most=16)),
    ("stall bursts", "5 % changed each second, longest stall", "ms", TABLE, Budget(at_most=16)),
    ("burst load", "5 % changed each second, load", "% CPU", TABLE, Budget(at_most=3)),
    ("up p95 in bursts", "cursor key meanwhile, 95th percentile", "ms", TABLE, Budget(at_most=16)),
)


def _rows(measured: Mapping[str, Mapping[str, Samples]]) -> list[Row]:
    found = []
    told: set[str] = set()
    for measure, scenario, unit, mine, theirs, budget in _WANTED:
        cases = measured.get(measure, {})
        if mine not in cases:
            continue
        # All other programs are told once for each measure.
        others = [] if measure in told else cases.values()
        told.add(measure)
        also = [samples for samples in others if samples.name not in (mine, theirs)]
        key = f"lists.{measure}.{mine}.{theirs}".replace(" ", "-").replace(",", "")
        beside = cases.get(theirs)
        found.append(Row(key, scenario, unit, cases[mine], beside, budget, also))
    for measure, scenario, unit, theirs, limit in _STALLS:
        cases = measured.get(measure, {})
        if OURS in cases:
            key = f"lists.{measure}".replace(" ", "-")
            found.append(Row(key, scenario, unit, cases[OURS], cases.get(theirs), limit))
    return found
