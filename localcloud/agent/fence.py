"""Makes sure that nothing of a worker run is left alive, and that nothing else is hit.

A worker leads a process group of its own and carries `QUARTERDECK_RUN_ID` in its environment.
The group catches the usual children; the environment catches those that made a group of their
own. Start times tell a worker from a stranger that got its number later.
"""

from __future__ import annotations

import os
import signal

import psutil

RUN_ID_VARIABLE = "QUARTERDECK_RUN_ID"
_START_TOLERANCE_SECONDS = 0.5


def kill_run(run_id: str, pid: int | None, pid_started: float | None) -> int:
    """Send SIGKILL to every process of a run; returns how many were hit."""
    return sum(_kill(process) for process in _members(run_id, pid, pid_started))


def leader_alive(pid: int | None, pid_started: float | None) -> bool:
    """True where the very process that led the run still runs."""
    if pid is None or pid_started is None:
        return False
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - pid_started) <= _START_TOLERANCE_SECONDS
        return same and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _members(run_id: str, pid: int | None, pid_started: float | None) -> list[psutil.Process]:
    group = pid if leader_alive(pid, pid_started) else None
    return [
        process
        for process in psutil.process_iter()
        if process.pid != os.getpid() and (_in_group(process, group) or _marked(process, run_id))
    ]


def _in_group(process: psutil.Process, group: int | None) -> bool:
    if group is None:
        return False
    try:
        return os.getpgid(process.pid) == group
    except OSError:
        return False


def _marked(process: psutil.Process, run_id: str) -> bool:
    try:
        return process.environ().get(RUN_ID_VARIABLE) == run_id
    except (psutil.Error, OSError):
        # Other people's processes do not show their environment, and none of them is ours.
        return False


def _kill(process: psutil.Process) -> bool:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.Error:
        return False
    return True
