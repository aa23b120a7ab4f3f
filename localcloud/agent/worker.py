"""One worker run as a process group: start it, watch it end, stop it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import psutil

from localcloud.agent.fence import RUN_ID_VARIABLE, kill_run
from localcloud.agent.progress import last_line

_PR_SET_PDEATHSIG = 1
_CANNOT_START = 126
_HIGHEST_SIGNAL = 31


@dataclass
class RunRecord:
    """What the agent must not forget about a run, even when it is killed itself."""

    id: str
    log_path: str
    checkpoint_dir: str
    state: str = "STARTING"
    pid: int | None = None
    pid_started: float | None = None
    exit_code: int | None = None
    signal: int | None = None
    stopped: bool = False
    shutdown: bool = False
    error: str = ""
    tail: str = ""
    started: float | None = None
    ended: float | None = None

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> RunRecord:
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def live(self) -> bool:
        return self.state in ("STARTING", "RUNNING")


class Worker:
    """A run this agent started itself."""

    def __init__(self, record: RunRecord) -> None:
        self.record = record
        self._process: subprocess.Popen[bytes] | None = None
        self._kill_at: float | None = None

    def start(self, order: dict[str, Any]) -> None:
        """Start the command; a start that fails ends the run with the reason in words."""
        record = self.record
        record.started = time.time()
        try:
            self._process = _spawn(order)
        except (OSError, ValueError) as error:
            self._end(_CANNOT_START, None)
            record.error = _why_not(error, order)
            return
        record.pid = self._process.pid
        record.pid_started = _start_time(self._process.pid)
        record.state = "RUNNING"

    def poll(self) -> bool:
        """Record the end of the run if it has come; returns whether it has just come."""
        if self._process is None or not self.record.live:
            return False
        if not _has_ended(self._process.pid):
            self._escalate()
            return False
        # What the command left running would use slots that are free now. The leader is not
        # reaped yet, so its number still names this group and no other.
        _signal_group(self._process.pid, signal.SIGKILL)
        self._end(*_as_shell(self._process.wait()))
        kill_run(self.record.id, None, None)
        return True

    def stop(self, grace_seconds: float, *, shutdown: bool = False) -> None:
        """Ask the run to end; it is killed when the grace is over. Asking twice changes nothing."""
        if not self.record.live or self._kill_at is not None:
            return
        self.record.stopped = True
        self.record.shutdown = shutdown
        self._kill_at = time.monotonic() + grace_seconds
        _signal_group(self.record.pid, signal.SIGTERM)

    def next_deadline(self) -> float | None:
        """Monotonic moment at which `poll` must be called again."""
        return self._kill_at if self.record.live else None

    def _escalate(self) -> None:
        if self._kill_at is not None and time.monotonic() >= self._kill_at:
            self._kill_at = time.monotonic() + 1.0
            kill_run(self.record.id, self.record.pid, self.record.pid_started)

    def _end(self, exit_code: int, signal_number: int | None) -> None:
        record = self.record
        record.state = "EXITED"
        record.exit_code = exit_code
        record.signal = signal_number
        record.ended = time.time()
        record.tail = last_line(Path(record.log_path))


def _spawn(order: dict[str, Any]) -> subprocess.Popen[bytes]:
    log_path = Path(order["log_path"])
    log_path.parent.mkdir(parents=True, exist_ok=True)
    Path(order["checkpoint_dir"]).mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **order["env"], RUN_ID_VARIABLE: order["id"]}
    with log_path.open("ab") as log:
        return subprocess.Popen(
            ["/bin/sh", "-c", order["command"]],
            cwd=order["working_dir"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )


def _die_with_parent() -> Callable[[], None] | None:
    """A node that is dead has no running workers, so the kernel ends them with the agent."""
    if not sys.platform.startswith("linux"):
        return None
    # Loaded before the fork: importing in the child of a fork is not safe.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(128 + signal.SIGKILL)

    return prepare


def _why_not(error: OSError | ValueError, order: dict[str, Any]) -> str:
    folder = order["working_dir"]
    if isinstance(error, OSError):
        if error.filename == folder and not os.path.isdir(folder):
            return f"the working directory {folder} does not exist"
        return f"could not be started: {error.strerror} ({error.filename or order['command'][:80]})"
    return f"could not be started: {error}"


def _start_time(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _as_shell(code: int) -> tuple[int, int | None]:
    """Exit code as a shell says it, and the signal behind it."""
    if code < 0:
        return 128 - code, -code
    if 128 < code <= 128 + _HIGHEST_SIGNAL:
        return code, code - 128
    return code, None


def _has_ended(pid: int) -> bool:
    """True where the process has ended; it stays unreaped."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _signal_group(pid: int | None, number: int) -> None:
    if pid is None:
        return
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        # Gone already; macOS says "not permitted" of a group of zombies.
        return
