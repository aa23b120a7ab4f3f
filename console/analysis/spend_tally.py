"""Sums of charges by group, kept while charges come and change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from api_client.models.base import Money
from api_client.models.billing import Charge
from console.analysis.spend import GroupBy, SpendGroup, accelerator_seconds, group_key

_ZERO = Decimal()


@dataclass(frozen=True, slots=True)
class SpendSum:
    """The charges of one group in one currency; `timeless` of them say no accelerator time."""

    name: str
    currency: str
    cost: Decimal
    charges: int
    seconds: Decimal
    timeless: int


class SpendTally:
    """Sums by group and currency over the charges that pass a test."""

    def __init__(self, by: GroupBy, zone: tzinfo, test: Callable[[Charge], bool]) -> None:
        self.by = by
        self.sums: dict[str, SpendSum] = {}
        """By a key that stays the same while the group has charges."""
        self.changed: set[str] = set()
        """Keys of sums that are new, other or gone; who has read them clears it."""
        self.charges = 0
        self._zone, self._test = zone, test
        self._totals: defaultdict[str, Decimal] = defaultdict(Decimal)

    def put(self, charge: Charge) -> None:
        """Count a charge."""
        if self._test(charge):
            self._add(charge, 1)

    def take(self, charge: Charge) -> None:
        """Stop counting it as it was."""
        if self._test(charge):
            self._add(charge, -1)

    def _add(self, charge: Charge, sign: int) -> None:
        name, currency = group_key(charge, self.by, self._zone), charge.billing_currency
        key = f"{name}|{currency}"
        known, seconds = self.sums.get(key), accelerator_seconds(charge)
        self.charges += sign
        self._totals[currency] += sign * charge.billed_cost
        self.changed.add(key)
        if known is None:
            timeless = int(seconds is None)
            cost, time = charge.billed_cost, seconds or _ZERO
            self.sums[key] = SpendSum(name, currency, cost, 1, time, timeless)
            return
        if known.charges + sign == 0:
            del self.sums[key]
            return
        self.sums[key] = SpendSum(
            name,
            currency,
            known.cost + sign * charge.billed_cost,
            known.charges + sign,
            known.seconds + sign * (seconds or _ZERO),
            known.timeless + sign * (seconds is None),
        )

    @property
    def totals(self) -> Mapping[str, Decimal]:
        """What everything counted cost, by currency."""
        return self._totals

    def group(self, known: SpendSum) -> SpendGroup:
        """A sum with its share of everything counted in its currency."""
        of = self._totals[known.currency]
        return SpendGroup(
            name=known.name,
            cost=Money(amount=known.cost, currency=known.currency),
            charges=known.charges,
            share=float(known.cost / of) if of else None,
            accelerator_seconds=None if known.timeless else known.seconds,
        )
