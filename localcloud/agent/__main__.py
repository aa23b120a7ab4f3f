"""`python -m localcloud.agent`: the process that stands for one node."""

from __future__ import annotations

import argparse
import fcntl
import os
import select
import signal
import sys
import time
import uuid
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

from localcloud.agent.boot import boot_id
from localcloud.agent.client import DaemonClient, Unreachable
from localcloud.agent.nvml import Devices
from localcloud.agent.runner import Runner

_RETRY_SECONDS = 1.0
_SHORTEST_PAUSE_SECONDS = 0.02
_DEFAULT_GRACE_SECONDS = 10.0
_LOCK_TRIES = 20
_LOCK_PAUSE_SECONDS = 0.05


class Agent:
    """Calls the daemon, does what it wants, and outlives it."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._home = Path(arguments.home)
        self._folder = self._home / "nodes" / arguments.node
        self._runner = Runner(self._folder)
        self._client = DaemonClient(Path(arguments.socket), self._home / "run" / "endpoint")
        self._devices = Devices() if arguments.devices else None
        self._grace = _DEFAULT_GRACE_SECONDS
        self._leaving = False
        self._wake, self._woken = os.pipe()
        self._facts = _facts(arguments.node)

    def run(self) -> None:
        """Go on until told to leave, by a signal or by the daemon."""
        self._listen()
        while not self._leaving and self._home.is_dir():
            self._runner.poll()
            self._pause(self._beat())
        self._shut_down()

    def _beat(self) -> float:
        """One heartbeat; returns seconds until the next."""
        try:
            reply = self._client.heartbeat(self._report())
        except Unreachable:
            return _RETRY_SECONDS
        self._grace = float(reply["grace_seconds"])
        if reply.get("leave"):
            self._leaving = True
        if self._runner.apply(reply):
            return _SHORTEST_PAUSE_SECONDS
        return float(reply["next_seconds"])

    def _report(self) -> dict[str, Any]:
        return {
            **self._facts,
            "cpu": self._runner.machine_cpu(),
            "runs": self._runner.reports(),
            "devices": self._devices.read() if self._devices is not None else [],
        }

    def _pause(self, seconds: float) -> None:
        deadline = self._runner.next_deadline()
        if deadline is not None:
            seconds = min(seconds, max(deadline - time.monotonic(), _SHORTEST_PAUSE_SECONDS))
        ready, _, _ = select.select([self._wake], [], [], seconds)
        if ready:
            os.read(self._wake, 4096)

    def _shut_down(self) -> None:
        self._runner.stop_all(self._grace)
        while self._runner.busy:
            self._runner.poll()
            self._pause(0.1)

    def _listen(self) -> None:
        os.set_blocking(self._woken, False)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._leave)

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self._leaving = True
        self._client.abort()


def _facts(node: str) -> dict[str, Any]:
    try:
        own_version = version("quarterdeck")
    except PackageNotFoundError:
        own_version = ""
    return {
        "node": node,
        "agent_id": uuid.uuid4().hex,
        "pid": os.getpid(),
        "version": own_version,
        "boot_id": boot_id(),
        "cpu_count": psutil.cpu_count() or None,
        "memory_bytes": psutil.virtual_memory().total,
    }


def _only_one(folder: Path) -> int | None:
    """Take the node's lock for the life of this process; `None` where another agent has it."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    for _ in range(_LOCK_TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            # The daemon takes the lock for a moment to see whether anybody holds it.
            time.sleep(_LOCK_PAUSE_SECONDS)
    else:
        os.close(lock)
        return None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def main() -> int:
    parser = argparse.ArgumentParser(prog="localcloud.agent")
    parser.add_argument("--socket", required=True)
    parser.add_argument("--node", required=True)
    parser.add_argument("--home", required=True)
    parser.add_argument("--devices", action="store_true", help="report the machine's devices")
    arguments = parser.parse_args()
    if _only_one(Path(arguments.home) / "nodes" / arguments.node) is None:
        print(f"{arguments.node} already has an agent", file=sys.stderr)
        return 3
    Agent(arguments).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
