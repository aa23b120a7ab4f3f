"""A charge as lists and sums keep it: a month of a large tenant has hundreds of thousands.

What a charge has in common with others stands in one charge for all of them; amounts
and moments are numbers in a few bytes, which take a fifth of what they are read as.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from api_client.models.billing import Charge
from api_client.models.slim import Slim, replace


class Charged(Slim):
    """Reads like the `Charge` it was made of; `whole` makes that charge.

    Costs that are not here are what was billed. `like` has every other column; its own period,
    job and amounts are those of another charge.
    """

    like: Charge
    resource_name: str | None
    resource_id: str | None
    packed: bytes
    """Cost and quantity with their places, start and end."""

    @property
    def billed_cost(self) -> Decimal:
        """Exact, as it was spelled."""
        cost, _, _, _, places, _ = _PACKED.unpack(self.packed)
        return decimal_of(cost, places)

    effective_cost = list_cost = contracted_cost = billed_cost

    @property
    def consumed_quantity(self) -> Decimal | None:
        """Exact, as it was spelled."""
        _, quantity, _, _, _, places = _PACKED.unpack(self.packed)
        return None if places == _NO_QUANTITY else decimal_of(quantity, places)

    @property
    def charge_period_start(self) -> datetime:
        """As the charge has it."""
        return datetime.fromtimestamp(_PACKED.unpack(self.packed)[2], UTC)

    @property
    def charge_period_end(self) -> datetime:
        """As the charge has it."""
        return datetime.fromtimestamp(_PACKED.unpack(self.packed)[3], UTC)

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


def charged(charge: Charge, like: Charge) -> Charged | None:
    """A charge that differs from `like` in job, period and amounts alone; a named job needs no id.

    `None` where its costs are several amounts, or an amount or a moment has too many digits.
    """
    cost, start, end = charge.billed_cost, charge.charge_period_start, charge.charge_period_end
    if not cost == charge.effective_cost == charge.list_cost == charge.contracted_cost:
        return None
    units, places = units_of(cost)
    quantity, of = (
        (0, _NO_QUANTITY)
        if charge.consumed_quantity is None
        else units_of(charge.consumed_quantity)
    )
    if charge.consumed_quantity is not None and of == _NO_QUANTITY:
        return None
    try:
        packed = _PACKED.pack(units, quantity, _seconds(start), _seconds(end), places, of)
    except struct.error:
        return None
    return Charged(
        like=like,
        resource_name=charge.resource_name,
        resource_id=None if charge.resource_name else charge.resource_id,
        packed=packed,
    )


_PACKED = struct.Struct("<qqIIbb")
"""What does not fit is refused: amounts of 18 digits and more, moments before 1970."""
_NO_QUANTITY = -128


def _seconds(moment: datetime) -> int:
    return -1 if moment.microsecond else int(moment.timestamp())


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
