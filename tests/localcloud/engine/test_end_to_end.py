"""Real agents, real processes, real kills."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import psutil
import pytest

from api_client.models.compute import NodeHealth
from api_client.models.event import EventReason
from api_client.models.job import JobState, WorkerState
from tests.localcloud.engine.lab import Lab, running_lab

TRAIN = f"""exec {sys.executable} -u - <<'PY'
import os, pathlib, time
folder = pathlib.Path(os.environ["CHECKPOINT_DIR"])
saved = sorted(folder.glob("step-*.txt"))
first = int(saved[-1].stem.split("-")[1]) if saved else 0
last = int(os.environ.get("LAST", "400"))
for step in range(first + 1, last + 1):
    time.sleep(0.02)
    print(f"step {{step}}/{{last}} loss {{1 / step:.4f}} tokens/s 1000", flush=True)
    if step % 5 == 0 and os.environ["RANK"] == "0":
        temporary = folder / f".step-{{step:06d}}.tmp"
        temporary.write_text("x")
        temporary.rename(folder / f"step-{{step:06d}}.txt")
PY"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with running_lab(tmp_path / "home", nodes=3, accelerators=2) as lab:
        yield lab


def test_a_job_runs_to_its_end_and_is_charged(lab: Lab) -> None:
    lab.submit("hello", 'echo "step 3/3 loss 0.5"; sleep 1.2; env', workers=2)
    job = lab.wait_state("hello", JobState.SUCCEEDED, JobState.FAILED)
    assert job.state is JobState.SUCCEEDED
    assert (job.exit_code, job.attempt, job.progress.step) == (0, 0, 3)
    workers = lab.ask(lambda cloud: cloud.workers("hello"))
    assert [worker.node for worker in workers] == ["node-1", "node-2"]
    log = lab.ask(lambda cloud: cloud.log_file("hello", 1))
    text = log.path.read_text()
    assert log.ended and "RANK=1\n" in text and "WORLD_SIZE=2\n" in text
    assert f"CHECKPOINT_DIR={job.checkpoint_dir}\n" in text

    def charges() -> list[object]:
        page = lab.ask(lambda cloud: cloud.charges(resource_name="hello"))
        return list(page.items) if len(page.items) == 2 else []

    found = lab.wait("two charges", charges)
    seconds = sum(int((a.end - a.start).total_seconds()) for a in job.allocations if a.end)
    assert job.accelerator_seconds == seconds > 0
    cost = sum(charge.billed_cost for charge in found)  # type: ignore[attr-defined]
    assert abs(cost - Decimal(seconds) * 12 / 3600) < Decimal("0.000001")
    assert lab.reasons("hello")[:5] == [
        EventReason.JOB_CREATED,
        EventReason.JOB_QUEUED,
        EventReason.JOB_STARTING,
        EventReason.JOB_RUNNING,
        EventReason.JOB_SUCCEEDED,
    ]


def test_a_killed_agent_moves_the_gang_to_healthy_nodes(lab: Lab) -> None:
    lab.submit("train", TRAIN, workers=2, accelerators_per_worker=2, env={"LAST": "200"})
    lab.wait("a checkpoint", lambda: (lab.job("train").progress.checkpoint_step or 0) >= 10)
    before = lab.job("train")
    second = lab.ask(lambda cloud: cloud.workers("train"))[1]
    children = psutil.Process(second.pid).children(recursive=True)
    agent = lab.kill_agent(second.node)

    lab.wait(
        "recovery",
        lambda: lab.job("train").attempt == 1 and lab.job("train").state is JobState.RUNNING,
    )
    node = lab.ask(lambda cloud: cloud.node(second.node))
    assert node.health is NodeHealth.FAILED and "no heartbeat" in node.reason
    assert _gone(second.pid)
    assert all(_gone(child.pid) for child in children), agent
    job = lab.wait_state("train", JobState.SUCCEEDED, JobState.FAILED)
    assert job.state is JobState.SUCCEEDED and second.node not in job.nodes
    assert job.checkpoint_dir == before.checkpoint_dir
    assert (job.attempt, job.restarts, job.backoff_used) == (1, 1, 0)

    events = {event.reason: event for event in lab.events("train")}
    phases = [
        EventReason.FAILURE_DETECTED,
        EventReason.GANG_ISOLATED,
        EventReason.GANG_RESCHEDULED,
        EventReason.CHECKPOINT_RESTORED,
        EventReason.TRAINING_RESUMED,
    ]
    times = [events[phase].time for phase in phases]
    assert times == sorted(times)
    detected = events[EventReason.FAILURE_DETECTED].fields
    assert detected["category"] == "NODE" and detected["node"] == second.node
    assert detected["action"] == "ISOLATE_NODE_RESTART_JOB" and detected["happened"]
    restored = events[EventReason.CHECKPOINT_RESTORED].fields["checkpoint_step"]
    resumed = events[EventReason.TRAINING_RESUMED].fields["step"]
    assert isinstance(restored, int) and isinstance(resumed, int) and resumed > restored >= 10
    first_line = lab.ask(lambda cloud: cloud.log_file("train", 0)).path.read_text().splitlines()[0]
    assert first_line.startswith(f"step {restored + 1}/200")


