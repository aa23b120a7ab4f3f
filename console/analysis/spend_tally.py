"""Sums of charges by group, kept while charges come and change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import Decimal

from api_client.models.base import Money
from api_client.models.billing import Charge
from api_client.models.slim import Slim
from console.analysis.charged import added, decimal_of, units_of
from console.analysis.spend import GroupBy, SpendGroup, accelerator_seconds, group_key


class SpendSum(Slim):
    """The charges of one group in one currency; `timeless` of them say no accelerator time.

    There are as many as jobs, so amounts are kept as whole numbers of their last decimal place.
    """

    name: str
    currency: str
    charges: int
    timeless: int
    cost_units: int
    cost_places: int
    second_units: int
    second_places: int

    @property
    def cost(self) -> Decimal:
        """Exact."""
        return decimal_of(self.cost_units, self.cost_places)

    @property
    def seconds(self) -> Decimal:
        """Accelerator seconds of the charges that say them, exact."""
        return decimal_of(self.second_units, self.second_places)

    def plus(self, sign: int, cost: Decimal, seconds: Decimal | None) -> SpendSum:
        """The sum with one charge more, or less where `sign` is -1."""
        units, places = units_of(cost)
        time, of = (0, 0) if seconds is None else units_of(seconds)
        cost_units, cost_places = added(self.cost_units, self.cost_places, sign * units, places)
        second_units, second_places = added(self.second_units, self.second_places, sign * time, of)
        return SpendSum(
            name=self.name,
            currency=self.currency,
            charges=self.charges + sign,
            timeless=self.timeless + sign * (seconds is None),
            cost_units=cost_units,
            cost_places=cost_places,
            second_units=second_units,
            second_places=second_places,
        )


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
        self._plain = ""
        """The currency whose sums go by their names alone."""
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
        # No name holds the character between, and most tenants are billed in one currency.
        key = name if currency == self._first(currency) else f"{name}\0{currency}"
        known, seconds = self.sums.get(key), accelerator_seconds(charge)
        cost = charge.billed_cost
        self.charges += sign
        self._totals[currency] += sign * cost
        self.changed.add(key)
        put = (known or _nothing(name, currency)).plus(sign, cost, seconds)
        if put.charges:
            self.sums[key] = put
        else:
            del self.sums[key]

    def _first(self, currency: str) -> str:
        self._plain = self._plain or currency
        return self._plain

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


def _nothing(name: str, currency: str) -> SpendSum:
    return SpendSum(
        name=name,
        currency=currency,
        charges=0,
        timeless=0,
        cost_units=0,
        cost_places=0,
        second_units=0,
        second_places=0,
    )
