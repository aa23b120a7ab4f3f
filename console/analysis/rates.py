"""How fast a job goes, when it will end, and what it costs while it holds accelerators."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from api_client.models.base import Money
from api_client.models.billing import Estimate
from api_client.models.job import JobState, JobSummary, QuotaType

if TYPE_CHECKING:
    from api_client.models.prices import PriceItem, PriceList

SECONDS_PER_HOUR = Decimal(3600)
HOLDING_STATES = frozenset(
    {JobState.STARTING, JobState.RUNNING, JobState.RECOVERING, JobState.STOPPING}
)
"""States in which a job may hold accelerators."""

STALLED_AFTER_SECONDS = 600.0
"""A step rate read longer ago than this says nothing about when the job will end."""


def price_for(
    prices: PriceList | None, *, quota_type: str = QuotaType.RESERVED, model: str = ""
) -> PriceItem | None:
    """The price of one accelerator: the named model first, else the line for any model.

    `None` where the list has no line for it: unknown is never free.
    """
    if prices is None:
        return None
    hourly = [item for item in prices.items if item.unit == "accelerator-hour"]
    matching = [item for item in hourly if item.quota_type.upper() == str(quota_type).upper()]
    for wanted in dict.fromkeys((model.casefold(), "")):
        for item in matching:
            if item.accelerator_model.casefold() == wanted:
                return item
    return None


def money_for(price: PriceItem, accelerator_seconds: float | int | Decimal) -> Money:
    """What so many accelerator-seconds cost at a price, unrounded."""
    seconds = (
        Decimal(repr(accelerator_seconds))
        if isinstance(accelerator_seconds, float)
        else Decimal(accelerator_seconds)
    )
    return Money(amount=price.amount * seconds / SECONDS_PER_HOUR, currency=price.currency)


def held_accelerators(job: JobSummary) -> int:
    """How many accelerators the job holds now, as far as its summary says."""
    return job.accelerators if job.state in HOLDING_STATES and job.nodes else 0


def job_rate(job: JobSummary, prices: PriceList | None, *, model: str = "") -> Estimate | None:
    """What an hour of the job costs while it holds its accelerators; `None` without a price."""
    price = price_for(prices, quota_type=job.quota_type, model=model)
    if price is None:
        return None
    return Estimate(
        money=Money(amount=price.amount * job.accelerators, currency=price.currency),
        basis=f"{job.accelerators} accelerators at {price.amount} {price.currency} an hour",
    )


def job_cost(job: JobSummary, prices: PriceList | None, *, model: str = "") -> Estimate | None:
    """What the job cost so far: accelerator-seconds at today's price; `None` without a price."""
    price = price_for(prices, quota_type=job.quota_type, model=model)
    if price is None:
        return None
    return Estimate(
        money=money_for(price, job.accelerator_seconds),
        basis=f"{job.accelerator_seconds} accelerator-seconds at today's price",
    )


def spend_rate(
    jobs: Iterable[JobSummary], prices: PriceList | None, *, model: str = ""
) -> tuple[Estimate, ...]:
    """What the tenant spends an hour right now, one estimate a currency.

    Jobs without a price are named in `left_out`. Empty where nothing is priced.
    """
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    counts: defaultdict[str, int] = defaultdict(int)
    unpriced: list[str] = []
    for job in jobs:
        held = held_accelerators(job)
        if not held:
            continue
        price = price_for(prices, quota_type=job.quota_type, model=model)
        if price is None:
            unpriced.append(job.name)
            continue
        totals[price.currency] += price.amount * held
        counts[price.currency] += held
    return tuple(
        Estimate(
            money=Money(amount=total, currency=currency),
            basis=f"{counts[currency]} accelerators held now, at their hourly prices",
            left_out=tuple(unpriced),
        )
        for currency, total in sorted(totals.items())
    )


@dataclass(frozen=True, slots=True)
class SpendNow:
    """What is spent an hour, one amount a currency, and how many jobs have no price."""

    rates: tuple[Money, ...]
    unpriced_jobs: int


class HeldTally:
    """Accelerators held now by quota type, following each change of a job."""

    def __init__(self) -> None:
        self.accelerators: Counter[str] = Counter()
        self.jobs: Counter[str] = Counter()

    def put(self, job: JobSummary) -> None:
        """Count a job."""
        self._add(job, 1)

    def take(self, job: JobSummary) -> None:
        """Stop counting it as it was."""
        self._add(job, -1)

    def _add(self, job: JobSummary, sign: int) -> None:
        held = held_accelerators(job)
        if held:
            self.accelerators[job.quota_type] += sign * held
            self.jobs[job.quota_type] += sign

    def spend(self, prices: PriceList | None) -> SpendNow:
        """The same as `spend_rate` over every job counted, without their names."""
        totals: defaultdict[str, Decimal] = defaultdict(Decimal)
        unpriced = 0
        for quota_type, jobs in self.jobs.items():
            price = price_for(prices, quota_type=quota_type) if jobs else None
            if price is not None:
                totals[price.currency] += price.amount * self.accelerators[quota_type]
            elif jobs:
                unpriced += jobs
        rates = tuple(Money(amount=total, currency=code) for code, total in sorted(totals.items()))
        return SpendNow(rates, unpriced)


def step_rate(job: JobSummary) -> float | None:
    """Steps a second as last measured; `None` unless the job advances."""
    rate = job.progress.steps_per_second
    return rate if job.state is JobState.RUNNING and rate is not None and rate > 0 else None


def eta_seconds(job: JobSummary, now: datetime) -> float | None:
    """Seconds until the last step; `None` unless step, total and a fresh step rate are known."""
    rate, progress = step_rate(job), job.progress
    if rate is None or progress.step is None or progress.total_steps is None:
        return None
    since = 0.0
    if progress.updated is not None:
        since = max(0.0, (now - progress.updated).total_seconds())
        if since > STALLED_AFTER_SECONDS:
            return None
    return max(0.0, (progress.total_steps - progress.step) / rate - since)


def progress_share(job: JobSummary) -> float | None:
    """How much of its steps the job has done, 0..1; `None` where the total is unknown."""
    step, total = job.progress.step, job.progress.total_steps
    return None if step is None or not total or total < 0 else min(1.0, max(0.0, step / total))