def test_a_daemon_that_comes_back_adopts_what_runs(lab: Lab) -> None:
    lab.submit("long", TRAIN, workers=2, env={"LAST": "150"})
    lab.wait_state("long", JobState.RUNNING)
    pids = [worker.pid for worker in lab.ask(lambda cloud: cloud.workers("long"))]
    lab.drop()
    # Longer than the timeout: absence of the daemon is no failure of a node.
    lab.wait("time passes", lambda: not lab._stop.wait(1.3))
    lab.open()
    job = lab.wait_state("long", JobState.SUCCEEDED, JobState.FAILED)
    assert job.state is JobState.SUCCEEDED and job.attempt == 0
    assert [worker.pid for worker in lab.ask(lambda cloud: cloud.workers("long"))] == pids
    assert all(lab.agent_pid(f"node-{n}") for n in (1, 2, 3))


def test_an_end_while_the_daemon_was_away_is_not_lost(lab: Lab) -> None:
    lab.submit("short", "sleep 0.4; exit 7", backoff_limit=0)
    lab.wait_state("short", JobState.RUNNING)
    pid = lab.ask(lambda cloud: cloud.workers("short"))[0].pid
    lab.drop()
    lab.wait("the worker is gone", lambda: _gone(pid))
    lab.open()
    job = lab.wait_state("short", JobState.FAILED)
    assert job.exit_code == 7 and "backoff limit 0" in job.reason


def test_a_worker_that_keeps_failing_uses_up_its_backoff(lab: Lab) -> None:
    lab.submit("crash", "echo no such data >&2; exit 3", backoff_limit=2)
    job = lab.wait_state("crash", JobState.FAILED)
    assert (job.attempt, job.restarts, job.backoff_used, job.exit_code) == (2, 2, 2, 3)
    assert "no such data" in job.reason and "backoff limit 2 is used up" in job.reason
    assert lab.reasons("crash").count(EventReason.FAILURE_DETECTED) == 3
    assert EventReason.RECOVERY_FAILED in lab.reasons("crash")


def test_rules_decide_by_exit_code(lab: Lab) -> None:
    lab.submit("bad", "exit 42", rules=({"exit_codes": "40-49", "action": "FAIL_JOB"},))
    cordon = {"exit_codes": "9", "action": "RESTART_JOB", "mark_node_unschedulable": True}
    lab.submit("sick", '[ "$QUARTERDECK_ATTEMPT" = 1 ] || exit 9', rules=(cordon,))
    assert lab.wait_state("bad", JobState.FAILED).restarts == 0
    lab.wait_state("sick", JobState.SUCCEEDED)
    first = lab.ask(lambda cloud: cloud.workers("sick", all_attempts=True))[0]
    node = lab.ask(lambda cloud: cloud.node(first.node))
    assert node.scheduling.value == "CORDONED" and "sick" in node.reason and "9" in node.reason


def test_one_rank_restarts_alone(lab: Lab) -> None:
    command = '[ "$RANK$QUARTERDECK_ATTEMPT" = 10 ] && exit 5; sleep 1'
    rule = {"exit_codes": "5", "action": "RESTART_WORKER"}
    lab.submit("rank", command, workers=2, rules=(rule,))
    lab.wait_state("rank", JobState.SUCCEEDED)
    every = lab.ask(lambda cloud: cloud.workers("rank", all_attempts=True))
    assert [(w.rank, w.attempt, w.state) for w in every] == [
        (0, 0, WorkerState.SUCCEEDED),
        (1, 0, WorkerState.FAILED),
        (1, 1, WorkerState.SUCCEEDED),
    ]


def test_command_not_found_says_so(lab: Lab) -> None:
    lab.submit("typo", "no-such-command-at-all", backoff_limit=0)
    job = lab.wait_state("typo", JobState.FAILED)
    assert job.exit_code == 127
    assert "command not found" in job.reason and "no-such-command-at-all" in job.reason


def test_a_missing_working_directory_says_so(lab: Lab) -> None:
    lab.submit("lost", "true", working_dir="/no/such/folder", backoff_limit=0)
    job = lab.wait_state("lost", JobState.FAILED)
    assert "/no/such/folder does not exist" in job.reason


