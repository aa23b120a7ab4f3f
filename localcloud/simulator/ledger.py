"""What was allocated and what it costs; everything comes from attempts, nothing is rounded."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from api_client.models.billing import PriceItem, PriceList
from localcloud.simulator.moments import DAY, from_moment
from localcloud.simulator.plan import Attempt, Life

_ALWAYS = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Row:
    """What one job used in one day under one price list."""

    life: Life
    start: int
    end: int
    amount: int
    """Thousandths of accelerators x milliseconds."""
    price: PriceItem | None
    attempt: int
    """The last attempt in it."""


class Ledger:
    """Which jobs held slots on which day, the peak, and the prices through time."""

    def __init__(self, prices: PriceList) -> None:
        self.allocated = 0
        """Thousandths of accelerators held now."""
        self._peak = 0
        self._moment = 0
        self._days: dict[int, array[int]] = {}
        self._prices: list[tuple[int, PriceList]] = [(_ALWAYS, prices)]

    @property
    def peak(self) -> int:
        """The most held at once; at one moment ends come before starts."""
        return max(self._peak, self.allocated)

    @property
    def prices(self) -> PriceList:
        return self._prices[-1][1]

    @property
    def price_lists(self) -> int:
        """How many there have been."""
        return len(self._prices)

    def set_prices(self, now: int, prices: PriceList) -> None:
        """New prices from now on."""
        if self._prices[-1][0] == now:
            self._prices.pop()
        self._prices.append((now, prices))

    def held(self, now: int, milli: int) -> None:
        self._move(now)
        self.allocated += milli

    def released(self, now: int, life: Life, attempt: Attempt) -> None:
        self._move(now)
        self.allocated -= attempt.milli
        for day in range(attempt.start // DAY, max(attempt.start, now - 1) // DAY + 1):
            self._days.setdefault(day, array("q")).append(life.number)

    def _move(self, now: int) -> None:
        if now != self._moment:
            self._peak = max(self._peak, self.allocated)
            self._moment = now

    def prepend(self, older: Ledger) -> None:
        """Take in what was held before."""
        for day, numbers in older._days.items():
            self._days.setdefault(day, array("q")).extend(numbers)
        self._peak = max(self._peak, older.peak)

    def forget_before(self, moment: int) -> None:
        """Drop whole days before a moment."""
        for day in [day for day in self._days if (day + 1) * DAY <= moment]:
            del self._days[day]

    def days(self, active: Iterable[Life], now: int) -> list[int]:
        """Days with charges, oldest first."""
        found = set(self._days)
        for life in active:
            if life.holding:
                found.update(range(life.attempts[-1].start // DAY, now // DAY + 1))
        return sorted(found)

    def numbers(self, day: int, active: Iterable[Life], now: int) -> list[int]:
        """Jobs that held slots on a day, in the order they were submitted."""
        found = set(self._days.get(day, ()))
        for life in active:
            if life.holding and life.attempts[-1].start // DAY <= day <= now // DAY:
                found.add(life.number)
        return sorted(found)

    def rows(self, life: Life, day: int, model: str, now: int) -> list[Row]:
        """What a job used on a day, apart for each price list in force."""
        rows = []
        quota = "SPOT" if life.spot else "RESERVED"
        for place, (since, prices) in enumerate(self._prices):
            last = place + 1 == len(self._prices)
            until = now if last else self._prices[place + 1][0]
            low, high = max(since, day * DAY), min(until, now, (day + 1) * DAY)
            row = _used(life, low, high)
            if row is not None:
                start, end, amount, attempt = row
                price = price_at(prices, model, quota, from_moment(start))
                rows.append(Row(life, start, end, amount, price, attempt))
        return rows


def _used(life: Life, low: int, high: int) -> tuple[int, int, int, int] | None:
    first, last, held, number = high, low, 0, 0
    for attempt in life.attempts:
        start, end = max(low, attempt.start), min(high, attempt.end)
        if end > start:
            first, last, number = min(first, start), max(last, end), attempt.number
            held += (end - start) * attempt.milli
    return (first, last, held, number) if held else None


def price_at(prices: PriceList, model: str, quota: str, moment: datetime) -> PriceItem | None:
    """The price in force for a model and quota: the exact model wins, then the latest."""
    best: PriceItem | None = None
    for item in prices.items:
        if item.quota_type != quota or item.accelerator_model not in ("", model):
            continue
        if item.valid_from is not None and item.valid_from > moment:
            continue
        if best is None or _rank(item) > _rank(best):
            best = item
    return best


def _rank(item: PriceItem) -> tuple[bool, float]:
    since = item.valid_from.timestamp() if item.valid_from is not None else float("-inf")
    return bool(item.accelerator_model), since


_PLACES = Decimal(1).scaleb(-12)
_HOUR = Decimal(1000 * 1000 * 3600)


def seconds_of(amount: int) -> Decimal:
    """Accelerator-seconds of an amount, exact."""
    return Decimal(amount) / 1_000_000


def cost_of(amount: int, price: PriceItem) -> Decimal:
    """What it costs, to a billionth of a thousandth."""
    return (Decimal(amount) * price.amount / _HOUR).quantize(_PLACES)
