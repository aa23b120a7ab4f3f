"""Other ways to write the same: Slurm's JSON and resources, durations, days."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localcloud.simulator.traces.counts import gres_count
from localcloud.simulator.traces.reading import read_trace
from tests.localcloud.simulator.traces.figures import hours, peak, write

SECOND = 10**6


def test_what_sacct_prints_as_json(tmp_path: Path) -> None:
    def job(number: int, state: str, begin: int, end: int, gpus: int) -> dict[str, object]:
        tres = [
            {"type": "cpu", "name": "", "id": 1, "count": 8},
            {"type": "gres", "name": "gpu", "id": 1001, "count": gpus},
            {"type": "gres", "name": "gpu:a100", "id": 1002, "count": gpus},
        ]
        return {
            "job_id": number,
            "name": "train",
            "state": {"current": [state], "reason": "None"},
            "time": {
                "elapsed": end - begin if end else 0, "eligible": 1700000000, "start": begin,
                "submission": 1700000000, "end": end, "suspended": 0, "limit": {"number": 60},
            },
            "tres": {"allocated": tres if begin else [], "requested": tres},
            "steps": [{"step": {"id": f"{number}.batch"}}],
            "nodes": "node[1-2]",
        }  # fmt: skip

    jobs = [
        job(1, "COMPLETED", 1700000010, 1700003610, 2),
        job(2, "PENDING", 0, 0, 4),
        job(3, "TIMEOUT", 1700000000, 1700007200, 8),
    ]
    text = json.dumps({"meta": {"plugin": {}}, "jobs": jobs, "errors": []})
    trace = read_trace(write(tmp_path, text, "sacct.json"))
    runs = [[(run.start, run.end) for run in each.runs] for each in trace.jobs]
    began = 1_700_000_000 * SECOND
    assert runs == [
        [(began + 10 * SECOND, began + 3610 * SECOND)],
        [],
        [(began, began + 7200 * SECOND)],
    ]
    assert [each.native for each in trace.jobs] == ["COMPLETED", "PENDING", "TIMEOUT"]
    assert hours(trace) == 18
    assert peak(trace) == 10


@pytest.mark.parametrize(
    "text",
    ["5400", "5400.0", "1:30:00", "0-01:30:00", "0 days 01:30:00", "90m", "1.5 hours", "5400s",
     "5400000ms", "90:00", "90 MIN"],
)  # fmt: skip
def test_durations_in_every_form(tmp_path: Path, text: str) -> None:
    trace = read_trace(write(tmp_path, f"id,submit,duration,gpu\n1,0,{text},2\n"))
    assert hours(trace) == 3


@pytest.mark.parametrize("day", ["2026/1/2 3:04", "2026-1-02 03:04:00", "2026/01/2 03:04:00 UTC"])
def test_days_without_zeros_before_them(tmp_path: Path, day: str) -> None:
    (job,) = read_trace(write(tmp_path, f"id,submit,duration,gpu\n1,{day},5,2\n")).jobs
    assert job.submit == 1_767_323_040 * SECOND


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("gpu:8", 8),
        ("gpu:a100:8", 8),
        ("gpu:a100:2(IDX:0-1)", 2),
        ("gpu:a100:2,gpu:v100:3", 5),
        ("gres:gpu:8", 8),
        ("gres/gpu=8", 8),
        ("billing=9,cpu=8,gres/gpu:a100=4,gres/gpu=4,mem=1G", 4),
        ("PER_NODE:gpu:8", 8),
        ("PER_NODE:gpu:volta:2", 2),
        ("gres/npu:ascend910=16", 16),
        ("cpu=8,mem=4G,node=1", None),
        ("gres/shard=4", None),
        ("", None),
    ],
)
def test_resources_of_slurm(said: str, count: int | None) -> None:
    assert gres_count(said) == count
