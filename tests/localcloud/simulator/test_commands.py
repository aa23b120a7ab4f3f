from __future__ import annotations

from decimal import Decimal

import pytest

from api_client.models.event import EventReason
from api_client.models.job import Job, JobSpec, JobState
from localcloud.engine.errors import ConflictFault, InvalidFault, NotFoundFault
from localcloud.simulator.cloud import SimulatedCloud
from localcloud.simulator.contract import FAULT_KINDS
from tests.localcloud.simulator.small import given, pass_time, quiet, replayed


def running(cloud: SimulatedCloud, name: str = "mine", workers: int = 2) -> Job:
    spec = JobSpec(name=name, command="true", workers=workers, accelerators_per_worker=2)
    cloud.create_job(spec, "me")
    pass_time(cloud, 600)
    job = cloud.job(name)
    assert job.state == JobState.RUNNING
    return job


def reasons(cloud: SimulatedCloud, name: str) -> list[str]:
    return [e.reason for e in cloud.events(subject_kind="job", subject_id=name).items]


def test_a_submitted_job_runs_saves_and_succeeds() -> None:
    cloud = quiet()
    job = running(cloud)
    assert job.progress.step and job.progress.total_steps == 1200
    pass_time(cloud, 1800)
    assert cloud.job("mine").state == JobState.SUCCEEDED
    assert cloud.job("mine").exit_code == 0
    told = reasons(cloud, "mine")
    assert told[:4] == ["JobCreated", "JobQueued", "JobStarting", "JobRunning"]
    assert told.count("CheckpointSaved") == 9 and told[-1] == "JobSucceeded"
    with pytest.raises(ConflictFault):
        cloud.create_job(JobSpec(name="mine", command="true"), "me")
    with pytest.raises(ConflictFault):
        cloud.stop_job("mine", "", "me")


def test_stop_restart_delete() -> None:
    cloud = quiet()
    running(cloud)
    assert cloud.stop_job("mine", "enough", "me").state == JobState.STOPPING
    with pytest.raises(ConflictFault):
        cloud.delete_job("mine", "me")
    pass_time(cloud, 30)
    stopped = cloud.job("mine")
    assert (stopped.state, stopped.reason) == (JobState.STOPPED, "stopped by me: enough")
    cloud.restart_job("mine", True, "me")
    pass_time(cloud, 300)
    again = cloud.job("mine")
    assert (again.state, again.attempt) == (JobState.RUNNING, 1)
    assert again.progress.step > stopped.progress.checkpoint_step > 0
    cloud.restart_job("mine", False, "me")
    pass_time(cloud, 120)
    assert cloud.job("mine").progress.step < stopped.progress.checkpoint_step
    pass_time(cloud, 3600)
    version = cloud.resource_version
    cloud.delete_job("mine", "me")
    assert [(c.op, c.id) for c in cloud.changes_since(version, 9) if c.kind == "job"] == [
        ("DELETE", "mine")
    ]
    with pytest.raises(NotFoundFault):
        cloud.job("mine")


def test_a_job_that_waits_can_be_stopped() -> None:
    cloud = quiet()
    spec = JobSpec(name="huge", command="true", workers=9, accelerators_per_worker=8)
    assert "can never give 72 accelerators" in cloud.create_job(spec, "me").reason
    assert cloud.stop_job("huge", "", "me").state == JobState.STOPPED
    assert reasons(cloud, "huge")[-1] == "JobStopped"


def test_a_queue_says_how_many_are_ahead() -> None:
    cloud = quiet()
    for name in ("first", "second", "third"):
        spec = JobSpec(name=name, command="true", workers=8, accelerators_per_worker=8)
        cloud.create_job(spec, "me")
    waits = [cloud.job(name).reason for name in ("second", "third")]
    assert waits[0] == "Waiting for 64 accelerators in pool train-a"
    assert waits[1].endswith("; 1 job is ahead")


def test_nodes_are_cordoned_drained_and_opened() -> None:
    cloud = quiet()
    job = running(cloud, workers=1)
    name = job.nodes[0]
    with pytest.raises(InvalidFault):
        cloud.drain(name, " ", "me")
    assert cloud.cordon(name, "looks odd", "me").scheduling == "CORDONED"
    assert cloud.drain(name, "repair", "me").scheduling == "DRAINING"
    pass_time(cloud, 300)
    node = cloud.node(name)
    assert (node.scheduling, node.allocated, node.reason) == ("DRAINED", 0, "repair")
    assert cloud.job("mine").state == JobState.RUNNING and name not in cloud.job("mine").nodes
    assert cloud.uncordon(name, "", "me").scheduling == "OPEN"
    told = [e.reason for e in cloud.events(subject_kind="node", subject_id=name).items]
    assert told[-4:] == ["NodeCordoned", "NodeDraining", "NodeDrained", "NodeUncordoned"]


