"""From allocations to charges: per second, per clock hour, exactly once.

A charge row is found by its allocation and clock hour, so reckoning it again writes the same
row. Its price is fixed when the row is first written. A cost is rounded to 10 places, half to
even, so the rows of an allocation add up to its whole cost to within half a unit of the tenth
place per row; their seconds add up exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from localcloud.engine.core import Core
from localcloud.engine.prices import Prices
from localcloud.store.rows import AllocationRow, ChargeRow

HOUR = 3600
_PLACES = Decimal(1).scaleb(-10)


def split_hours(start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(hour, start, end) of each clock hour that [start, end) touches; seconds since 1970."""
    while start < end:
        hour = start - start % HOUR
        stop = min(end, hour + HOUR)
        yield hour, start, stop
        start = stop


def cost(seconds: int, accelerators: int, unit_price: Decimal) -> Decimal:
    """Price of whole seconds, `unit_price` being per accelerator-hour."""
    exact = unit_price * seconds * accelerators / HOUR
    return exact.quantize(_PLACES, rounding=ROUND_HALF_EVEN)


class Metering:
    """Brings the charges up to date with the allocations."""

    def __init__(self, core: Core, prices: Prices) -> None:
        self._core = core
        self._prices = prices
        self.unpriced: set[str] = set()
        """What runs without a price; charged once there is one."""

    def run(self) -> None:
        """Reckon every allocation whose charges are not final."""
        self._prices.refresh()
        self.unpriced = set()
        store = self._core.store
        heard = {node.name: node.last_heartbeat for node in store.nodes.all()}
        with self._core.journal.transaction():
            for allocation in store.allocations.uncharged():
                end = allocation.end
                if end is None:
                    end = self._known_until(heard.get(allocation.node), allocation.start)
                complete = self._reckon(allocation, end)
                if allocation.end is not None and complete:
                    store.allocations.mark_charged(allocation.id)

    def _known_until(self, heard: float | None, start: int) -> int:
        """A held slot is charged up to its node's last sign of life.

        Anything later may turn out to be after the worker's end.
        """
        return start if heard is None else min(int(heard), int(self._core.now()))

    def _reckon(self, allocation: AllocationRow, end: int) -> bool:
        if allocation.accelerators == 0:
            return True
        charges = self._core.store.charges
        known = {row["hour"]: row for row in charges.of_allocation(allocation.id)}
        complete = True
        for hour, start, stop in split_hours(allocation.start, end):
            row = known.pop(hour, None)
            if row is not None and (row["start"], row["end"]) == (start, stop):
                continue
            fixed = None if row is None else (row["sku"], row["unit_price"], row["currency"])
            price = fixed or self._price(allocation, start)
            if price is None:
                complete = False
                continue
            charges.put(_charge(allocation, (hour, start, stop), price))
        for hour in known:
            # Reckoned too far, before the end of the allocation was known.
            charges.drop(allocation.id, hour)
        return complete

    def _price(self, allocation: AllocationRow, moment: int) -> tuple[str, str, str] | None:
        item = self._prices.find(allocation.model, allocation.quota_type, moment)
        if item is None:
            self.unpriced.add(f"{allocation.model} {allocation.quota_type}")
            return None
        return item.sku, str(item.amount), item.currency


def _charge(
    allocation: AllocationRow, period: tuple[int, int, int], price: tuple[str, str, str]
) -> ChargeRow:
    hour, start, end = period
    sku, unit_price, currency = price
    amount = cost(end - start, allocation.accelerators, Decimal(unit_price))
    return ChargeRow(allocation, hour, start, end, sku, unit_price, currency, f"{amount:f}")
