"""Charge rows under FOCUS column names.

ConsumedQuantity counts accelerator-seconds, PricingQuantity accelerator-hours; ListUnitPrice
is per accelerator-hour.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from api_client.models.billing import Charge
from localcloud.store.rows import ChargeRow

_PLACES = Decimal(1).scaleb(-12)
_NAME = "Quarterdeck embedded cloud"


def charge(row: ChargeRow, tenant_id: str, region: str) -> Charge:
    """One row of the bill."""
    allocation = row.allocation
    start, end = (datetime.fromtimestamp(moment, UTC) for moment in (row.start, row.end))
    month = start.replace(day=1, hour=0, minute=0, second=0)
    quantity = Decimal((row.end - row.start) * allocation.accelerators)
    amount = Decimal(row.cost)
    return Charge(
        billed_cost=amount,
        effective_cost=amount,
        list_cost=amount,
        contracted_cost=amount,
        billing_currency=row.currency,
        billing_account_id=tenant_id,
        billing_account_name=_NAME,
        billing_period_start=month,
        billing_period_end=_next_month(month),
        charge_period_start=start,
        charge_period_end=end,
        charge_description=(
            f"{allocation.accelerators} x {allocation.model} for rank {allocation.rank}"
            f" of {allocation.job_name} on {allocation.node}"
        ),
        consumed_quantity=quantity,
        consumed_unit="Accelerator-Seconds",
        pricing_category="Dynamic" if allocation.quota_type == "SPOT" else "Standard",
        pricing_quantity=(quantity / 3600).quantize(_PLACES),
        pricing_unit="Hours",
        list_unit_price=Decimal(row.unit_price),
        invoice_issuer_name=_NAME,
        provider_name=_NAME,
        publisher_name=_NAME,
        region_id=region,
        resource_id=allocation.job_uid,
        resource_name=allocation.job_name,
        resource_type="Job",
        service_name="Training",
        sku_id=row.sku,
        sku_price_id=row.sku,
        sub_account_id=allocation.project or None,
        sub_account_name=allocation.project or None,
        tags=allocation.tags,
    )


def _next_month(month: datetime) -> datetime:
    if month.month == 12:
        return month.replace(year=month.year + 1, month=1)
    return month.replace(month=month.month + 1)
