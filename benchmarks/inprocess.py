"""Decoding, charts and maps: our functions beside the libraries others use, each in a process."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from functools import partial

from benchmarks.measure import Many, Samples, calibrate, interleave_many
from benchmarks.plan import Plan
from benchmarks.processes import PEERS, ROOT, plain_env, run_process, workplace
from benchmarks.report import Budget, Finding, Row

LOOP = "calibration loop"


def decode(plan: Plan) -> Finding:
    """The pages of 10,000 jobs."""
    jobs = plan.count(10_000)
    decoders = {"ours": "ours", "json.loads": "json", "pydantic": "pydantic"}
    cases = {name: (argument, jobs) for name, argument in decoders.items()}
    measured = _measured("decode", cases, plan.rounds)
    wanted = (
        ("cpu", f"job list of {jobs:,} decoded", "ms CPU", Budget(factor=0.1)),
        ("bytes", "memory of a decoded job", "bytes", Budget(at_most=1000)),
        ("stall", "longest page of 500 jobs", "ms", Budget(at_most=16)),
    )
    rows = [
        Row(
            f"decode.{measure}", scenario, unit, by["ours"], by["json.loads"], budget,
            [by["pydantic"]],
        )
        for measure, scenario, unit, budget in wanted
        for by in [measured[measure]]
    ]  # fmt: skip
    return Finding("Decoding", rows)


def charts(plan: Plan) -> Finding:
    """A chart of 10,000 points, a map of 80,000 accelerators."""
    count = plan.count(10_000)
    cases = {"chart": ("ours", count), "map": ("map", count)}
    left_out = []
    if (PEERS / "turm").exists():
        cases["plotext"] = ("plotext", count)
    else:
        left_out.append("plotext (`make bench-peers` installs it)")
    cpu = _measured("draw", cases, plan.rounds)["cpu"]
    chart = f"chart of {count:,} points, one frame"
    whole = f"map of {8 * count:,} accelerators, one frame"
    rows = [
        Row("chart.10000", chart, "ms CPU", cpu["chart"], cpu.get("plotext"), Budget(factor=0.05)),
        Row("map.80000", whole, "ms CPU", cpu["map"], cpu[LOOP], Budget(at_most=16)),
    ]
    return Finding("Charts and maps", rows, left_out)


def _measured(
    program: str, cases: Mapping[str, tuple[str, int]], rounds: int
) -> dict[str, dict[str, Samples]]:
    with workplace() as folder:
        env = plain_env(folder)
        several: dict[str, Many] = {
            name: partial(_once, program, argument, count, env)
            for name, (argument, count) in cases.items()
        }
        several[LOOP] = lambda: {"cpu": calibrate().cpu * 1000}
        return interleave_many(several, rounds)


def _once(program: str, argument: str, count: int, env: Mapping[str, str]) -> dict[str, float]:
    python = str(PEERS / "python") if argument == "plotext" else sys.executable
    command = [python, "-m", f"benchmarks.programs.{program}", argument, str(count)]
    _, said = run_process(command, env, ROOT)
    found: dict[str, float] = json.loads(said)
    return found
