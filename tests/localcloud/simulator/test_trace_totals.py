"""Replays to the end: what the tenant shows against what the trace says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from localcloud.server.simulated import replayed
from tests.localcloud.simulator.traces.figures import DATA, truth, write


def _played(file: Path) -> dict[str, Any]:
    return replayed(file, lambda line: None)


def test_every_kind_of_end_is_counted_in_both_words(tmp_path: Path) -> None:
    figures = _played(
        write(
            tmp_path,
            "job_id,submit,start,end,accelerators,state\n"
            "a,0,10,3610,8,COMPLETED\n"
            "b,0,3610,7210,16,Killed\n"
            "c,5,5,1805,0.5,FAILED\n"
            "d,7,,,4,PENDING\n"
            "e,7,,90,4,Killed\n"
            "f,100,100,1900,1,RUNNING\n"
            "g,100,100,1900,0,COMPLETED\n",
        )
    )
    assert figures == {
        "jobs": 7,
        "accelerator_hours": 8 + 16 + 0.25 + 0.5,
        "peak_accelerators": 16,
        "states": {"FAILED": 1, "QUEUED": 1, "RUNNING": 1, "STOPPED": 2, "SUCCEEDED": 2},
        "native_states": {"COMPLETED": 2, "FAILED": 1, "Killed": 2, "PENDING": 1, "RUNNING": 1},
        "cost": "297.00",
        "currency": "CNY",
    }


def test_half_seconds_and_touching_runs(tmp_path: Path) -> None:
    rows = "".join(f"{at},{at * 0.5},0.5,3\n" for at in range(7200))
    figures = _played(write(tmp_path, f"id,submit,duration,gpus\n{rows}"))
    assert figures["accelerator_hours"] == 3
    assert figures["peak_accelerators"] == 3


def test_attempts_of_one_job_are_all_metered(tmp_path: Path) -> None:
    def attempt(start: str, end: str) -> str:
        return (
            f'{{"start_time":"2017-10-09 {start}","end_time":"2017-10-09 {end}",'
            '"detail":[{"ip":"m","gpus":["g0","g1"]}]}'
        )

    text = (
        '[{"status":"Pass","vc":"v","jobid":"j","user":"u","submitted_time":'
        f'"2017-10-09 07:00:00","attempts":[{attempt("08:00:00", "09:00:00")},'
        f"{attempt('10:00:00', '10:30:00')}]}}]"
    )
    figures = _played(write(tmp_path, text, "log.json"))
    assert (figures["accelerator_hours"], figures["states"]) == (3, {"SUCCEEDED": 1})


def test_a_trace_of_years_is_played_to_its_end(tmp_path: Path) -> None:
    day = 86_400
    figures = _played(
        write(tmp_path, f"id,submit,duration,gpus\na,0,{day},1\nb,{1500 * day},{day},1\n")
    )
    assert (figures["accelerator_hours"], figures["states"]) == (48, {"SUCCEEDED": 2})


@pytest.mark.parametrize(
    ("name", "hours", "peak"),
    [
        ("itp_cluster01.csv", "gpu_hours", "peak_gpus_if_started_at_submission"),
        ("itp_cluster09.csv", "gpu_hours", "peak_gpus_if_started_at_submission"),
        ("acme_kalos_completed_sft_pretrain.csv", "gpu_hours", ""),
        ("openb_pods.csv", "gpu_hours_scheduled", ""),
        ("philly_jobs.csv", "gpu_hours", ""),
    ],
)
def test_a_published_trace_ends_with_its_figures(name: str, hours: str, peak: str) -> None:
    known = truth(name)
    figures = _played(DATA / "jobs" / name)
    assert figures["jobs"] == known["rows"]
    assert figures["accelerator_hours"] == known[hours]
    if peak:
        assert figures["peak_accelerators"] == known[peak]
    if "by_phase" in known:
        assert figures["native_states"] == known["by_phase"]
    else:
        assert figures["states"] == {"SUCCEEDED": known["rows"]}