def test_a_rebooted_node_loses_its_job_and_comes_back() -> None:
    cloud = quiet()
    name = running(cloud, workers=1).nodes[0]
    cloud.reboot(name, "new kernel", "me")
    assert cloud.node(name).health == "FAILED"
    pass_time(cloud, 60)
    assert cloud.job("mine").restarts == 1
    pass_time(cloud, 200)
    assert (cloud.node(name).health, cloud.node(name).scheduling) == ("HEALTHY", "OPEN")


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_every_fault_makes_an_incident_that_is_recovered_from(kind: str) -> None:
    cloud = quiet()
    running(cloud)
    struck = cloud.inject(kind, job="mine", seconds=900)
    assert struck.job == "mine" and struck.node in cloud.job("mine").nodes
    pass_time(cloud, 640)
    detected = [
        e for e in cloud.events(subject_id="mine").items if e.reason == EventReason.FAILURE_DETECTED
    ]
    assert len(detected) == 1
    failed, saved = (detected[0].fields[f"{at}_step"] for at in ("failed", "checkpoint"))
    assert isinstance(failed, int) and isinstance(saved, int) and failed >= saved
    pass_time(cloud, 120)
    told = reasons(cloud, "mine")
    after = [r for r in told[told.index("FailureDetected") :] if r != "CheckpointSaved"]
    assert after[:6] == [
        "FailureDetected",
        "GangIsolated",
        "GangRescheduled",
        "CheckpointRestored",
        "JobRunning",
        "TrainingResumed",
    ]
    pass_time(cloud, 7200)
    assert cloud.job("mine").state == JobState.SUCCEEDED
    assert cloud.node(struck.node).health == "HEALTHY"


def test_the_fault_is_on_its_node_until_it_is_repaired() -> None:
    cloud = quiet()
    running(cloud)
    struck = cloud.inject("xid", job="mine", seconds=900)
    pass_time(cloud, 60)
    node = cloud.node(struck.node)
    assert (node.health, node.scheduling) == ("DEGRADED", "CORDONED")
    faults = [fault for device in node.devices for fault in device.faults]
    assert [fault.code for fault in faults] == ["XID 79"]
    assert any(c.type == "AcceleratorsHealthy" and c.status is False for c in node.conditions)
    assert struck.node not in cloud.job("mine").nodes or cloud.job("mine").attempt == 0
    pass_time(cloud, 900)
    assert cloud.node(struck.node).health == "HEALTHY"


def test_faults_nobody_can_inject() -> None:
    cloud = quiet()
    with pytest.raises(InvalidFault):
        cloud.inject("xid")
    for wrong in ({"kind": "flood"}, {"kind": "xid", "seconds": -1.0}):
        with pytest.raises(InvalidFault):
            cloud.inject(**wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFoundFault):
        cloud.inject("xid", node="nowhere")
    with pytest.raises(NotFoundFault):
        cloud.inject("xid", job="nothing")


def test_a_fault_strikes_a_replayed_job_too() -> None:
    cloud = replayed([given("a", 0, [(1, 4000)], 2000)], 8)
    pass_time(cloud, 100)
    cloud.inject("node", job="a", seconds=60)
    pass_time(cloud, 600)
    assert cloud.job("a").attempt == 1
    pass_time(cloud, 9000)
    assert cloud.job("a").state == JobState.SUCCEEDED


def test_new_prices_count_from_now_on() -> None:
    cloud = quiet()
    running(cloud)
    before = sum(c.billed_cost for c in cloud.charges(resource_name="mine").items)
    old = cloud.prices()
    items = tuple(item.model_copy(update={"amount": Decimal(0)}) for item in old.items)
    cloud.set_prices(old.model_copy(update={"items": items}))
    pass_time(cloud, 7200)
    charges = cloud.charges(resource_name="mine").items
    assert sum(c.billed_cost for c in charges) == before > 0
    assert {c.list_unit_price for c in charges} == {Decimal(0), Decimal("17.50")}
