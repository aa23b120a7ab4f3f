"""Sums of charges by day, month and group, exact and never across currencies; idle slots."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from api_client.models.base import Money
from api_client.models.billing import Charge, Estimate
from api_client.models.compute import NodeSummary
from console.analysis.capacity import free_slots
from console.analysis.rates import price_for

if TYPE_CHECKING:
    from api_client.models.prices import PriceList

ACCELERATOR_HOUR_UNITS = frozenset({"accelerator-hour", "accelerator-hours"})
ACCELERATOR_SECOND_UNITS = frozenset({"accelerator-second", "accelerator-seconds"})


class GroupBy(StrEnum):
    """What charges can be summed by."""

    JOB = "job"
    USER = "user"
    POOL = "pool"
    SKU = "sku"
    PROJECT = "project"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class SpendGroup:
    """The charges of one group in one currency.

    Attributes:
        name: empty where the charges do not say.
        share: of everything charged in this currency, 0..1; `None` where that is nothing.
        accelerator_seconds: exact, where every charge says it; else `None`.
    """

    name: str
    cost: Money
    charges: int
    share: float | None
    accelerator_seconds: Decimal | None


def total(charges: Iterable[Charge]) -> tuple[Money, ...]:
    """The billed cost, one amount a currency, by currency code."""
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for charge in charges:
        sums[charge.billing_currency] += charge.billed_cost
    return tuple(Money(amount=amount, currency=code) for code, amount in sorted(sums.items()))


def charges_since(charges: Iterable[Charge], start: datetime) -> tuple[Charge, ...]:
    """Charges whose charge period starts at or after a moment."""
    return tuple(charge for charge in charges if charge.charge_period_start >= start)


def day_start(now: datetime, zone: tzinfo) -> datetime:
    """Midnight of today in the billing zone."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def month_start(now: datetime, zone: tzinfo) -> datetime:
    """Midnight of the first of this month in the billing zone."""
    return day_start(now, zone).replace(day=1)


def today(charges: Iterable[Charge], now: datetime, zone: tzinfo) -> tuple[Money, ...]:
    """What charge periods that began today cost."""
    return total(charges_since(charges, day_start(now, zone)))


def month_to_date(charges: Iterable[Charge], now: datetime, zone: tzinfo) -> tuple[Money, ...]:
    """What charge periods that began this month cost."""
    return total(charges_since(charges, month_start(now, zone)))


def group_key(charge: Charge, by: GroupBy, zone: tzinfo) -> str:
    """The group a charge falls into; empty where the charge does not say."""
    return _READERS[by](charge, zone) or ""


_READERS: Mapping[GroupBy, Callable[[Charge, tzinfo], str | None]] = {
    GroupBy.JOB: lambda charge, zone: charge.resource_name,
    GroupBy.USER: lambda charge, zone: charge.tags.get("user"),
    GroupBy.POOL: lambda charge, zone: charge.tags.get("pool"),
    GroupBy.SKU: lambda charge, zone: charge.sku_id,
    GroupBy.PROJECT: lambda charge, zone: charge.sub_account_name or charge.tags.get("project"),
    GroupBy.DAY: lambda charge, zone: (
        charge.charge_period_start.astimezone(zone).date().isoformat()
    ),
}


def accelerator_seconds(charge: Charge) -> Decimal | None:
    """The accelerator time a charge is for; `None` where it is for something else."""
    if charge.consumed_quantity is None or charge.consumed_unit is None:
        return None
    unit = charge.consumed_unit.casefold()
    if unit in ACCELERATOR_SECOND_UNITS:
        return charge.consumed_quantity
    return charge.consumed_quantity * 3600 if unit in ACCELERATOR_HOUR_UNITS else None


def grouped(charges: Iterable[Charge], by: GroupBy, zone: tzinfo) -> tuple[SpendGroup, ...]:
    """Sums by group and currency, the dearest first; days in order of time."""
    members: defaultdict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        members[charge.billing_currency, group_key(charge, by, zone)].append(charge)
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (currency, _), group in members.items():
        totals[currency] += sum((charge.billed_cost for charge in group), Decimal())
    groups = [
        _group(name, currency, group, totals[currency])
        for (currency, name), group in members.items()
    ]
    if by is GroupBy.DAY:
        return tuple(sorted(groups, key=lambda group: (group.name, group.cost.currency)))
    return tuple(
        sorted(groups, key=lambda group: (group.cost.currency, -group.cost.amount, group.name))
    )


def _group(name: str, currency: str, charges: list[Charge], of: Decimal) -> SpendGroup:
    cost = sum((charge.billed_cost for charge in charges), Decimal())
    seconds = [accelerator_seconds(charge) for charge in charges]
    known = [each for each in seconds if each is not None]
    return SpendGroup(
        name=name,
        cost=Money(amount=cost, currency=currency),
        charges=len(charges),
        share=float(cost / of) if of else None,
        accelerator_seconds=sum(known, Decimal()) if len(known) == len(seconds) else None,
    )


@dataclass(frozen=True, slots=True)
class IdleSlots:
    """Slots that could work and do not: how many, and what an hour of them is worth."""

    slots: int
    rate: Estimate | None


def idle_slots(nodes: Iterable[NodeSummary], prices: PriceList | None) -> IdleSlots:
    """Unallocated slots of healthy nodes that take new work, at list price."""
    free: defaultdict[str, int] = defaultdict(int)
    for node in nodes:
        free[node.accelerator_model] += free_slots(node)
    return idle_worth(free, prices)


def idle_worth(free_by_model: Mapping[str, int], prices: PriceList | None) -> IdleSlots:
    """So many free slots of each accelerator model, and what an hour of them is worth.

    The rate is an estimate at list price: whether idle slots are charged is the contract's
    matter. `None` where a price is missing or prices come in several currencies.
    """
    slots, priced = 0, True
    worth: defaultdict[str, Decimal] = defaultdict(Decimal)
    for model, free in free_by_model.items():
        slots += free
        price = price_for(prices, model=model) if free else None
        if price is not None:
            worth[price.currency] += price.amount * free
        priced = priced and (price is not None or not free)
    if not priced or len(worth) != 1:
        return IdleSlots(slots, None)
    ((currency, amount),) = worth.items()
    basis = f"{slots} free slots of healthy open nodes at list price"
    return IdleSlots(slots, Estimate(money=Money(amount=amount, currency=currency), basis=basis))


class ChargeTally:
    """Billed cost by day (UTC) and currency, following each charge that comes or changes."""

    def __init__(self) -> None:
        self._days: dict[date, Counter[str]] = {}
        self._costs: dict[tuple[date, str], Decimal] = {}

    def put(self, charge: Charge) -> None:
        """Count a charge."""
        self._add(charge, 1)

    def take(self, charge: Charge) -> None:
        """Stop counting it as it was."""
        self._add(charge, -1)

    def _add(self, charge: Charge, sign: int) -> None:
        day, code = charge.charge_period_start.astimezone(UTC).date(), charge.billing_currency
        counted = self._days.setdefault(day, Counter())
        counted[code] += sign
        key = (day, code)
        self._costs[key] = self._costs.get(key, Decimal()) + sign * charge.billed_cost
        if not counted[code]:
            del counted[code], self._costs[key]
        if not counted:
            del self._days[day]

    def since(self, first: date) -> tuple[Money, ...]:
        """What charge periods that began on that day or later cost, by currency code."""
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for day, codes in self._days.items():
            for code in codes if day >= first else ():
                sums[code] += self._costs[day, code]
        return tuple(Money(amount=amount, currency=code) for code, amount in sorted(sums.items()))
