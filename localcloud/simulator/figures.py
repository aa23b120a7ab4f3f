"""A tenant's totals as programs read them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

from api_client.models.billing import PriceList
from localcloud.simulator.contract import Summary


def summary_figures(summary: Summary, prices: PriceList) -> dict[str, Any]:
    """Jobs, accelerator-hours, peak, counts by state and what it costs, JSON-ready."""
    price = next((item for item in prices.items if item.quota_type == "RESERVED"), None)
    cost = None if price is None else summary.accelerator_hours * Fraction(price.amount)
    return {
        "jobs": summary.jobs,
        "accelerator_hours": float(_rounded(summary.accelerator_hours, "0.001")),
        "peak_accelerators": _number(summary.peak_accelerators),
        "states": dict(sorted(summary.by_state.items())),
        "native_states": dict(sorted(summary.by_native.items())),
        "cost": None if cost is None else str(_rounded(cost, "0.01")),
        "currency": "" if price is None else price.currency,
    }


def _rounded(exact: Fraction, step: str) -> Decimal:
    whole = Fraction(Decimal(step))
    return (round(exact / whole) * Decimal(step)).quantize(Decimal(step), ROUND_HALF_EVEN)


def _number(exact: Fraction) -> int | float:
    return int(exact) if exact.denominator == 1 else float(_rounded(exact, "0.001"))
