"""`qd --version` and `qd --help` against an interpreter that does nothing."""

from __future__ import annotations

import os
import shutil
import sys
from functools import partial
from pathlib import Path

from benchmarks.measure import interleave
from benchmarks.processes import run_time
from benchmarks.report import Budget, Finding

FLOOR = "python -c pass"
_PEERS = ("turm", "lazyslurm", "sky", "hyp", "posting")
_BUDGET_SECONDS = 0.1


def bench(rounds: int = 15) -> Finding:
    """Whole processes, start to end."""
    qd = str(Path(sys.executable).with_name("qd"))
    commands = {
        FLOOR: [sys.executable, "-c", "pass"],
        "qd --version": [qd, "--version"],
        "qd --help": [qd, "--help"],
    }
    left_out = []
    for peer in _PEERS:
        path = shutil.which(peer)
        if path is None:
            left_out.append(f"{peer} --version (not installed)")
        else:
            commands[f"{peer} --version"] = [path, "--version"]
    env = dict(os.environ)
    cases = {name: partial(run_time, command, env) for name, command in commands.items()}
    times = interleave(cases, rounds)
    return Finding(
        title="Start of the command line, whole processes",
        floor=FLOOR,
        times=times,
        budgets=[
            Budget("qd --version", FLOOR, plus_seconds=_BUDGET_SECONDS),
            Budget("qd --help", FLOOR, plus_seconds=_BUDGET_SECONDS),
        ],
        left_out=left_out,
    )
