"""The published traces, against the figures published with them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from localcloud.simulator.traces.reading import read_trace
from localcloud.simulator.traces.record import TraceError
from tests.localcloud.simulator.traces.figures import DATA, hours, peak, truth


@pytest.mark.parametrize("number", ["01", "03", "05", "07", "09"])
def test_an_itp_cluster_has_its_rows_hours_and_peak(number: str) -> None:
    name = f"itp_cluster{number}.csv"
    known = truth(name)
    trace = read_trace(DATA / "jobs" / name)
    assert len(trace.jobs) == known["rows"]
    assert hours(trace) == Decimal(str(known["gpu_hours"]))
    assert peak(trace) == known["peak_gpus_if_started_at_submission"]


def test_philly_has_its_rows_hours_and_virtual_clusters() -> None:
    known = truth("philly_jobs.csv")
    trace = read_trace(DATA / "jobs" / "philly_jobs.csv")
    assert len(trace.jobs) == known["rows"]
    assert hours(trace) == Decimal(str(known["gpu_hours"]))
    assert Counter(job.pool for job in trace.jobs) == known["jobs_by_virtual_cluster"]


def test_kalos_has_its_rows_and_hours() -> None:
    known = truth("acme_kalos_completed_sft_pretrain.csv")
    trace = read_trace(DATA / "jobs" / "acme_kalos_completed_sft_pretrain.csv")
    assert len(trace.jobs) == known["rows"]
    assert hours(trace) == Decimal(str(known["gpu_hours"]))


def test_openb_counts_shares_of_accelerators_and_its_own_phases() -> None:
    known = truth("openb_pods.csv")
    trace = read_trace(DATA / "jobs" / "openb_pods.csv")
    assert len(trace.jobs) == known["rows"]
    assert hours(trace) == Decimal(str(known["gpu_hours_scheduled"]))
    assert Counter(job.native for job in trace.jobs) == known["by_phase"]
    assert sum(not job.runs for job in trace.jobs) == known["never_scheduled"]


@pytest.mark.parametrize(
    "name",
    [
        "sample-sacct-output-midnight-edge-case-small.txt",
        "sample-sacct-output-with-invalid-lines.txt",
        "sample-sacct-output.txt",
    ],
)
def test_sacct_samples_count_allocations_by_state(name: str) -> None:
    known = truth(f"slurm/{name}")
    trace = read_trace(DATA / "jobs" / "slurm" / name)
    assert Counter(job.native for job in trace.jobs) == known["state_of_allocations"]


def test_a_record_of_sacct_over_several_lines_is_one() -> None:
    truth("slurm/sample-sacct-one-multiline.txt")
    trace = read_trace(DATA / "jobs" / "slurm" / "sample-sacct-one-multiline.txt")
    assert [(job.id, job.native, int(job.accelerators)) for job in trace.jobs] == [
        ("201729", "FAILED", 1024),
        ("201844", "REQUEUED", 256),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "azure_llm_inference_2023_code.csv",
        "cluster_summary_acme_philly_helios_pai.csv",
        "lingjun_topology.csv",
        "openb_nodes.csv",
    ],
)
def test_what_is_no_trace_of_jobs_is_refused_with_its_columns(name: str) -> None:
    truth(name)
    with pytest.raises(TraceError, match=r"no column for .*found: "):
        read_trace(DATA / "jobs" / name)
