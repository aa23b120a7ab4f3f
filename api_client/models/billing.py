"""Charges under FOCUS column names, budgets, and estimates that are never charges.

Column names and rules: FinOps Open Cost and Usage Specification (FOCUS) 1.2, focus.finops.org.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from api_client.models.base import Exact, Money, UtcDatetime
from api_client.models.slim import Slim

if TYPE_CHECKING:
    from api_client.models.prices import PriceItem as PriceItem
    from api_client.models.prices import PriceList as PriceList

_OF_THE_PRICES = frozenset({"PriceItem", "PriceList"})


def __getattr__(name: str) -> Any:
    # Who reads charges alone does not load what checks a price list.
    if name not in _OF_THE_PRICES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("api_client.models.prices"), name)


class Charge(Slim, rename="pascal"):
    """One row of a bill. Python names are FOCUS columns in snake case; JSON has the columns."""

    billed_cost: Exact
    effective_cost: Exact
    list_cost: Exact
    contracted_cost: Exact
    billing_currency: str
    billing_account_id: str = ""
    billing_account_name: str | None = None
    billing_period_start: UtcDatetime
    billing_period_end: UtcDatetime
    charge_period_start: UtcDatetime
    charge_period_end: UtcDatetime
    charge_category: str = "Usage"
    charge_class: str | None = None
    charge_description: str | None = None
    charge_frequency: str = "Usage-Based"
    consumed_quantity: Exact | None = None
    consumed_unit: str | None = None
    pricing_category: str | None = None
    pricing_quantity: Exact | None = None
    pricing_unit: str | None = None
    list_unit_price: Exact | None = None
    invoice_issuer_name: str = ""
    provider_name: str = ""
    publisher_name: str = ""
    region_id: str | None = None
    resource_id: str | None = None
    """The job's uid."""
    resource_name: str | None = None
    """The job's name."""
    resource_type: str | None = None
    service_category: str = "Compute"
    service_name: str = ""
    sku_id: str | None = None
    sku_price_id: str | None = None
    sub_account_id: str | None = None
    sub_account_name: str | None = None
    """The project."""
    tags: dict[str, str] = {}
    """Always holds `user`, `pool`, `node`, `attempt`, `rank` on the embedded cloud."""

    def __post_init__(self) -> None:
        for name in _AMOUNTS:
            amount = getattr(self, name)
            if amount is not None and not amount.is_finite():
                raise ValueError(f"{name} must be a finite number")


_AMOUNTS = (
    "billed_cost",
    "effective_cost",
    "list_cost",
    "contracted_cost",
    "consumed_quantity",
    "pricing_quantity",
    "list_unit_price",
)


class Budget(Slim):
    """A limit for a period and a scope."""

    name: str
    limit: Money
    period: str = "month"
    scope: str = ""


class Estimate(Slim):
    """What something will or may cost. Deliberately no `Charge`: the two cannot be added."""

    money: Money
    basis: str
    """How it was computed, in one sentence."""
    left_out: tuple[str, ...] = ()
