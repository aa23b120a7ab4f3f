"""The charges of the month: read once, then only from where they may still change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from api_client.errors import BadReply, Expired, InvalidRequest, NotFound
from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.slim import replace
from api_client.services import ChargeQuery
from console.state.feed import Reading
from console.state.slices import Slices

_SETTLED = timedelta(hours=2)
"""A charge whose period ended so long before the latest one is rewritten no more: charges are
split at clock hours, and only the one of the running hour grows."""

_AGAIN_SECONDS = 900.0
"""Everything is read again after so long: what was out of reach may have been settled late."""

_CURSOR_ERRORS = (BadReply, Expired, InvalidRequest, NotFound)

_PAGE = 500
"""Charges asked for at once: decoding more would hold the loop for longer than a frame."""

_OF_ONE_CHARGE = frozenset({"job", "attempt", "rank"})
"""Tags that nothing is shown or summed by: without them thousands of charges share their tags."""

_EVERY = 16


@dataclass(frozen=True, slots=True)
class _Kept:
    """One page, and the cursor it was read behind."""

    cursor: str | None
    charges: Mapping[str, Charge]
    latest: datetime | None
    """When the last period in it ends."""


class ChargesReader:
    """Reads page by page, in the order charges were first written, from the first page that
    holds one which may have been rewritten.

    A reading that failed is followed by a whole one.
    """

    def __init__(self) -> None:
        self._month: datetime | None = None
        self._pages: list[_Kept] = []
        self._whole_at = float("-inf")
        self._words = _Words()

    async def __call__(self, provider: Any, now: datetime) -> Reading[Charge]:
        """All charges of the month that `now` is in."""
        month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        pages, self._pages = self._pages, []
        settled = _settled(pages) if self._goes_on(month) else 0
        try:
            found = await self._read(provider, month, pages, settled)
        except _CURSOR_ERRORS:
            if settled == 0:
                raise
            # The cursor means nothing any more.
            found = await self._read(provider, month, pages, 0)
        self._pages = found
        items: dict[str, Charge] = {}
        slices = Slices()
        for page in found:
            await slices.breathe()
            items |= page.charges
        return Reading(items)

    def _goes_on(self, month: datetime) -> bool:
        now = asyncio.get_running_loop().time()
        return month == self._month and now < self._whole_at + _AGAIN_SECONDS

    async def _read(
        self, provider: Any, month: datetime, pages: Sequence[_Kept], settled: int
    ) -> list[_Kept]:
        if settled == 0:
            self._month, self._whole_at = month, asyncio.get_running_loop().time()
            self._words = _Words()
        found = list(pages[:settled])
        cursor = pages[settled].cursor if settled else None
        count = sum(len(page.charges) for page in found)
        slices = Slices()
        async for page in provider.charges(ChargeQuery(start=month, limit=_PAGE)).by_page(cursor):
            slices.begin()
            found.append(await _kept(cursor, page, count, slices, self._words))
            count += len(page.items)
            cursor = page.next_cursor
        return found


def _settled(pages: Sequence[_Kept]) -> int:
    """How many pages from the start need no second look; the last one always does."""
    latest = max((page.latest for page in pages if page.latest is not None), default=None)
    count = 0
    for page in pages[:-1]:
        if latest is None or page.latest is None or page.latest > latest - _SETTLED:
            break
        count += 1
    return count


class _Words:
    """Makes charges small: a month of a large tenant has hundreds of thousands.

    What no screen shows is left out (the command line reads charges for itself), and values that
    many charges have in common are kept once.
    """

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def lean(self, charge: Charge) -> Charge:
        """The same charge as far as it is shown."""
        once, cost = self._once, charge.billed_cost
        return replace(
            charge,
            **{name: cost for name in _COSTS if getattr(charge, name) == cost},
            **{name: once(getattr(charge, name)) for name in _COMMON},
            list_unit_price=self._price(charge.list_unit_price),
            charge_period_start=self._moment(charge.charge_period_start),
            charge_period_end=self._moment(charge.charge_period_end),
            charge_description=None,
            resource_id=None if charge.resource_name else charge.resource_id,
            pricing_quantity=None,
            tags=self._tags(charge.tags),
        )

    def _once(self, value: Any) -> Any:
        return self._known.setdefault(value, value)

    def _moment(self, moment: datetime) -> datetime:
        """Many charges begin or end with an hour, few in the midst of it together."""
        return moment if moment.second or moment.minute else self._once(moment)

    def _price(self, price: Decimal | None) -> Decimal | None:
        """As it is spelled: 28.8 and 28.80 are equal."""
        return None if price is None else self._known.setdefault(("price", str(price)), price)

    def _tags(self, tags: Mapping[str, str]) -> dict[str, str]:
        shown = tuple((name, tags[name]) for name in tags if name not in _OF_ONE_CHARGE)
        known: dict[str, str] = self._known.setdefault(shown, dict(shown))
        return known


_COSTS = ("effective_cost", "list_cost", "contracted_cost")
_COMMON = (
    "billing_currency",
    "billing_account_id",
    "billing_account_name",
    "billing_period_start",
    "billing_period_end",
    "charge_category",
    "charge_frequency",
    "consumed_unit",
    "pricing_category",
    "pricing_unit",
    "invoice_issuer_name",
    "provider_name",
    "publisher_name",
    "region_id",
    "resource_type",
    "service_category",
    "service_name",
    "sku_id",
    "sku_price_id",
    "sub_account_id",
    "sub_account_name",
)


async def _kept(
    cursor: str | None, page: Page[Charge], count: int, slices: Slices, words: _Words
) -> _Kept:
    """FOCUS gives a charge no id: its place in the list, which only grows, tells it apart."""
    charges: dict[str, Charge] = {}
    latest: datetime | None = None
    for number, charge in enumerate(page.items):
        if number % _EVERY == 0:
            await slices.breathe()
        end = charge.charge_period_end
        charges[str(count + number)] = words.lean(charge)
        latest = end if latest is None else max(latest, end)
    return _Kept(cursor, charges, latest)
