"""Runs of the command line as a person or a script would start it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "console")


@dataclass(frozen=True)
class Ran:
    """How one run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)


def qd(*arguments: str, stdin: str = "", **env: str) -> Ran:
    """One run in a process of its own, without a terminal."""
    done = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, **env},
        timeout=90,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def inside(capsys: Any, *arguments: str) -> Ran:
    """One run in this process: for what needs no cloud."""
    from console.cli.app import run

    code = run(arguments)
    said = capsys.readouterr()
    return Ran(code, said.out, said.err)
