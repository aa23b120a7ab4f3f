"""The price list a person keeps."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api_client.models.base import Exact, UtcDatetime
from api_client.models.frozen import Frozen


class PriceItem(Frozen):
    """One line of a price list."""

    sku: str
    description: str = ""
    accelerator_model: str = ""
    """Empty matches any model."""
    quota_type: str = "RESERVED"
    unit: str = "accelerator-hour"
    amount: Annotated[Exact, Field(ge=0, max_digits=18, decimal_places=9)]
    currency: str
    valid_from: UtcDatetime | None = None


class PriceList(Frozen):
    """What the tenant pays, and where the list came from."""

    items: tuple[PriceItem, ...]
    source: str = ""
