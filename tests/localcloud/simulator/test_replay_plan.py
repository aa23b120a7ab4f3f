"""A trace as a plan: names, gangs, fleets."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api_client.models.job import JobState
from localcloud.simulator.plan import TenantPlan
from localcloud.simulator.replay import replay_plan, trace_end
from localcloud.simulator.traces.reading import read_trace
from tests.localcloud.simulator.traces.figures import write


def _plan(folder: Path, rows: str, header: str = "id,submit,duration,gpus") -> TenantPlan:
    return replay_plan(read_trace(write(folder, f"{header}\n{rows}")))


def test_names_are_unique_and_fit_for_the_api(tmp_path: Path) -> None:
    long = "N" * 10_000
    plan = _plan(
        tmp_path, f"7,0,1,1\n7,0,1,1\n训练 Ａ,0,1,1\nA_b.C,0,1,1\n{long},0,1,1\n{long},0,1,1\n"
    )
    names = [life.name for life in plan.lives]
    assert names[:4] == ["job-7", "job-7-2", "job", "a-b-c"]
    assert names[4] == "n" * 63
    assert names[5] == f"{'n' * 61}-2"


def test_a_hundred_thousand_jobs_with_one_name(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "same,0,1,1\n" * 100_000)
    names = Counter(life.name for life in plan.lives)
    assert len(names) == 100_000
    assert plan.kept_jobs >= 100_000


@pytest.mark.parametrize(
    ("accelerators", "nodes", "gang"),
    [
        ("0", "", (1, 0)),
        ("0.46", "", (1, 1)),
        ("8", "", (1, 8)),
        ("12", "", (2, 6)),
        ("1016", "", (127, 8)),
        ("13", "", (13, 1)),
        ("16", "4", (4, 4)),
        ("16", "1", (1, 16)),
        ("100000", "", (4_000, 25)),
        ("99991", "", (4_000, 25)),
    ],
)
def test_gangs_follow_the_trace_or_divide_evenly(
    tmp_path: Path, accelerators: str, nodes: str, gang: tuple[int, int]
) -> None:
    plan = _plan(tmp_path, f"a,0,1,{accelerators},{nodes}\n", "id,submit,duration,gpus,nodes")
    (life,) = plan.lives
    assert (life.workers, life.per_worker) == gang
    assert life.milli == round(float(accelerators) * 1000)
    assert plan.fleet.accelerators >= life.slots


def test_lives_are_in_order_and_hold_what_the_trace_says(tmp_path: Path) -> None:
    plan = _plan(
        tmp_path,
        "late,90,95,100.5,1,Failed,ann\nearly,10,20,30,2,Running,bob\nnever,50,,60,4,Pending,bob\n",
        "id,submit,scheduled_time,end,gpus,status,user",
    )
    early, never, late = plan.lives
    zero = 1_609_459_200_000
    assert early.fixed == ((zero + 20_000, zero + 30_000),)
    assert (early.final, early.native, early.ended) == (JobState.RUNNING, "Running", None)
    assert (never.fixed, never.final, never.placed_as_given) == ((), JobState.QUEUED, True)
    assert late.fixed == ((zero + 95_000, zero + 100_500),)
    assert (late.owner, late.ended) == ("ann", zero + 100_500)
    assert plan.begin == datetime(2021, 1, 1, 0, 0, 10, tzinfo=UTC)


def test_pools_of_the_trace_are_pools_of_the_tenant(tmp_path: Path) -> None:
    plan = _plan(tmp_path, "a,0,10,8,x\nb,5,10,8,x\nc,0,10,16,y\n", "id,submit,duration,gpus,vc")
    assert [(pool.name, pool.nodes) for pool in plan.fleet.pools] == [("x", 3), ("y", 3)]
    assert [life.pool for life in plan.lives] == [0, 1, 0]


def test_the_end_lies_after_everything(tmp_path: Path) -> None:
    trace = read_trace(write(tmp_path, "id,submit,duration,gpus\na,0,10.25,1\n"))
    assert trace_end(trace) == datetime(2021, 1, 1, 0, 0, 11, 250_000, tzinfo=UTC)
