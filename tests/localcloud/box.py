"""A home folder of its own, and the commands of the embedded cloud run in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.server.local_call import NotRunning, call


class Box:
    """A home folder of its own and the commands run in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.daemons: list[subprocess.Popen[str]] = []

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "localcloud", *arguments],
            env=self.env(extra),
            capture_output=True,
            text=True,
            timeout=60,
        )

    def env(self, extra: dict[str, str]) -> dict[str, str]:
        return {**os.environ, "QUARTERDECK_LOCAL_HOME": str(self.home), **extra}

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == code, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def serve(self, *arguments: str, **extra: str) -> subprocess.Popen[str]:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "localcloud", "serve", *arguments],
            env=self.env(extra),
            stderr=subprocess.PIPE,
            text=True,
        )
        self.daemons.append(daemon)
        until(self.answers)
        return daemon

    @property
    def socket(self) -> Path:
        return Path((self.home / "run" / "endpoint").read_text().strip())

    def answers(self) -> bool:
        try:
            return call(self.socket, "GET", "/healthz")["status"] == "ok"
        except (NotRunning, FileNotFoundError):
            return False

    def close(self) -> None:
        for daemon in self.daemons:
            if daemon.poll() is None:
                daemon.terminate()
            daemon.communicate(timeout=20)
        if self.home.exists():
            self.run("down", "--yes")


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.05)
