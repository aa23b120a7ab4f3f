"""The state machine, with time and heartbeats by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from api_client.models.compute import NodeHealth
from api_client.models.event import EventReason
from api_client.models.job import FailureAction, FailureRule, JobState, Priority
from api_client.models.watch import ChangeOp
from localcloud.engine.errors import ConflictFault, InvalidFault, NotFoundFault, VersionExpired
from tests.localcloud.engine.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def reasons(bench: Bench, subject: str) -> list[str]:
    return [event.reason for event in bench.cloud.events(subject_id=subject).items]


def detected(bench: Bench, job: str) -> dict[str, object]:
    found = [
        event.fields
        for event in bench.cloud.events(subject_id=job).items
        if event.reason == EventReason.FAILURE_DETECTED
    ]
    return dict(found[-1])


def test_the_queue_says_why_a_job_waits_and_goes_by_priority(bench: Bench) -> None:
    bench.submit("first", workers=2, accelerators_per_worker=4)
    bench.settle()
    bench.submit("normal", workers=2, accelerators_per_worker=4)
    bench.submit("high", workers=2, accelerators_per_worker=4, priority=Priority.HIGH)
    bench.settle()
    assert bench.cloud.job("normal").reason == "needs 8, 0 free"
    assert bench.cloud.pools()[0].queued_jobs == 2
    for rank in (0, 1):
        bench.finish("first", rank)
    bench.settle()
    assert bench.cloud.job("high").state is JobState.RUNNING
    assert bench.cloud.job("normal").state is JobState.QUEUED


def test_small_jobs_pass_for_a_while_then_wait_behind(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=1, backfill_seconds=60, node_timeout_seconds=1000)
    bench.submit("holder", accelerators_per_worker=2)
    bench.settle()
    bench.submit("large", accelerators_per_worker=4)
    bench.submit("small")
    bench.settle()
    assert bench.cloud.job("small").state is JobState.RUNNING
    bench.step(100.0)
    bench.submit("late")
    bench.settle()
    assert "waits behind large" in bench.cloud.job("late").reason


def test_a_silent_node_fails_and_its_peers_errors_are_not_the_cause(bench: Bench) -> None:
    bench.submit("j", workers=2)
    bench.settle()
    bench.silent.add("node-2")
    bench.step()
    bench.finish("j", 0, code=1)
    bench.settle()
    assert bench.cloud.job("j").state is JobState.RUNNING
    for _ in range(25):
        bench.step()
    facts = detected(bench, "j")
    assert (facts["category"], facts["node"], facts["rank"]) == ("NODE", "node-2", 1)
    assert bench.cloud.node("node-2").health is NodeHealth.FAILED
    job = bench.cloud.job("j")
    assert (job.state, job.nodes, job.backoff_used) == (JobState.RUNNING, ("node-1",), 0)


def test_a_supervisor_that_was_held_up_blames_nobody(bench: Bench) -> None:
    bench.submit("j")
    bench.settle()
    bench.clock.seconds += 3600
    bench.cloud.tick()
    assert bench.cloud.node("node-1").health is NodeHealth.HEALTHY
    bench.settle()
    assert bench.cloud.job("j").state is JobState.RUNNING


def test_a_fresh_daemon_gives_nodes_their_full_timeout(bench: Bench) -> None:
    bench.submit("j")
    bench.settle()
    bench.clock.seconds += 600
    bench.reopen()
    bench.silent = {"node-1", "node-2"}
    for _ in range(18):
        bench.step()
    assert bench.cloud.node("node-1").health is NodeHealth.HEALTHY
    for _ in range(4):
        bench.step()
    assert bench.cloud.node("node-1").health is NodeHealth.FAILED


def test_restarts_are_paced_until_steps_come_again(bench: Bench) -> None:
    bench.submit("j", backoff_limit=-1)
    bench.settle()
    pauses = []
    for _ in range(3):
        bench.finish("j", 0, code=1)
        ended, attempt = bench.clock.seconds, bench.cloud.job("j").attempt
        while bench.cloud.job("j").attempt == attempt:
            bench.step(0.25)
        pauses.append(bench.clock.seconds - ended)
        bench.settle()
    assert 1 <= pauses[0] < 2 <= pauses[1] < 3.5 < 4 <= pauses[2] < 6


def test_a_rank_restarts_alone_while_the_others_go_on(bench: Bench) -> None:
    rule = FailureRule(exit_codes="5", action=FailureAction.RESTART_WORKER)
    bench.submit("j", workers=2, rules=(rule,))
    bench.settle()
    other = bench.of("j", 0).id
    bench.finish("j", 1, code=5)
    for _ in range(10):
        bench.step()
    assert bench.of("j", 0).id == other
    assert [worker.attempt for worker in bench.cloud.workers("j")] == [0, 1]
    assert bench.cloud.job("j").state is JobState.RUNNING


def test_training_resumes_only_past_the_checkpoint(bench: Bench, tmp_path: Path) -> None:
    bench.submit("j")
    bench.settle()
    folder = Path(bench.cloud.job("j").checkpoint_dir)
    (folder / "step-000040.npz").write_text("x")
    now = bench.clock.now().timestamp()
    bench.tell(
        "j", 0, checkpoint_step=40, checkpoint_time=now, progress={"step": 47, "updated": now}
    )
    bench.settle()
    bench.finish("j", 0, code=1)
    for _ in range(10):
        bench.step()
    assert (detected(bench, "j")["failed_step"], detected(bench, "j")["checkpoint_step"]) == (
        47,
        40,
    )
    bench.tell("j", 0, progress={"step": 40, "updated": bench.clock.now().timestamp()})
    bench.settle()
    assert EventReason.TRAINING_RESUMED not in reasons(bench, "j")
    bench.tell("j", 0, progress={"step": 41, "updated": bench.clock.now().timestamp()})
    bench.settle()
    order = reasons(bench, "j")
    assert order.index(EventReason.CHECKPOINT_RESTORED) < order.index(EventReason.TRAINING_RESUMED)
    assert bench.cloud.job("j").progress.step == 41


def test_stop_in_the_queue_is_at_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, nodes=1)
    bench.submit("j", accelerators_per_worker=9)
    bench.step()
    assert "it can never start here" in bench.cloud.job("j").reason
    assert bench.cloud.stop_job("j", "typo", "bo").state is JobState.STOPPED
    assert bench.cloud.stop_job("j", "typo", "bo").state is JobState.STOPPED
    bench.cloud.delete_job("j", "bo")
    with pytest.raises(NotFoundFault):
        bench.cloud.job("j")
    assert bench.submit("j").attempt == 0


def test_restart_of_a_running_and_of_an_ended_job(bench: Bench) -> None:
    bench.submit("j")
    bench.settle()
    with pytest.raises(ConflictFault):
        bench.cloud.delete_job("j", "bo")
    bench.cloud.restart_job("j", True, "bo")
    bench.settle(6)
    assert (bench.cloud.job("j").state, bench.cloud.job("j").attempt) == (JobState.RUNNING, 1)
    bench.tell("j", 0, checkpoint_step=7, checkpoint_time=bench.clock.now().timestamp())
    bench.finish("j", 0)
    bench.settle()
    assert bench.cloud.job("j").progress.checkpoint_step == 7
    with pytest.raises(ConflictFault):
        bench.cloud.stop_job("j", "", "bo")
    old = bench.cloud.job("j").checkpoint_dir
    assert bench.cloud.restart_job("j", False, "bo").progress.checkpoint_step is None
    bench.settle()
    job = bench.cloud.job("j")
    assert (job.state, job.attempt, job.exit_code, job.ended) == (JobState.RUNNING, 2, None, None)
    assert job.checkpoint_dir != old and Path(old).is_dir()
    assert EventReason.FAILURE_DETECTED not in reasons(bench, "j")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"pool": "moon"}, "pool"),
        ({"working_dir": "here"}, "working_dir"),
        ({"env": {"RANK": "3"}}, "env.RANK"),
        ({"env": {"A=B": "3"}}, "env.A=B"),
        ({"env": {"A": "x\0"}}, "env.A"),
        ({"tags": {"user": "me"}}, "tags.user"),
    ],
)
def test_what_cannot_run_is_refused_field_by_field(
    bench: Bench, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidFault) as caught:
        bench.submit("j", **fields)
    assert list(caught.value.fields) == [field]


def test_names_are_taken_once(bench: Bench) -> None:
    bench.submit("j")
    with pytest.raises(ConflictFault) as caught:
        bench.submit("j")
    assert caught.value.code == "name_taken"


def test_taking_a_node_away_needs_a_reason_and_an_idle_node(bench: Bench) -> None:
    with pytest.raises(InvalidFault):
        bench.cloud.cordon("node-1", " ", "ops")
    with pytest.raises(NotFoundFault):
        bench.cloud.cordon("node-9", "x", "ops")
    bench.submit("j", workers=2)
    bench.settle()
    with pytest.raises(ConflictFault):
        bench.cloud.resize(1, 4)
    bench.cloud.stop_job("j", "", "bo")
    bench.settle()
    bench.cloud.resize(1, 4)
    assert [node.name for node in bench.cloud.nodes(None, 10).items] == ["node-1"]
    assert bench._call("node-2").leave


def test_changes_are_numbered_and_expire(tmp_path: Path) -> None:
    bench = Bench(tmp_path, changes_kept=30)
    start = bench.cloud.resource_version
    heard: list[int] = []
    stop = bench.cloud.subscribe(lambda: heard.append(bench.cloud.resource_version))
    bench.submit("j")
    changes = bench.cloud.changes_since(start, 100)
    assert [c.resource_version for c in changes] == list(range(start + 1, start + len(changes) + 1))
    assert {c.kind for c in changes} == {"event", "job"} and heard == [changes[-1].resource_version]
    job = next(c.job for c in changes if c.kind == "job")
    assert job is not None and job.resource_version == bench.cloud.job("j").resource_version
    stop()
    bench.settle()
    bench.finish("j", 0)
    bench.settle()
    bench.cloud.delete_job("j", "bo")
    last = bench.cloud.changes_since(bench.cloud.resource_version - 1, 10)[0]
    assert (last.op, last.kind, last.id) == (ChangeOp.DELETE, "job", "j")
    assert len(heard) == 1
    for number in range(10):
        bench.submit(f"filler-{number}")
    with pytest.raises(VersionExpired):
        bench.cloud.changes_since(start, 100)
    with pytest.raises(VersionExpired):
        bench.cloud.changes_since(bench.cloud.resource_version + 1, 100)
    bench.reopen()
    assert bench.cloud.changes_since(bench.cloud.resource_version, 10) == []


def test_pages_stay_put_while_jobs_are_added(bench: Bench) -> None:
    for number in range(5):
        bench.submit(f"job-{number}")
    first = bench.cloud.jobs(limit=2)
    bench.submit("job-9")
    second = bench.cloud.jobs(limit=2, cursor=first.next_cursor)
    third = bench.cloud.jobs(limit=2, cursor=second.next_cursor)
    names = [job.name for page in (first, second, third) for job in page.items]
    assert names == ["job-4", "job-3", "job-2", "job-1", "job-0"]
    assert third.next_cursor is None and third.total == 6
    assert [
        j.name for j in bench.cloud.jobs(name_contains="9", states=[JobState.QUEUED]).items
    ] == ["job-9"]
    assert bench.cloud.jobs(owners=["bo"]).items == ()
    for cursor in ("nonsense", "é", "LTE"):
        with pytest.raises(InvalidFault):
            bench.cloud.jobs(cursor=cursor)


def test_logs_have_a_place_before_there_is_a_worker(bench: Bench) -> None:
    bench.submit("j", workers=2, accelerators_per_worker=9)
    log = bench.cloud.log_file("j", 1)
    assert (log.path.name, log.ended, log.attempt) == ("rank-1.attempt-0.log", False, 0)
    for rank, attempt in ((2, None), (0, 3), (-1, None)):
        with pytest.raises(NotFoundFault):
            bench.cloud.log_file("j", rank, attempt)
