"""What a job loses when it is stopped now: steps, time and money since its last checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api_client.models.base import Money
from api_client.models.billing import PriceList
from api_client.models.job import JobState, JobSummary
from console.analysis.rates import job_rate, money_for, price_for
from console.message import Message, say
from console.operations.plan import Fact
from console.present.units import age_text, duration_text


@dataclass(frozen=True, slots=True)
class Loss:
    """`None` where it is not known."""

    steps: int | None
    seconds: float | None
    money: Money | None


def loss_of(job: JobSummary, prices: PriceList | None, now: datetime) -> Loss:
    """Work since the last checkpoint (or the start of the attempt) that stopping throws away."""
    progress = job.progress
    steps = None
    if progress.step is not None:
        steps = max(0, progress.step - (progress.checkpoint_step or 0))
    since = progress.checkpoint_time or job.started
    if since is not None and job.started is not None:
        since = max(since, job.started)
    seconds = None if since is None else max(0.0, (now - since).total_seconds())
    price = price_for(prices, quota_type=job.quota_type)
    money = None
    if price is not None and seconds is not None:
        money = money_for(price, seconds * job.accelerators)
    return Loss(steps, seconds, money)


def amount_words(money: Money) -> str:
    """An amount with its currency, in every language the same."""
    return f"{money.amount:.2f} {money.currency}"


def loss_effects(job: JobSummary, prices: PriceList | None, now: datetime) -> list[Message]:
    """What is lost, in sentences."""
    if job.state is JobState.QUEUED or (job.started is None and job.progress.step is None):
        return [say("operation.effect.nothing_lost")]
    loss = loss_of(job, prices, now)
    checkpoint = job.progress.checkpoint_step
    effects: list[Message] = []
    if checkpoint is None:
        effects.append(say("operation.effect.no_checkpoint"))
    elif loss.steps is not None:
        values = {"n": loss.steps, "steps": loss.steps, "checkpoint": checkpoint}
        effects.append(say("operation.effect.steps_lost", **values))
    if loss.seconds is not None and job.accelerators:
        time, count = duration_text(loss.seconds), job.accelerators
        if loss.money is None:
            effects.append(say("operation.effect.time_lost", time=time, accelerators=count))
        else:
            money = amount_words(loss.money)
            key = "operation.effect.time_and_money_lost"
            effects.append(say(key, time=time, accelerators=count, money=money))
    return effects


def job_facts(job: JobSummary, prices: PriceList | None, now: datetime) -> tuple[Fact, ...]:
    """The lines that pin a job in a dialog."""
    rate = job_rate(job, prices)
    lines = {
        "name": job.name,
        "uid": job.uid,
        "owner": job.owner,
        "state": job.native or job.state.value,
        "age": age_text(job.created, now),
        "accelerators": str(job.accelerators),
        "rate": "—" if rate is None else f"≈ {amount_words(rate.money)}/h",
    }
    return tuple(Fact(f"operation.fact.{name}", value) for name, value in lines.items())
