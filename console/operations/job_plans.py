"""Plans about jobs: stop, restart, delete, submit."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from api_client.models.base import Ref
from api_client.models.job import Job, JobState, JobSummary
from console.analysis.rates import held_accelerators, job_rate
from console.message import Message, say
from console.operations.loss import amount_words, loss_effects
from console.operations.plan import Confirm, Fact, Plan, Refused, Steps
from console.present.units import DASH, ESTIMATED, age_text

if TYPE_CHECKING:
    from api_client.models.job_spec import JobSpec
    from api_client.models.prices import PriceList

ALIVE = frozenset({JobState.QUEUED, JobState.STARTING, JobState.RUNNING, JobState.RECOVERING})


def _steps(job: JobSummary, write: Any, happened: Any) -> Steps:
    name = job.name
    return Steps(
        capability="jobs.write",
        read=lambda provider: provider.job(name),
        write=write,
        happened=happened,
        pinned=job.uid,
        identity=lambda found: str(found.uid),
        refresh=("jobs", f"job/{name}", f"workers/{name}"),
    )


def _ref(job: JobSummary) -> Ref:
    return Ref(kind="job", id=job.name)


def _facts(job: JobSummary, prices: PriceList | None, now: datetime) -> tuple[Fact, ...]:
    """The lines that pin a job in a dialog."""
    rate = job_rate(job, prices)
    lines = {
        "name": job.name,
        "uid": job.uid,
        "owner": job.owner,
        "state": job.native or job.state.value,
        "age": age_text(job.created, now),
        "accelerators": str(job.accelerators),
        "rate": DASH if rate is None else f"{ESTIMATED} {amount_words(rate.money)}/h",
    }
    return tuple(Fact(f"operation.fact.{name}", value) for name, value in lines.items())


def _workers_stop(job: JobSummary) -> list[Message]:
    if not held_accelerators(job):
        return []
    return [say("operation.effect.workers_stop", n=job.workers, workers=job.workers)]


def stop_plan(job: JobSummary, prices: PriceList | None, now: datetime, confirm: Confirm) -> Plan:
    """Stop every worker of a job.

    Raises:
        Refused: it has ended already.
    """
    if job.state.ended or job.state is JobState.STOPPING:
        raise Refused(say("operation.refused.ended", name=job.name, state=job.state.value))
    effects = [*_workers_stop(job), *loss_effects(job, prices, now)]

    def happened(found: Any) -> bool | None:
        return None if found is None else found.state not in ALIVE

    return Plan(
        action_id="x_job.cancel",
        target=_ref(job),
        title=say("operation.title.stop", name=job.name),
        facts=_facts(job, prices, now),
        effects=tuple(effects),
        undo=_restart_words(job),
        confirm=confirm,
        steps=_steps(
            job, lambda provider, reason: provider.stop_job(job.name, reason=reason), happened
        ),
    )


def _restart_words(job: JobSummary) -> Message:
    step = job.progress.checkpoint_step
    if step is None:
        return say("operation.undo.restart_from_start")
    return say("operation.undo.restart_from_checkpoint", step=step)


def restart_plan(
    job: JobSummary,
    prices: PriceList | None,
    now: datetime,
    confirm: Confirm,
    *,
    from_checkpoint: bool = True,
) -> Plan:
    """Start a job again, from its last checkpoint unless told otherwise."""
    step = job.progress.checkpoint_step if from_checkpoint else None
    effects: list[Message] = []
    if not job.state.ended:
        effects += _workers_stop(job)
        effects += loss_effects(job, prices, now, from_checkpoint=from_checkpoint)
    effects.append(
        say("operation.effect.starts_at_beginning")
        if step is None
        else say("operation.effect.starts_at_checkpoint", step=step)
    )

    def happened(found: Any) -> bool | None:
        if found is None:
            return None
        # Without a new attempt the request may still be on its way through the cloud.
        return True if found.attempt > job.attempt else None

    return Plan(
        action_id="x_job.requeue",
        target=_ref(job),
        title=say("operation.title.restart", name=job.name),
        facts=_facts(job, prices, now),
        effects=tuple(effects),
        undo=say("operation.undo.stop"),
        confirm=confirm,
        steps=_steps(
            job,
            lambda provider, reason: provider.restart_job(
                job.name, from_checkpoint=from_checkpoint
            ),
            happened,
        ),
    )


def delete_plan(job: JobSummary, prices: PriceList | None, now: datetime) -> Plan:
    """Remove an ended job for good.

    Raises:
        Refused: it has not ended.
    """
    if not job.state.ended:
        raise Refused(say("operation.refused.not_ended", name=job.name, state=job.state.value))
    return Plan(
        action_id="x_job.delete",
        target=_ref(job),
        title=say("operation.title.delete", name=job.name),
        facts=_facts(job, prices, now),
        effects=(say("operation.effect.deleted"),),
        undo=say("operation.undo.never"),
        confirm=Confirm.TYPE_NAME,
        steps=_steps(
            job,
            lambda provider, reason: provider.delete_job(job.name),
            lambda found: found is None or found.uid != job.uid,
        ),
    )


def submit_plan(spec: JobSpec, cost_per_hour: str, free: int | None, confirm: Confirm) -> Plan:
    """Create a job under the name the client chose."""
    wanted = spec.workers * spec.accelerators_per_worker
    lines = {
        "name": spec.name,
        "pool": spec.pool,
        "workers": str(spec.workers),
        "accelerators": str(wanted),
        "rate": cost_per_hour,
    }
    effects = [say("operation.effect.submitted", n=wanted, accelerators=wanted)]
    if free is not None and free < wanted:
        effects.append(say("operation.effect.waits", wanted=wanted, free=free))

    def happened(found: Any) -> bool | None:
        return found is not None and isinstance(found, Job) and found.spec == spec

    return Plan(
        action_id="global.new",
        target=Ref(kind="job", id=spec.name),
        title=say("operation.title.submit", name=spec.name),
        facts=tuple(Fact(f"operation.fact.{name}", value) for name, value in lines.items()),
        effects=tuple(effects),
        undo=say("operation.undo.stop"),
        confirm=confirm,
        steps=Steps(
            capability="jobs.write",
            read=lambda provider: provider.job(spec.name),
            write=lambda provider, reason: provider.create_job(spec),
            happened=happened,
            pinned="",
            identity=lambda found: str(found.uid),
            refresh=("jobs", "pools"),
        ),
    )
