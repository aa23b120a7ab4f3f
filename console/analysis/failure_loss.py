"""What one failure cost: repeated steps, accelerator time, money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from api_client.models.base import Money
from api_client.models.event import Event
from api_client.models.job import JobSummary, QuotaType
from console.analysis.event_fields import integer, text
from console.analysis.failures import Failure
from console.analysis.rates import money_for, price_for

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


@dataclass(frozen=True, slots=True)
class FailureLoss:
    """What is known of a loss; `None` where it is not known."""

    checkpoint_step: int | None
    steps: int | None
    accelerator_seconds: float | None
    money: Money | None


def failure_loss(
    failure: Failure,
    *,
    until: datetime | None,
    before: Failure | None,
    job: JobSummary | None,
    step_seconds: float | None,
    prices: PriceList | None,
) -> FailureLoss:
    """The loss of one failure.

    Args:
        until: when the waiting ended; `None` where nobody knows.
        before: the failure before this one.
    """
    event, restored = failure.event, failure.phases.get("restored")
    # The gang may save once more while it is stopped: where it went on from is the truth.
    checkpoint = integer(restored, "checkpoint_step") if restored is not None else None
    if checkpoint is None:
        checkpoint = integer(event, "checkpoint_step")
    unbroken = before is not None and before.end is None and "resumed" not in before.phases
    steps = _lost_steps(
        event,
        checkpoint,
        resumed=failure.phases.get("resumed"),
        before=before.event if before is not None and unbroken else None,
    )
    seconds = _accelerator_seconds(failure, until, steps, job, step_seconds)
    return FailureLoss(checkpoint, steps, seconds, _money(event, seconds, job, prices))


def _lost_steps(
    failure: Event, checkpoint: int | None, *, resumed: Event | None, before: Event | None
) -> int | None:
    """Steps to repeat; none where the failure before, from which no step was made, has counted
    the same ones already."""
    failed = integer(failure, "failed_step")
    if failed is None:
        return None
    if before is not None and integer(before, "failed_step") == failed:
        return 0
    if checkpoint is not None:
        return max(0, failed - checkpoint)
    first = integer(resumed, "step") if resumed is not None else None
    # Without a checkpoint the first new step bounds from below what is done again.
    return failed - first if first is not None and first < failed else None


def _accelerator_seconds(
    failure: Failure,
    end: datetime | None,
    steps: int | None,
    job: JobSummary | None,
    step_seconds: float | None,
) -> float | None:
    accelerators = integer(failure.event, "accelerators")
    if accelerators is None and job is not None:
        accelerators = job.accelerators
    if accelerators is None or end is None:
        return None
    waited = max(0.0, (end - failure.happened).total_seconds())
    repeated = (steps or 0) * (step_seconds or 0.0)
    return accelerators * (waited + repeated)


def _money(
    failure: Event, seconds: float | None, job: JobSummary | None, prices: PriceList | None
) -> Money | None:
    quota = text(failure, "quota_type") or (job.quota_type if job else QuotaType.RESERVED)
    price = price_for(prices, quota_type=quota, model=text(failure, "accelerator_model"))
    return None if price is None or seconds is None else money_for(price, seconds)
