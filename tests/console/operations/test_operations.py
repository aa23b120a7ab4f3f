from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from api_client.errors import Conflict, OutcomeUnknown, Permission
from api_client.models.compute import Scheduling
from api_client.models.job import JobSpec, JobState, Progress
from console.actions.registry import ACTIONS
from console.audit import Audit
from console.operations.operations import Operations
from console.operations.plan import Confirm, Refused
from console.profiles import Profile, ProviderChoice
from console.session import Session
from console.text import Translator
from tests.console.fakes import T0, FakeTenant, make_job, make_node

T1 = T0.replace(minute=10)


@pytest.fixture
def tenant() -> FakeTenant:
    tenant = FakeTenant()
    tenant.job_items = {
        "a": make_job("a"),
        "b": make_job("b"),
        "done": make_job("done", JobState.SUCCEEDED),
    }
    tenant.node_items = {"n": make_node("n", jobs=("a",), allocated=2)}
    return tenant


@pytest.fixture
def audit(tmp_path: Path) -> Audit:
    return Audit(tmp_path / "audit.jsonl")


def operations_of(tenant: FakeTenant, audit: Audit, **profile: Any) -> Operations:
    made = Profile(name="lab", services={"training": ProviderChoice(provider="tenant")}, **profile)
    session = Session(made, audit=audit, opener=lambda choice: tenant, keep_history=False)
    return Operations(session, clock=lambda: T1)


def outcomes(audit: Audit) -> list[str]:
    return [entry.outcome for entry in audit.entries()]


async def test_stopping_states_its_consequences_and_is_recorded(
    tenant: FakeTenant, audit: Audit
) -> None:
    operations = operations_of(tenant, audit)
    plan = await operations.plan_stop("a")
    said = " ".join(Translator("en").say(effect) for effect in plan.effects)
    assert "20 steps since the checkpoint at step 100 are lost" in said
    assert "10m on 2 accelerators, about 3.33 CNY" in said
    assert {f.label_key: f.value for f in plan.facts}["operation.fact.rate"] == "≈ 20.00 CNY/h"
    assert plan.confirm is Confirm.ASK and "stop a" not in tenant.calls
    outcome = await operations.perform(plan, reason="slow")
    assert outcome.ok and tenant.calls.count("stop a") == 1
    assert outcomes(audit) == ["attempt", "done"]
    entry = next(audit.entries())
    assert (entry.action, entry.target, entry.reason) == ("x_job.cancel", "job/a", "slow")
    assert (entry.principal, entry.profile) == ("kim", "lab")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_sentence_is_in_the_catalogue(
    tenant: FakeTenant, audit: Audit, language: str
) -> None:
    operations = operations_of(tenant, audit)
    tenant.job_items["fresh"] = make_job("fresh", progress=Progress(step=5))
    tenant.job_items["queued"] = make_job("queued", JobState.QUEUED, started=None)
    tenant.node_items["c"] = make_node("c", scheduling=Scheduling.CORDONED)
    plans = [
        await operations.plan_stop("fresh"),
        await operations.plan_stop("queued"),
        await operations.plan_restart("a"),
        await operations.plan_restart("fresh", from_checkpoint=False),
        await operations.plan_delete("done"),
        await operations.plan_submit(JobSpec(name="new", command="true", workers=3)),
        await operations.plan_cordon("n"),
        await operations.plan_uncordon("c"),
        await operations.plan_drain("n"),
        await operations.plan_reboot("n"),
    ]
    translator = Translator(language)
    for plan in plans:
        outcome = await operations.perform(plan, reason="test")
        assert outcome.ok, translator.say(outcome.sentence)
        for message in (plan.title, plan.undo, *plan.effects, outcome.sentence):
            said = translator.say(message)
            assert said != message.key and "{" not in said
        for fact in plan.facts:
            assert translator.has(fact.label_key)
    for action in ACTIONS.values():
        assert translator.has(action.title_key), action.id


async def test_read_only_and_wrong_states_are_refused_before_anything(
    tenant: FakeTenant, audit: Audit
) -> None:
    with pytest.raises(Refused) as caught:
        await operations_of(tenant, audit, read_only=True).plan_stop("a")
    assert caught.value.message.key == "operation.refused.read_only"
    operations = operations_of(tenant, audit)
    for planning in (
        operations.plan_stop("done"),
        operations.plan_delete("a"),
        operations.plan_uncordon("n"),
    ):
        with pytest.raises(Refused):
            await planning
    assert outcomes(audit) == []


