"""What a process and all its descendants cost: CPU seconds and memory."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Memory:
    """Bytes of a process tree: now, and the sum of what each process had at its most."""

    resident: int
    peak: int


def cpu_seconds(pid: int) -> float:
    """User and system seconds of a process, its descendants and the children it has buried."""
    total = 0.0
    for process in _tree(pid):
        total += _cpu(process)
    return total


def memory(pid: int) -> Memory:
    """Memory of a process and its descendants; pages they share count once in each."""
    resident = peak = 0
    for process in _tree(pid):
        try:
            now = process.memory_info().rss
        except psutil.Error:
            continue
        resident += now
        peak += max(now, _high_water(process.pid))
    return Memory(resident, peak)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        own = _precise(process.pid)
        if own is None:
            own = times.user + times.system
        return own + times.children_user + times.children_system
    except psutil.Error:
        return 0.0


def _precise(pid: int) -> float | None:
    """The process' CPU clock in nanosecond steps: psutil counts in ticks of 10 ms.

    The number is what the C library's `clock_getcpuclockid` gives on Linux.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, AttributeError):
        return None


def _high_water(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return 0
    return 0
