"""The charges of the month: read once, then only from where they may still change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from api_client.errors import BadReply, Expired, InvalidRequest, NotFound
from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.slim import replace
from api_client.services import ChargeQuery
from console.analysis.charged import Charged, charged
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

_OF_ONE = frozenset({"job", "attempt", "rank"})
"""Tags that nothing is shown or summed by: without them thousands of charges share their tags."""

_EVERY = 16


@dataclass(frozen=True, slots=True)
class _Kept:
    """One page, and the cursor it was read behind."""

    cursor: str | None
    charges: tuple[Charge | Charged, ...]
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
        self._ids: list[str] = []
        """FOCUS gives a charge no id: its place in the list, which only grows, tells it apart."""

    async def __call__(self, provider: Any, now: datetime) -> Reading[Charge | Charged]:
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
        return Reading(await self._by_id(found))

    async def _by_id(self, pages: Sequence[_Kept]) -> dict[str, Charge | Charged]:
        items: dict[str, Charge | Charged] = {}
        slices, ids = Slices(), self._ids
        count = 0
        for page in pages:
            await slices.breathe()
            start, count = count, count + len(page.charges)
            ids += map(str, range(len(ids), count))
            items.update(zip(ids[start:count], page.charges, strict=True))
        del ids[count:]
        return items

    def _goes_on(self, month: datetime) -> bool:
        now = asyncio.get_running_loop().time()
        return month == self._month and now < self._whole_at + _AGAIN_SECONDS

    async def _read(
        self, provider: Any, month: datetime, pages: Sequence[_Kept], settled: int
    ) -> list[_Kept]:
        if settled == 0:
            if month != self._month:
                self._words = _Words()
            self._month, self._whole_at = month, asyncio.get_running_loop().time()
        found = list(pages[:settled])
        cursor = pages[settled].cursor if settled else None
        slices = Slices()
        async for page in provider.charges(ChargeQuery(start=month, limit=_PAGE)).by_page(cursor):
            slices.begin()
            found.append(await _kept(cursor, page, slices, self._words))
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

    What no screen shows is left out (the command line reads charges for itself), and what many
    charges have in common is kept once.
    """

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def lean(self, charge: Charge) -> Charge | Charged:
        """The same charge as far as it is shown."""
        like = self._like(charge)
        small = charged(charge, like)
        if small is not None:
            return small
        return replace(
            charge,
            charge_description=None,
            resource_id=None if charge.resource_name else charge.resource_id,
            pricing_quantity=None,
            tags=like.tags,
            **{name: getattr(like, name) for name in _COMMON},
        )

    def _like(self, charge: Charge) -> Charge:
        """The charge that stands for all with the same words."""
        price = charge.list_unit_price
        tags = tuple((name, charge.tags[name]) for name in charge.tags if name not in _OF_ONE)
        # Prices as they are spelled: 28.8 and 28.80 are equal.
        found = (_words_of(charge), tags, price if price is None else str(price))
        like: Charge | None = self._known.get(found)
        if like is None:
            like = replace(
                charge,
                charge_description=None,
                resource_id=None,
                pricing_quantity=None,
                tags=dict(tags),
            )
            self._known[found] = like
        return like


_COMMON = (
    "billing_currency",
    "billing_account_id",
    "billing_account_name",
    "billing_period_start",
    "billing_period_end",
    "charge_category",
    "charge_class",
    "charge_frequency",
    "consumed_unit",
    "pricing_category",
    "pricing_unit",
    "list_unit_price",
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
_words_of = attrgetter(*_COMMON)


async def _kept(cursor: str | None, page: Page[Charge], slices: Slices, words: _Words) -> _Kept:
    charges: list[Charge | Charged] = []
    latest: datetime | None = None
    for number, charge in enumerate(page.items):
        if number % _EVERY == 0:
            await slices.breathe()
        end = charge.charge_period_end
        charges.append(words.lean(charge))
        latest = end if latest is None else max(latest, end)
    return _Kept(cursor, tuple(charges), latest)
