"""What a job loses when its workers stop now: steps, time and money since its checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from api_client.models.base import Money
from api_client.models.job import JobSummary
from console.analysis.rates import held_accelerators, money_for, price_for

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


class LossKind(Enum):
    """What is known of the work that is lost."""

    NOTHING = auto()
    """No worker runs."""
    STEPS = auto()
    """The steps since a checkpoint."""
    TIME = auto()
    """What ran since a checkpoint, in time only."""
    ALL = auto()
    """Everything: there is no checkpoint, or it will not be used."""
    UNKNOWN = auto()
    """The job says nothing; it may well keep checkpoints nobody sees."""


@dataclass(frozen=True, slots=True)
class JobLoss:
    """The work one job loses; `None` where it is not known.

    Attributes:
        steps: since the checkpoint.
        seconds: of running since the checkpoint, or since the start where there is none.
        money: what those seconds cost on all accelerators of the job.
        checkpoint_step: where it can go on from.
    """

    kind: LossKind
    steps: int | None = None
    seconds: float | None = None
    money: Money | None = None
    checkpoint_step: int | None = None


def job_loss(
    job: JobSummary, prices: PriceList | None, now: datetime, *, from_checkpoint: bool = True
) -> JobLoss:
    """What the job loses when its workers stop now and it begins again, if it ever does."""
    progress = job.progress
    if not held_accelerators(job) or (job.started is None and progress.step is None):
        return JobLoss(LossKind.NOTHING)
    saved = progress.checkpoint_step is not None or progress.checkpoint_time is not None
    if not (saved and from_checkpoint):
        seconds = job.accelerator_seconds / job.accelerators
        silent = progress.step is None and progress.updated is None and from_checkpoint
        kind = LossKind.UNKNOWN if silent else LossKind.ALL
        return JobLoss(kind, progress.step, seconds, _money(job, seconds, prices))
    since, steps = _since(job, now), None
    if progress.step is not None and progress.checkpoint_step is not None:
        steps = max(0, progress.step - progress.checkpoint_step)
    if steps is not None:
        kind = LossKind.STEPS
    else:
        kind = LossKind.UNKNOWN if since is None else LossKind.TIME
    return JobLoss(kind, steps, since, _money(job, since, prices), progress.checkpoint_step)


def _since(job: JobSummary, now: datetime) -> float | None:
    """Seconds of work since the checkpoint: an attempt that began later has worked less."""
    saved = job.progress.checkpoint_time
    if saved is None:
        return None
    begun = saved if job.started is None else max(saved, job.started)
    return max(0.0, (now - begun).total_seconds())


def _money(job: JobSummary, seconds: float | None, prices: PriceList | None) -> Money | None:
    price = price_for(prices, quota_type=job.quota_type)
    if price is None or seconds is None:
        return None
    return money_for(price, seconds * job.accelerators)
