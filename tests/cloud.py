"""A real embedded cloud for a test, driven by the command line it offers."""

from __future__ import annotations

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
        self._seen: dict[int, float] = {}

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
        answer = self.command(
            "up", "--nodes", str(nodes), "--accelerators", str(accelerators), "--json"
        )
        self.remember(answer)
        return answer

    def status(self) -> dict[str, Any]:
        answer = self.command("status", "--json")
        self.remember(answer)
        return answer

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

    def remember(self, value: object) -> None:
        """Note every process id in an answer of the cloud, so that `close` can see to it."""
        if isinstance(value, dict):
            for key, item in value.items():
                if (key == "pid" or key.endswith("_pid")) and isinstance(item, int):
                    self._note(item)
                else:
                    self.remember(item)
        elif isinstance(value, list):
            for item in value:
                self.remember(item)

    def close(self) -> None:
        """Take everything down; what does not go by itself is killed by its process id."""
        try:
            if self.home.exists():
                self.command("down", "--yes", "--json")
        finally:
            self._end_leftovers()
            shutil.rmtree(self.root, ignore_errors=True)

    def _note(self, pid: int) -> None:
        try:
            process = psutil.Process(pid)
            self._seen[pid] = process.create_time()
            for child in process.children(recursive=True):
                self._seen[child.pid] = child.create_time()
        except psutil.NoSuchProcess:
            return

    def _end_leftovers(self) -> None:
        deadline = time.monotonic() + 5.0
        for pid, created in self._seen.items():
            try:
                process = psutil.Process(pid)
                # A process id is used again; the time of birth tells ours from a stranger.
                if process.create_time() != created:
                    continue
                process.kill()
                process.wait(max(0.1, deadline - time.monotonic()))
            except psutil.NoSuchProcess:
                continue
