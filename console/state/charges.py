"""The charges of the month: read once, then only from where they may still change."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api_client.errors import BadReply, Expired, InvalidRequest, NotFound
from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.services import ChargeQuery
from console.state.feed import Reading
from console.state.slices import Slices

_SETTLED = timedelta(hours=2)
"""A charge whose period ended so long before the latest one is rewritten no more: charges are
split at clock hours, and only the one of the running hour grows."""

_AGAIN_SECONDS = 900.0
"""Everything is read again after so long: what was out of reach may have been settled late."""

_CURSOR_ERRORS = (BadReply, Expired, InvalidRequest, NotFound)

_EVERY = 64


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
        for page in found:
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
        found = list(pages[:settled])
        cursor = pages[settled].cursor if settled else None
        count = sum(len(page.charges) for page in found)
        slices = Slices()
        async for page in provider.charges(ChargeQuery(start=month, limit=1000)).by_page(cursor):
            slices.begin()
            found.append(await _kept(cursor, page, count, slices))
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


async def _kept(cursor: str | None, page: Page[Charge], count: int, slices: Slices) -> _Kept:
    """FOCUS gives a charge no id: its place in the list, which only grows, tells it apart."""
    charges: dict[str, Charge] = {}
    latest: datetime | None = None
    for number, charge in enumerate(page.items):
        if number % _EVERY == 0:
            await slices.breathe()
        start, end = charge.charge_period_start, charge.charge_period_end
        charges[f"{count + number}/{charge.resource_id}/{start.isoformat()}"] = charge
        latest = end if latest is None else max(latest, end)
    return _Kept(cursor, charges, latest)
