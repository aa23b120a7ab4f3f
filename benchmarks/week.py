"""A week passes on the largest simulated tenant: what the console then holds."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from benchmarks.giant import DOWN, QUIT, SIZES
from benchmarks.measure import Samples
from benchmarks.plan import Plan
from benchmarks.processes import workplace
from benchmarks.pty.keys import press
from benchmarks.pty.terminal import ProgramEnded, Terminal
from benchmarks.report import Budget, Finding, Row
from benchmarks.tenant import Simulated, loaded, simulated

WEEK = timedelta(days=7)
SPEED, USUAL_SPEED = 10_000, 60
"""Seconds that pass there in one second here: a week in a minute, where the simulator keeps up."""
_SAMPLE_SECONDS = 2.0
_MOST_SAMPLES = 150
_FLAT = 1.1
"""So many times what was held on the first day is still flat."""


def bench(plan: Plan) -> Finding:
    """One run: a week shows what minutes cannot, and it is long."""
    nodes, jobs = SIZES["100,000"]
    with workplace() as folder:
        size = plan.count(nodes), plan.count(jobs)
        with simulated(folder, *size, plan.seed) as tenant:
            held, pressed, peak = _week(tenant)
    first, last = held[: len(held) // 7 or 1], held[-len(held) // 7 :]
    early = Samples("the first of 7 days", (median(first),))
    late = Samples("console, the last day", (median(last),))
    return Finding(
        "A simulated week, 100,000 jobs",
        [
            Row("week.memory", "memory after a week", "MB", late, early, Budget(factor=_FLAT)),
            Row(
                "week.peak", "peak memory in a week", "MB", Samples("console", (peak,)), early,
                Budget(at_most=300),
            ),
            Row(
                "week.key", f"cursor key, {SPEED:,} s a second, 95th percentile", "ms",
                Samples("console", (pressed,)),
            ),
        ],
    )  # fmt: skip


def _week(tenant: Simulated) -> tuple[list[float], float, float]:
    """MB in the course of a week, milliseconds of a key in it, and MB at the most."""
    with Terminal(tenant.command, env=tenant.env) as terminal:
        loaded(terminal, tenant)
        end = _now(tenant) + WEEK
        tenant.command_line("speed", str(SPEED))
        held: list[float] = []
        pressed = press(terminal, [DOWN], 40, patience=1.0).latency(95) * 1000
        while _now(tenant) < end:
            if len(held) == _MOST_SAMPLES:
                raise ProgramEnded(f"the week did not pass in {len(held)} samples")
            terminal.read_for(_SAMPLE_SECONDS)
            held.append(terminal.memory().resident / 1e6)
        tenant.command_line("speed", str(USUAL_SPEED))
        peak = terminal.memory().peak / 1e6
        terminal.quit(QUIT)
    return held, pressed, peak


def _now(tenant: Simulated) -> datetime:
    return datetime.fromisoformat(tenant.command_line("status")["now"])
