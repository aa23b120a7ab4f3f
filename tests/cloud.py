"""A real embedded cloud for a test, driven by the command line it offers."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

_PATIENCE = 60.0


class EmbeddedCloud:
    """One daemon with its node agents in a folder of its own.

    The folder's path is short because a Unix socket's path is limited to about 100 bytes.
    """

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="qd-"))
        self.home = self.root / "h"

    @property
    def env(self) -> dict[str, str]:
        """The environment in which every command means this cloud."""
        return {**os.environ, "QUARTERDECK_LOCAL_HOME": str(self.home)}

    @property
    def socket(self) -> Path:
        """The Unix socket the Tenant API answers on."""
        return Path((self.home / "run" / "endpoint").read_text().strip())

    def up(self, *, nodes: int, accelerators: int) -> dict[str, Any]:
        """Start the daemon and its agents; returns what the command printed."""
        return self.command(
            "up", "--nodes", str(nodes), "--accelerators", str(accelerators), "--json"
        )

    def status(self) -> dict[str, Any]:
        return self.command("status", "--json")

    def command(self, *arguments: str) -> dict[str, Any]:
        """Run `python -m localcloud` and read its JSON; fails with its own words."""
        done = subprocess.run(
            [sys.executable, "-m", "localcloud", *arguments],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            cwd=Path(__file__).resolve().parents[1],
        )
        assert done.returncode == 0, (
            f"localcloud {arguments[0]} exited {done.returncode}: {done.stderr or done.stdout}"
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def close(self) -> None:
        """Take everything down and leave no process and no file.

        Raises:
            AssertionError: the cloud left processes behind; they have been killed.
        """
        try:
            if self.home.exists():
                self.command("down", "--yes", "--json")
        finally:
            left = self._end_leftovers()
            shutil.rmtree(self.root, ignore_errors=True)
        assert not left, f"left running after `down`: {', '.join(left)}"

    def processes(self) -> list[psutil.Process]:
        """Every live process of this cloud: its folder's unique name is in what it was given."""
        mark = str(self.root)
        return [p for p in psutil.process_iter() if p.pid != os.getpid() and _mentions(p, mark)]

    def _end_leftovers(self) -> list[str]:
        """Kill what does not go by itself; returns what that was."""
        deadline = time.monotonic() + 5.0
        while (left := self.processes()) and time.monotonic() < deadline:
            psutil.wait_procs(left, timeout=0.2)
        said = [_described(process) for process in left]
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=5.0)
        return said


def _mentions(process: psutil.Process, mark: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        given = [process.cwd(), *process.cmdline(), *process.environ().values()]
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    return any(mark in text for text in given)


def _described(process: psutil.Process) -> str:
    try:
        return f"{process.pid} {' '.join(process.cmdline())}"
    except psutil.NoSuchProcess:
        return str(process.pid)
