"""`qd --version` and `qd --help` against an interpreter that does nothing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from benchmarks.measure import Many, interleave_many
from benchmarks.processes import ours, peer, plain_env, run_process
from benchmarks.report import Budget, Finding, Row

FLOOR = "python -c pass"
_PEERS = ("turm", "lazyslurm", "sky", "hyp", "posting")
_OPTION = "--help"
"""What every one of them has."""
_BUDGET_SECONDS = 0.1
_HEAVY = ("textual", "pydantic", "httpx", "keyring")
"""What neither command may import."""


def bench(rounds: int = 15) -> Finding:
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
    with tempfile.TemporaryDirectory(prefix="qd-bench-") as folder:
        env = plain_env(Path(folder))
        cases: dict[str, Many] = {
            name: partial(_once, command, env) for name, command in commands.items()
        }
        measured = interleave_many(cases, rounds)
        notes = [note for name in ("--version", "--help") for note in _imports(name, env)]
    others = [s for name, s in measured["wall"].items() if name not in (*list(commands)[:3],)]
    rows = [
        Row(
            key=f"start.{command.split('--')[1]}.{measure}",
            scenario=f"{command}, {measure} time",
            unit="ms",
            ours=measured[measure][command],
            against=measured[measure][FLOOR],
            budget=Budget(factor=1.0, plus=_BUDGET_SECONDS * 1000) if measure == "wall" else None,
            others=others if measure == "wall" else (),
        )
        for command in ("qd --version", "qd --help")
        for measure in ("wall", "CPU")
    ]
    return Finding("Start of the command line, whole processes", rows, left_out, notes)


def _once(command: list[str], env: Mapping[str, str]) -> dict[str, float]:
    taken, _ = run_process(command, env)
    return {"wall": taken.wall * 1000, "CPU": taken.cpu * 1000}


def _imports(option: str, env: Mapping[str, str]) -> list[str]:
    """The heavy packages a command imports though it must not, as notes."""
    program = (
        "import contextlib, sys\n"
        f"sys.argv = ['qd', {option!r}]\n"
        "from console.__main__ import main\n"
        "with contextlib.suppress(SystemExit): main()\n"
        f"print('HEAVY', *[name for name in {_HEAVY!r} if name in sys.modules])"
    )
    _, said = run_process([sys.executable, "-c", program], env)
    heavy = said.decode().splitlines()[-1].split()[1:]
    return [f"qd {option} imports {', '.join(heavy)}, which it must not"] if heavy else []
