"""Rows of the ledger as charges under FOCUS column names: one per job, day and price."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from api_client.models.base import Page
from api_client.models.billing import Charge
from localcloud.engine.cursors import read_cursor, write_cursor
from localcloud.simulator.ledger import Row, cost_of, seconds_of
from localcloud.simulator.moments import DAY, from_moment, to_moment
from localcloud.simulator.plan import Life
from localcloud.simulator.views import accelerators_of, quota_of
from localcloud.simulator.world import World

_PLACES = Decimal(1).scaleb(-12)
_ZERO = Decimal(0)
_NAME = "Quarterdeck simulation"
# A cursor holds the day and, below it, which job of that day a page ended with.
_NUMBERS = 1 << 36


class Bills:
    """Reads the world as it is now."""

    def __init__(self, world: World, tenant_id: str) -> None:
        self._world, self._tenant_id = world, tenant_id
        self._counted: dict[int, int] = {}

    def charges(
        self,
        start: datetime | None,
        end: datetime | None,
        resource_name: str,
        cursor: str | None,
        limit: int,
    ) -> Page[Charge]:
        """Charges whose period starts in [start, end), day by day."""
        low = to_moment(start) if start is not None else 0
        high = to_moment(end) if end is not None else self._world.now + 1
        after = read_cursor(cursor) or 0
        found: list[tuple[int, Charge]] = []
        for day in self._days(low, high):
            if after >= (day + 1) * _NUMBERS:
                continue
            for life in self._lives(day, resource_name, after - day * _NUMBERS):
                rows = self._charges(life, day, low, high)
                found += [(day * _NUMBERS + life.number, row) for row in rows]
                if len(found) > limit:
                    return self._page(found, limit, low, high, resource_name)
        return self._page(found, limit, low, high, resource_name)

    def _page(
        self, found: list[tuple[int, Charge]], limit: int, low: int, high: int, name: str
    ) -> Page[Charge]:
        # The rows of one job and day stay on one page; its number is where the next begins.
        cut = len(found)
        if cut > limit:
            last = found[limit][0]
            cut = next(
                place for place in range(limit, -1, -1) if found[place][0] < last or not place
            )
            cut = cut + 1 if found[cut][0] < last else cut
        more = cut < len(found)
        if more and not cut:
            cut = len(found)
        return Page[Charge](
            items=tuple(charge for _, charge in found[:cut]),
            next_cursor=write_cursor(found[cut - 1][0]) if more and cut else None,
            total=None if name else self._total(low, high),
            resource_version=self._world.journal.version,
        )

    def _days(self, low: int, high: int) -> list[int]:
        days = self._world.ledger.days(self._world.active.values(), self._world.now)
        return [day for day in days if (day + 1) * DAY > low and day * DAY < high]

    def _lives(self, day: int, name: str, after: int) -> list[Life]:
        world = self._world
        if name:
            life = world.by_name.get(name)
            return [life] if life is not None and life.number > after else []
        numbers = world.ledger.numbers(day, world.active.values(), world.now)
        lives = (world.lives.get(number) for number in numbers if number > after)
        return [life for life in lives if life is not None]

    def _total(self, low: int, high: int) -> int | None:
        """Known where whole days are asked for and prices never changed."""
        world = self._world
        if low % DAY or (high % DAY and high <= world.now) or world.ledger.price_lists > 1:
            return None
        today, total = world.now // DAY, 0
        for day in self._days(low, high):
            if day >= today or day not in self._counted:
                numbers = world.ledger.numbers(day, world.active.values(), world.now)
                self._counted[day] = sum(number in world.lives for number in numbers)
            total += self._counted[day]
        return total

    def _charges(self, life: Life, day: int, low: int, high: int) -> list[Charge]:
        world = self._world
        pool = world.fleet.pools[life.pool]
        rows = world.ledger.rows(life, day, pool.model, world.now)
        return [self._charge(row, pool.model) for row in rows if low <= row.start < high]

    def _charge(self, row: Row, model: str) -> Charge:
        life, price = row.life, row.price
        pool = self._world.fleet.pools[life.pool]
        start = from_moment(row.start)
        month = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        quantity = seconds_of(row.amount)
        cost = cost_of(row.amount, price) if price is not None else _ZERO
        sku = price.sku if price is not None else None
        return Charge(
            billed_cost=cost,
            effective_cost=cost,
            list_cost=cost,
            contracted_cost=cost,
            billing_currency=price.currency if price is not None else self._world.plan.currency,
            billing_account_id=self._tenant_id,
            billing_account_name=_NAME,
            billing_period_start=month,
            billing_period_end=_next_month(month),
            charge_period_start=start,
            charge_period_end=from_moment(row.end),
            charge_description=f"{accelerators_of(life)} x {model} for {life.name}",
            consumed_quantity=quantity,
            consumed_unit="Accelerator-Seconds",
            pricing_category="Dynamic" if life.spot else "Standard",
            pricing_quantity=(quantity / 3600).quantize(_PLACES),
            pricing_unit="Hours",
            list_unit_price=price.amount if price is not None else None,
            invoice_issuer_name=_NAME,
            provider_name=_NAME,
            publisher_name=_NAME,
            region_id=pool.region,
            resource_id=f"sim-{life.number}",
            resource_name=life.name,
            resource_type="Job",
            service_name="Training",
            sku_id=sku,
            sku_price_id=sku,
            sub_account_id=life.project or None,
            sub_account_name=life.project or None,
            tags={
                "user": life.owner,
                "pool": pool.name,
                "node": "",
                "job": life.name,
                "attempt": str(row.attempt),
                "rank": "",
                "quota_type": quota_of(life).value,
            },
        )


def _next_month(month: datetime) -> datetime:
    if month.month == 12:
        return month.replace(year=month.year + 1, month=1)
    return month.replace(month=month.month + 1)
