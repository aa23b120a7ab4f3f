"""CPU and memory of whole sessions of processes, and of the machine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

_PROC = Path("/proc")


@dataclass(frozen=True)
class Usage:
    """CPU seconds spent so far and memory held now."""

    cpu_seconds: float = 0.0
    memory_bytes: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.cpu_seconds + other.cpu_seconds, self.memory_bytes + other.memory_bytes)


@dataclass(frozen=True)
class Load:
    """What one run used over the last interval."""

    cores: float | None
    memory_bytes: int


class Meter:
    """Measures runs, each a session led by the worker's process."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float]] = {}
        self.loads: dict[int, Load] = {}
        psutil.cpu_percent(interval=None)

    def update(self, leaders: Iterable[int], now: float) -> None:
        """Measure the sessions of these leaders; `now` is monotonic seconds."""
        wanted = set(leaders)
        usages = _by_session(wanted) if wanted else {}
        self.loads = {pid: self._load(pid, usage, now) for pid, usage in usages.items()}
        self._before = {pid: (now, usage.cpu_seconds) for pid, usage in usages.items()}

    def machine(self) -> float:
        """Fraction 0..1 of the machine's CPU used since the last call."""
        return psutil.cpu_percent(interval=None) / 100.0

    def _load(self, pid: int, usage: Usage, now: float) -> Load:
        before = self._before.get(pid)
        if before is None or now <= before[0]:
            return Load(None, usage.memory_bytes)
        cores = (usage.cpu_seconds - before[1]) / (now - before[0])
        return Load(max(0.0, cores), usage.memory_bytes)


def _by_session(leaders: set[int]) -> dict[int, Usage]:
    if _PROC.joinpath("self", "stat").exists():
        return _from_proc(leaders)
    return {pid: usage for pid in leaders if (usage := _from_tree(pid)) is not None}


def _from_proc(leaders: set[int]) -> dict[int, Usage]:
    """One pass over /proc serves all runs, where a tree walk per run would repeat it."""
    ticks, page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
    found: dict[int, Usage] = {}
    for name in os.listdir(_PROC):
        if not name.isdigit():
            continue
        try:
            text = (_PROC / name / "stat").read_bytes()
        except OSError:
            continue
        # The command name may hold blanks and brackets; the fields follow its last bracket.
        fields = text[text.rfind(b")") + 2 :].split()
        session = int(fields[3])
        if session in leaders:
            spent = sum(int(field) for field in fields[11:15]) / ticks
            usage = Usage(spent, int(fields[21]) * page)
            found[session] = found.get(session, Usage()) + usage
    return found


def _from_tree(pid: int) -> Usage | None:
    try:
        leader = psutil.Process(pid)
        members = [leader, *leader.children(recursive=True)]
    except psutil.Error:
        return None
    total = Usage()
    for process in members:
        try:
            times, memory = process.cpu_times(), process.memory_info()
        except psutil.Error:
            continue
        total += Usage(times.user + times.system, memory.rss)
    return total