def test_a_signal_is_128_plus_its_number(lab: Lab) -> None:
    lab.submit("dies", "kill -SEGV $$", backoff_limit=0)
    assert lab.wait_state("dies", JobState.FAILED).exit_code == 128 + signal.SIGSEGV
    worker = lab.ask(lambda cloud: cloud.workers("dies"))[0]
    assert worker.signal == signal.SIGSEGV and "SIGSEGV" in worker.reason


def test_a_hang_is_noticed(lab: Lab) -> None:
    command = '[ "$QUARTERDECK_ATTEMPT" = 1 ] && exit 0; echo step 1; sleep 60'
    lab.submit("stuck", command, hang_seconds=0.6)
    lab.wait_state("stuck", JobState.SUCCEEDED)
    detected = next(e for e in lab.events("stuck") if e.reason == EventReason.FAILURE_DETECTED)
    assert detected.fields["category"] == "HANG" and detected.fields["happened"]


def test_a_job_that_runs_too_long_fails(lab: Lab) -> None:
    lab.submit("slow", "sleep 60", max_run_seconds=0.5)
    job = lab.wait_state("slow", JobState.FAILED)
    assert "limit of 0.5 s" in job.reason
    assert EventReason.FAILURE_DETECTED not in lab.reasons("slow")


def test_stop_ends_even_a_worker_that_ignores_it(lab: Lab) -> None:
    lab.submit("deaf", "trap '' TERM; setsid sleep 61 & while :; do sleep 0.1; done")
    lab.wait_state("deaf", JobState.RUNNING)
    pid = lab.ask(lambda cloud: cloud.workers("deaf"))[0].pid
    stray = lab.wait("the stray child", lambda: _sleepers("61"))
    lab.ask(lambda cloud: cloud.stop_job("deaf", "enough", "ana"))
    job = lab.wait_state("deaf", JobState.STOPPED)
    assert "enough" in job.reason and _gone(pid)
    lab.wait("the stray is gone", lambda: all(_gone(process.pid) for process in stray))


def test_drain_moves_jobs_and_reboot_brings_a_node_back(lab: Lab) -> None:
    lab.submit("mover", "sleep 60", accelerators_per_worker=2)
    first = lab.wait_state("mover", JobState.RUNNING).nodes[0]
    lab.ask(lambda cloud: cloud.drain(first, "new fan", "ops"))
    lab.wait(
        "moved",
        lambda: lab.job("mover").state is JobState.RUNNING and lab.job("mover").nodes != (first,),
    )
    lab.wait("drained", lambda: EventReason.NODE_DRAINED in lab.reasons(first))
    assert lab.job("mover").backoff_used == 0
    assert EventReason.FAILURE_DETECTED not in lab.reasons("mover")

    second = lab.job("mover").nodes[0]
    old = lab.agent_pid(second)
    lab.ask(lambda cloud: cloud.reboot(second, "driver", "ops"))
    lab.wait("recovered", lambda: lab.job("mover").attempt == 2)
    lab.wait_ready()
    assert lab.agent_pid(second) != old


def test_a_frozen_agent_gives_up_what_was_given_away(lab: Lab) -> None:
    lab.submit("given", "sleep 60", accelerators_per_worker=2)
    first = lab.wait_state("given", JobState.RUNNING).nodes[0]
    agent = lab.agent_pid(first)
    os.kill(agent, signal.SIGSTOP)
    try:
        lab.wait(
            "moved",
            lambda: lab.job("given").attempt == 1 and lab.job("given").state is JobState.RUNNING,
        )
    finally:
        os.kill(agent, signal.SIGCONT)
    lab.wait_ready()
    assert lab.agent_pid(first) == agent
    assert lab.job("given").attempt == 1


def test_up_again_after_down_recovers_jobs_and_failed_nodes(lab: Lab) -> None:
    lab.submit("again", TRAIN, env={"LAST": "60"})
    lab.wait_state("again", JobState.RUNNING)
    lab.kill_agent("node-3")
    lab.wait("failed", lambda: lab.ask(lambda cloud: cloud.node("node-3")).native == "FAILED")
    lab.ask(lambda cloud: cloud.stop_agents())
    lab.drop()
    cloud = lab.open()
    with lab.lock:
        cloud.start_missing_agents(include_failed=True)
    lab.wait_ready()
    assert lab.wait_state("again", JobState.SUCCEEDED).attempt == 1


def _sleepers(seconds: str) -> list[psutil.Process]:
    return [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", seconds]]


def _gone(pid: int | None) -> bool:
    """Ended; whether its parent has collected it yet is not the point."""
    assert pid is not None
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
