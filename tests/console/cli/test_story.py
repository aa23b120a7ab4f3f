"""The story by command line on a real embedded cloud: submit, wait, read, pay, change, refuse."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.cloud import EmbeddedCloud
from tests.console.cli.runs import COMMAND, ROOT, qd
from tests.e2e.terminal import Terminal

STEPS = "for i in 1 2 3; do echo step $i/3 loss 0.$i; sleep 0.6; done"


@pytest.fixture(scope="module")
def running_cloud() -> Iterator[EmbeddedCloud]:
    """One cloud for the whole story: starting and ending one costs more than any test."""
    cloud = EmbeddedCloud()
    try:
        cloud.up(nodes=2, accelerators=4)
        yield cloud
    finally:
        cloud.close()


@pytest.fixture
def cloud(running_cloud: EmbeddedCloud, monkeypatch: pytest.MonkeyPatch) -> EmbeddedCloud:
    monkeypatch.setenv("QUARTERDECK_LOCAL_HOME", str(running_cloud.home))
    return running_cloud


def test_a_job_from_submit_to_its_charge(cloud: EmbeddedCloud) -> None:
    submitted = qd("jobs", "submit", "--name", "first", "--workers", "2", "--", STEPS)
    assert (submitted.code, submitted.out) == (0, "first\n"), submitted.err
    assert "first" in submitted.err
    waited = qd("jobs", "wait", "first", "--timeout", "60s")
    assert (waited.code, waited.out) == (0, "SUCCEEDED\n"), waited.err

    log = qd("jobs", "logs", "first", "--rank", "1", "--tail", "2")
    assert log.out == "step 2/3 loss 0.2\nstep 3/3 loss 0.3\n"
    every = qd("jobs", "logs", "first", "--all-ranks", "--grep", "3/3")
    assert every.out == "[0] step 3/3 loss 0.3\n[1] step 3/3 loss 0.3\n"

    job = qd("jobs", "get", "first", "--json").json
    assert job["state"] == "SUCCEEDED" and job["workers"] == 2
    assert [worker["rank"] for worker in job["worker_list"]] == [0, 1]
    assert job["created"].endswith("Z")

    (listed,) = qd("--json", "jobs", "ls", "state=succeeded", "name~FIR").json
    assert listed["name"] == "first" and "spec" not in listed
    assert qd("jobs", "ls", "state=failed", "name=first", "--json").out == "[]\n"

    cost = qd("cost", "--json", "--rows", "--job", "first").json
    (group,) = cost["groups"]
    rows = sum(Decimal(row["billed_cost"]) for row in cost["charges"])
    assert group["name"] == "first" and Decimal(cost["total"]) == rows > 0
    assert Decimal(group["accelerator_seconds"]) == job["accelerator_seconds"]

    reasons = [event["reason"] for event in qd("events", "job=first", "--json").json]
    assert reasons.index("JobRunning") < reasons.index("JobSucceeded")
    assert qd("incidents", "ls", "job=first", "--json").json == []


def test_ends_and_conflicts_have_their_exit_codes(cloud: EmbeddedCloud) -> None:
    failed = qd("jobs", "submit", "--name", "bad", "--backoff-limit", "0", "--wait", "--", "exit 3")
    assert (failed.code, failed.out) == (1, "bad\n")
    assert qd("jobs", "submit", "--name", "bad", "--", "true").code == 7
    gone = qd("jobs", "get", "nothing", "--json")
    assert (gone.code, gone.out) == (3, "") and "nothing" in gone.err
    assert qd("jobs", "submit", "--name", "idle", "--", "sleep 60").code == 0
    assert qd("jobs", "wait", "idle", "--timeout", "1s").code == 124
    assert qd("jobs", "wait", "idle", "--for", "running", "--timeout", "30s").code == 0

    refused = qd("jobs", "stop", "idle")
    assert refused.code == 2 and refused.out == "" and "--yes" in refused.err
    assert qd("jobs", "get", "idle", "--json").json["state"] == "RUNNING"

    results = qd("jobs", "stop", "idle", "nothing", "--yes", "--json")
    assert results.code == 3
    assert {r["name"]: r["ok"] for r in results.json} == {"idle": True, "nothing": False}
    assert qd("jobs", "wait", "idle", "--for", "ended", "--timeout", "30s").out == "STOPPED\n"
    assert qd("jobs", "delete", "--filter", "name=idle,bad", "--yes").code == 0
    assert qd("jobs", "ls", "name=idle,bad", "--json").json == []


def test_nodes_show_their_agent_and_are_taken_out_with_a_reason(cloud: EmbeddedCloud) -> None:
    nodes = qd("nodes", "ls", "--json").json
    assert all(isinstance(node["agent_pid"], int) for node in nodes)
    name = nodes[0]["name"]
    done = qd("nodes", "cordon", name, "--yes", "--reason", "fan broken")
    assert (done.code, done.out) == (0, f"{name}\n"), done.err
    (cordoned,) = qd("nodes", "ls", "scheduling=cordoned", "--json").json
    assert cordoned["name"] == name and cordoned["reason"] == "fan broken"
    again = qd("nodes", "cordon", name, "--yes", "--reason", "x", "--lang", "zh_CN")
    assert again.code == 2 and "节点" in again.err
    assert qd("nodes", "uncordon", name, "--yes").code == 0


def test_a_followed_log_goes_on_after_a_restart(cloud: EmbeddedCloud) -> None:
    script = 'echo attempt $QUARTERDECK_ATTEMPT; test "$QUARTERDECK_ATTEMPT" = 1'
    ran = qd("jobs", "submit", "--name", "twice", "--follow", "--", script)
    assert ran.code == 0, ran.err
    assert ran.out == "attempt 0\nattempt 1\n"
    assert "1" in ran.err.splitlines()[-1]


def test_a_person_is_asked_and_shown_what_would_happen(cloud: EmbeddedCloud) -> None:
    assert qd("jobs", "submit", "--name", "mine", "--", r"printf '\033[31mred'; sleep 60").code == 0
    assert qd("jobs", "wait", "mine", "--for", "running").code == 0
    with Terminal([*COMMAND, "jobs", "stop", "mine"], cwd=ROOT, env=dict(os.environ)) as shell:
        shell.wait_for("[y/N]")
        assert "mine" in shell.text()
        shell.type("n\r")
        assert shell.wait_exit() == 1
    assert qd("jobs", "get", "mine", "--json").json["state"] == "RUNNING"
    with Terminal([*COMMAND, "jobs", "logs", "mine"], cwd=ROOT, env=dict(os.environ)) as shell:
        shell.wait_for("\u241b[31mred")
        assert shell.wait_exit() == 0
    assert qd("jobs", "logs", "mine").out == "\x1b[31mred"


def test_following_ends_cleanly_when_interrupted(cloud: EmbeddedCloud) -> None:
    follower = subprocess.Popen(
        [*COMMAND, "events", "--follow", "--since", "1h", "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert follower.stdout is not None
        first: Any = follower.stdout.readline()
        assert '"reason"' in first
        follower.send_signal(signal.SIGINT)
        _, said = follower.communicate(timeout=20)
    finally:
        if follower.poll() is None:
            follower.kill()
            follower.wait()
    assert follower.returncode == 130
    assert "Traceback" not in said


def test_completion_offers_the_names_last_seen(cloud: EmbeddedCloud) -> None:
    assert qd("nodes", "ls").code == 0
    words = {"COMP_WORDS": "quarterdeck nodes get no", "COMP_CWORD": "3"}
    offered = qd(_QUARTERDECK_COMPLETE="bash_complete", **words)
    names = [line.partition(",")[2] for line in offered.out.splitlines()]
    assert sorted(names) == sorted(node["name"] for node in qd("nodes", "ls", "--json").json)
