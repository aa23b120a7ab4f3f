"""`qd --version` and `qd --help` against an interpreter that does nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import partial

from benchmarks.measure import Many, Samples, interleave_many
from benchmarks.plan import Plan
from benchmarks.processes import ours, peer, plain_env, run_process, workplace
from benchmarks.report import Budget, Finding, Row

FLOOR = "python -c pass"
_OURS = ("qd --version", "qd --help")
_MORE_ROUNDS = 3
"""Processes of milliseconds: more rounds cost nothing and say more."""
_PEERS = ("turm", "lazyslurm", "sky", "hyp", "posting")
_OPTION = "--help"
"""What every one of them has."""
_BUDGET_SECONDS = 0.1
_HEAVY = ("textual", "pydantic", "httpx", "keyring")
"""What neither command may import."""


def bench(plan: Plan) -> Finding:
    """Whole processes, start to end."""
    commands = {
        FLOOR: [sys.executable, "-c", "pass"],
        "qd --version": [ours("qd"), "--version"],
        "qd --help": [ours("qd"), "--help"],
    }
    left_out = []
    for name in _PEERS:
        path = peer(name)
        if path is None:
            left_out.append(f"{name} {_OPTION} (not installed)")
        else:
            commands[f"{name} {_OPTION}"] = [path, _OPTION]
    lost: dict[str, str] = {}
    with workplace() as folder:
        env = plain_env(folder)
        cases: dict[str, Many] = {
            name: partial(_once, command, env) for name, command in commands.items()
        }
        measured = interleave_many(cases, plan.rounds * _MORE_ROUNDS, lost)
        rows = [_imports(name, env) for name in ("--version", "--help")]
    left_out += [f"{name} ({reason})" for name, reason in lost.items() if name not in _OURS]
    broken = [f"{name}: {reason}" for name, reason in lost.items() if name in _OURS]
    others = [s for name, s in measured["wall"].items() if name not in (FLOOR, *_OURS)]
    rows += [
        Row(
            key=f"start.{command.split('--')[1]}.{measure}",
            scenario=f"{command}, {measure} time",
            unit="ms",
            ours=measured[measure][command],
            against=measured[measure][FLOOR],
            budget=Budget(factor=1.0, plus=_BUDGET_SECONDS * 1000) if measure == "wall" else None,
            others=others if measure == "wall" else (),
        )
        for command in _OURS
        if command not in lost
        for measure in ("wall", "CPU")
    ]
    title = "Start of the command line, whole processes"
    return Finding(title, rows, left_out, broken=broken)


def _once(command: list[str], env: Mapping[str, str]) -> dict[str, float]:
    taken, _ = run_process(command, env)
    return {"wall": taken.wall * 1000, "CPU": taken.cpu * 1000}


def _imports(option: str, env: Mapping[str, str]) -> Row:
    """How many heavy packages a command imports though it must not."""
    program = (
        "import contextlib, sys\n"
        f"sys.argv = ['qd', {option!r}]\n"
        "from console.__main__ import main\n"
        "with contextlib.suppress(SystemExit): main()\n"
        f"print('HEAVY', *[name for name in {_HEAVY!r} if name in sys.modules])"
    )
    _, said = run_process([sys.executable, "-c", program], env)
    heavy = said.decode().splitlines()[-1].split()[1:]
    return Row(
        key=f"start.{option[2:]}.imports",
        scenario=f"qd {option}, of {', '.join(_HEAVY)} it imports {', '.join(heavy) or 'none'}",
        unit="packages",
        ours=Samples(f"qd {option}", (float(len(heavy)),)),
        budget=Budget(at_most=0),
    )
