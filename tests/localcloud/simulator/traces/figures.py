"""The figures of a trace as published, and the same computed from what was read."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from localcloud.simulator.traces.record import Trace

DATA = Path(__file__).parents[4].parent / "shared" / "data"


def truth(name: str) -> dict[str, Any]:
    """What is known of a file of the public data; skips where that is not there."""
    file = DATA / "ground_truth.json"
    if not file.is_file():
        pytest.skip(f"the public data is not at {DATA}")
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))[f"jobs/{name}"]
    return found


def hours(trace: Trace) -> Decimal:
    """Accelerator-hours, to 3 places."""
    held = sum(
        ((run.end - run.start) * run.accelerators for job in trace.jobs for run in job.runs),
        Decimal(0),
    )
    return round(held / (3600 * 10**6), 3)


def peak(trace: Trace) -> Decimal:
    """Most accelerators held at once; ends before starts at equal times."""
    runs = [run for job in trace.jobs for run in job.runs]
    steps = sorted(
        [(run.end, -run.accelerators) for run in runs]
        + [(run.start, run.accelerators) for run in runs]
    )
    held = most = Decimal(0)
    for _, change in steps:
        held += change
        most = max(most, held)
    return most


def write(folder: Path, text: str, name: str = "trace.csv") -> Path:
    """A trace of a few lines."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file