async def test_careful_profiles_and_large_jobs_ask_for_the_name(
    tenant: FakeTenant, audit: Audit
) -> None:
    protected = operations_of(tenant, audit, protected=True)
    assert (await protected.plan_stop("a")).confirm is Confirm.TYPE_NAME
    operations = operations_of(tenant, audit)
    tenant.job_items["big"] = make_job("big", accelerators=64)
    assert (await operations.plan_stop("big")).confirm is Confirm.TYPE_NAME
    assert (await operations.plan_delete("done")).confirm is Confirm.TYPE_NAME
    assert (await operations.plan_reboot("n")).confirm is Confirm.TYPE_NAME


async def test_another_object_under_the_same_name_is_left_alone(
    tenant: FakeTenant, audit: Audit
) -> None:
    operations = operations_of(tenant, audit)
    plan = await operations.plan_stop("a")
    tenant.job_items["a"] = make_job("a", uid="other")
    outcome = await operations.perform(plan)
    assert outcome.ok is False and isinstance(outcome.error, Conflict)
    assert "stop a" not in tenant.calls and outcomes(audit) == []


async def test_a_taken_name_is_not_created_again(tenant: FakeTenant, audit: Audit) -> None:
    operations = operations_of(tenant, audit)
    plan = await operations.plan_submit(JobSpec(name="a", command="true"))
    outcome = await operations.perform(plan)
    assert outcome.ok is False and "create a" not in tenant.calls


async def test_what_cannot_be_recorded_is_not_sent(tenant: FakeTenant, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    operations = operations_of(tenant, Audit(tmp_path / "file" / "audit.jsonl"))
    outcome = await operations.perform(await operations.plan_stop("a"))
    assert outcome.ok is False and outcome.sentence.key == "operation.refused.audit"
    assert "stop a" not in tenant.calls


async def test_a_lost_answer_is_settled_by_reading(
    tenant: FakeTenant, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.operations.perform.RECONCILE_SECONDS", 0.001)
    operations = operations_of(tenant, audit)
    tenant.write_error = OutcomeUnknown("stop job a", "connection lost")
    tenant.lose_answer = True
    done = await operations.perform(await operations.plan_stop("a"))
    assert done.ok is True and done.sentence.key == "operation.outcome.confirmed"
    tenant.lose_answer = False
    lost = await operations.perform(await operations.plan_stop("b"))
    assert lost.ok is False and lost.sentence.key == "operation.outcome.not_happened"
    unknown = await operations.perform(await operations.plan_restart("b"))
    assert unknown.ok is None
    assert tenant.calls.count("stop a") == 1 and tenant.calls.count("restart b") == 1
    assert outcomes(audit) == ["attempt", "done", "attempt", "failed", "attempt", "unknown"]


async def test_refusals_of_the_cloud_and_interruptions_are_recorded(
    tenant: FakeTenant, audit: Audit
) -> None:
    operations = operations_of(tenant, audit)
    tenant.write_error = Permission("stop job a", "role missing", request_id="r-9")
    outcome = await operations.perform(await operations.plan_stop("a"))
    assert outcome.ok is False
    assert list(audit.entries())[-1].request_id == "r-9"
    tenant.write_error = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await operations.perform(await operations.plan_stop("a"))
    assert outcomes(audit)[-1] == "unknown"


async def test_a_reason_is_required_for_nodes(tenant: FakeTenant, audit: Audit) -> None:
    operations = operations_of(tenant, audit)
    plan = await operations.plan_cordon("n")
    assert (await operations.perform(plan, reason="  ")).ok is False
    assert (await operations.perform(plan, reason="fan")).ok
    assert "cordon n: fan" in tenant.calls


async def test_bulk_goes_on_after_a_failure(tenant: FakeTenant, audit: Audit) -> None:
    operations = operations_of(tenant, audit)
    plans = [await operations.plan("x_job.cancel", name) for name in ("a", "b")]
    tenant.job_items["a"] = make_job("a", uid="other")
    results = [outcome.ok async for outcome in operations.perform_all(plans)]
    assert results == [False, True]
