"""The console as a person has it: the installed command in a terminal, in this test's own home."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from screens.widgets.dialogs import GUARD_SECONDS
from tests.e2e.terminal import Terminal

COMMANDS = Path(sys.executable).parent


def console(
    *arguments: str, columns: int = 120, rows: int = 40, bytes_per_second: int = 0, **env: str
) -> Terminal:
    """`quarterdeck` in a terminal of that size."""
    return Terminal(
        [str(COMMANDS / "quarterdeck"), *arguments],
        columns=columns,
        rows=rows,
        env={**os.environ, "COLORTERM": "truecolor", **env},
        bytes_per_second=bytes_per_second,
    )


def qd(
    *arguments: str,
    env: Mapping[str, str] | None = None,
    code: int | None = 0,
    patience: float = 60,
) -> subprocess.CompletedProcess[str]:
    """One command of the command line; fails unless it ends with `code` (`None`: any)."""
    done = subprocess.run(
        [str(COMMANDS / "qd"), *arguments],
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patience,
    )
    if code is not None:
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def qd_json(*arguments: str) -> Any:
    """What one command answers with `--json`."""
    return json.loads(qd(*arguments, "--json").stdout)


def command(terminal: Terminal, line: str) -> None:
    """Type a line into the `:` command line."""
    terminal.send(":")
    terminal.wait_for(lambda lines: any(line.startswith(":") for line in lines), what="the :")
    terminal.type(line)
    terminal.wait_for(f": {line}")
    terminal.send("enter")


def confirm(terminal: Terminal, title: str, patience: float = 10.0) -> list[str]:
    """Wait for the dialog, say yes until it takes it; returns what it said.

    What comes too early a dialog ignores, and when that is over cannot be seen from outside.
    """
    terminal.wait_for("Yes (y)", what=f"the dialog {title!r}")
    said = terminal.wait_for(title)
    deadline = time.monotonic() + patience
    while any("Yes (y)" in line for line in terminal.screen()):
        assert time.monotonic() < deadline, terminal.text()
        terminal.send("y")
        with contextlib.suppress(AssertionError):
            # Long enough for a slow machine: a second `y` after the dialog opens something else.
            terminal.wait_gone("Yes (y)", GUARD_SECONDS + 2.0)
    return said


def quit_console(terminal: Terminal, patience: float = 10.0) -> None:
    """Leave with `q`, up from wherever it is and twice at the top; it must end well."""
    deadline = time.monotonic() + patience
    while not any("q again within" in line for line in terminal.screen()):
        assert time.monotonic() < deadline, terminal.text()
        terminal.send("q")
        with contextlib.suppress(AssertionError):
            terminal.wait_for("q again within", 1.0)
    terminal.send("q")
    assert terminal.wait_exit() == 0
