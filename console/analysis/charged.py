"""A charge as lists and sums keep it: a month of a large tenant has hundreds of thousands.

What a charge has in common with others stands in one charge for all of them; amounts are whole
numbers of their last decimal place, which take a third of a `Decimal`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from api_client.models.base import UtcDatetime
from api_client.models.billing import Charge
from api_client.models.slim import Slim, replace

MOST_UNITS = (1 << 63) - 1
"""Larger whole numbers cannot be written to a file of ours."""


class Charged(Slim):
    """Reads like the `Charge` it was made of; `whole` makes that charge.

    Costs that are not here are what was billed. `like` has every other column; its own period,
    job, amounts are those of another charge.
    """

    like: Charge
    cost_units: int
    cost_places: int
    quantity_units: int | None
    quantity_places: int
    charge_period_start: UtcDatetime
    charge_period_end: UtcDatetime
    resource_name: str | None
    resource_id: str | None = None

    @property
    def billed_cost(self) -> Decimal:
        """Exact, as it was spelled."""
        return decimal_of(self.cost_units, self.cost_places)

    effective_cost = list_cost = contracted_cost = billed_cost

    @property
    def consumed_quantity(self) -> Decimal | None:
        """Exact, as it was spelled."""
        units = self.quantity_units
        return None if units is None else decimal_of(units, self.quantity_places)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.like, name)

    def whole(self) -> Charge:
        """The charge under every column of its own."""
        cost = self.billed_cost
        return replace(
            self.like,
            billed_cost=cost,
            effective_cost=cost,
            list_cost=cost,
            contracted_cost=cost,
            consumed_quantity=self.consumed_quantity,
            charge_period_start=self.charge_period_start,
            charge_period_end=self.charge_period_end,
            resource_name=self.resource_name,
            resource_id=self.resource_id,
        )


def whole(charge: Any) -> Charge:
    """The charge of either form."""
    found: Charge = charge.whole() if isinstance(charge, Charged) else charge
    return found


def charged(charge: Charge, like: Charge, start: datetime, end: datetime) -> Charged | None:
    """A charge that differs from `like` in job, period and amounts alone; a named job needs no id.

    `None` where its costs are several amounts or none that fits.
    """
    cost = charge.billed_cost
    if not cost == charge.effective_cost == charge.list_cost == charge.contracted_cost:
        return None
    units, decimals = units_of(cost)
    quantity, places = (
        (None, 0) if charge.consumed_quantity is None else units_of(charge.consumed_quantity)
    )
    if max(abs(units), abs(quantity or 0)) > MOST_UNITS:
        return None
    return Charged(
        like=like,
        cost_units=units,
        cost_places=decimals,
        quantity_units=quantity,
        quantity_places=places,
        charge_period_start=start,
        charge_period_end=end,
        resource_name=charge.resource_name,
        resource_id=None if charge.resource_name else charge.resource_id,
    )


def units_of(amount: Decimal) -> tuple[int, int]:
    """A finite amount as a whole number of its last decimal place, and how many places it has."""
    text = str(amount)
    if "E" in text:
        sign, digits, exponent = amount.as_tuple()
        assert isinstance(exponent, int)
        units = int("".join(map(str, digits)) or "0")
        return (-units if sign else units), -exponent
    before, _, after = text.partition(".")
    return int(before + after), len(after)


def decimal_of(units: int, places: int) -> Decimal:
    """The amount of `units_of`, digit by digit."""
    return Decimal(f"{units}E{-places}") if places else Decimal(units)


def added(units: int, places: int, more: int, of: int) -> tuple[int, int]:
    """The exact sum of two amounts."""
    if places == of:
        return units + more, places
    most = max(places, of)
    return units * 10 ** (most - places) + more * 10 ** (most - of), most
