"""What a write loses, in sentences for the plan."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from api_client.models.base import Money
from api_client.models.job import JobSummary
from console.analysis.job_loss import JobLoss, LossKind, job_loss
from console.analysis.rates import held_accelerators
from console.message import Message, say
from console.present.units import ESTIMATED, duration_text

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


def amount_words(money: Money) -> str:
    """An amount with its currency, in every language the same."""
    return f"{money.amount:.2f} {money.currency}"


def loss_effects(
    job: JobSummary, prices: PriceList | None, now: datetime, *, from_checkpoint: bool = True
) -> list[Message]:
    """What the job loses when its workers stop now."""
    loss = job_loss(job, prices, now, from_checkpoint=from_checkpoint)
    if loss.kind is LossKind.NOTHING:
        return [say("operation.effect.nothing_lost")]
    if loss.kind is LossKind.UNKNOWN:
        return [say("operation.effect.loss_unknown")]
    return [_work_lost(loss, from_checkpoint), *_price_of(loss, job.accelerators)]


def _work_lost(loss: JobLoss, from_checkpoint: bool) -> Message:
    if loss.kind is LossKind.ALL:
        name = "no_checkpoint" if from_checkpoint else "checkpoints_unused"
        return say(f"operation.effect.{name}")
    if loss.kind is LossKind.TIME:
        return say("operation.effect.since_checkpoint_lost")
    return say(
        "operation.effect.steps_lost",
        n=loss.steps,
        steps=loss.steps,
        checkpoint=loss.checkpoint_step,
    )


def _price_of(loss: JobLoss, accelerators: int) -> list[Message]:
    if loss.seconds is None:
        return []
    values = {"time": duration_text(loss.seconds), "accelerators": accelerators}
    if loss.money is None:
        return [say("operation.effect.time_lost", **values)]
    money = amount_words(loss.money)
    return [say("operation.effect.time_and_money_lost", **values, money=money)]


def evictions(jobs: Iterable[JobSummary], prices: PriceList | None, now: datetime) -> list[Message]:
    """What each job repeats that is moved off a node."""
    hurt = [job for job in jobs if held_accelerators(job)]
    return [_eviction(job, prices, now) for job in hurt] or [say("operation.effect.no_jobs")]


def _eviction(job: JobSummary, prices: PriceList | None, now: datetime) -> Message:
    loss = job_loss(job, prices, now)
    time = duration_text(0 if loss.kind is LossKind.NOTHING else loss.seconds)
    if loss.money is not None:
        time = f"{time} ({ESTIMATED} {amount_words(loss.money)})"
    name = {LossKind.ALL: "evicted_all", LossKind.UNKNOWN: "evicted_unknown"}.get(loss.kind)
    return say(f"operation.effect.{name or 'evicted'}", name=job.name, owner=job.owner, time=time)
