"""Charges and prices over the Tenant API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api_client.models import billing
from api_client.models.base import rfc3339
from api_client.models.billing import Charge
from api_client.paging import Pages
from api_client.providers.tenant.calls import TenantCalls
from api_client.services import ChargeQuery

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


class TenantBilling:
    """Reads charges; reads and replaces the price list."""

    _calls: TenantCalls

    def charges(self, query: ChargeQuery = ChargeQuery()) -> Pages[Charge]:
        """Charges, oldest first."""
        params = {
            "start": None if query.start is None else rfc3339(query.start),
            "end": None if query.end is None else rfc3339(query.end),
            "resource_name": query.resource_name or None,
            "limit": query.limit,
        }
        return self._calls.pages(Charge, "/v1/charges", params, action="list charges")

    async def prices(self) -> PriceList:
        """The price list."""
        return await self._calls.read(billing.PriceList, "/v1/prices", action="read the prices")

    async def set_prices(self, prices: PriceList) -> PriceList:
        """Replace the price list; charges already made stay as they are."""
        return await self._calls.write(
            billing.PriceList, "PUT", "/v1/prices", prices, action="replace the price list"
        )
