"""Charges as rows, one by one or summed by job, user, pool, SKU, project or day."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from api_client.models.base import Money
from api_client.models.billing import Charge
from console.analysis.spend import GroupBy, SpendGroup, accelerator_seconds, grouped
from console.present.cells import UNKNOWN, figure_cell, moment_cell, percent_cell, text_cell
from console.present.context import PresentContext
from console.present.table import Align, Cell, Column, Row, Tone
from console.present.units import accelerator_time_text, money_text

CHARGE_COLUMNS: Final = (
    Column("start", "columns.charge.start", 8, 19, weight=95),
    Column("end", "columns.charge.end", 8, 19, weight=40),
    Column("job", "columns.charge.job", 10, 30, weight=100),
    Column("user", "columns.charge.user", 5, 16, weight=80),
    Column("project", "columns.charge.project", 6, 16, weight=50),
    Column("pool", "columns.charge.pool", 6, 14, weight=45),
    Column("node", "columns.charge.node", 6, 20, weight=35),
    Column("sku", "columns.charge.sku", 6, 24, weight=60),
    Column("quantity", "columns.charge.quantity", 8, 18, Align.RIGHT, weight=85),
    Column("cost", "columns.charge.cost", 8, 22, Align.RIGHT, weight=99),
)
"""Charges are not `money` columns: money is all they are about."""


def spend_columns(by: GroupBy) -> tuple[Column, ...]:
    """The columns of sums; the first is headed by what they are summed by."""
    return (
        Column("group", f"columns.spend.{by.value}", 10, 40, weight=100),
        Column("hours", "columns.spend.hours", 8, 16, Align.RIGHT, weight=80),
        Column("share", "columns.spend.share", 5, 7, Align.RIGHT, weight=70),
        Column("cost", "columns.spend.cost", 8, 22, Align.RIGHT, weight=99),
    )


def charge_key(charge: Charge) -> str:
    """What tells one charge from the others: FOCUS has no id."""
    parts = (
        charge.resource_id or charge.resource_name or "",
        charge.sku_id or "",
        charge.charge_period_start.isoformat(),
        charge.charge_period_end.isoformat(),
        *(f"{name}={charge.tags[name]}" for name in sorted(charge.tags)),
    )
    return "|".join(parts)


def charge_row(charge: Charge, ctx: PresentContext) -> Row:
    """One charge."""
    return Row(
        charge_key(charge),
        {
            "start": moment_cell(charge.charge_period_start, ctx),
            "end": moment_cell(charge.charge_period_end, ctx),
            "job": text_cell(charge.resource_name),
            "user": text_cell(charge.tags.get("user")),
            "project": text_cell(charge.sub_account_name or charge.tags.get("project")),
            "pool": text_cell(charge.tags.get("pool")),
            "node": text_cell(charge.tags.get("node")),
            "sku": text_cell(charge.sku_id),
            "quantity": _quantity_cell(charge),
            "cost": _cost_cell(charge.billed_cost, charge.billing_currency, ctx),
        },
    )


def charge_rows(charges: Iterable[Charge], ctx: PresentContext) -> list[Row]:
    """All charges in the order given."""
    return [charge_row(charge, ctx) for charge in charges]


def spend_rows(charges: Iterable[Charge], by: GroupBy, ctx: PresentContext) -> list[Row]:
    """Sums by group; a currency is never added to another."""
    return [spend_row(group, ctx) for group in grouped(charges, by, ctx.zone)]


def spend_row(group: SpendGroup, ctx: PresentContext) -> Row:
    """One sum; group and currency are its key."""
    seconds = group.accelerator_seconds
    known = None if seconds is None else float(seconds)
    return Row(
        f"{group.name}|{group.cost.currency}",
        {
            "group": text_cell(group.name),
            "hours": figure_cell(accelerator_time_text(known), known),
            "share": percent_cell(group.share),
            "cost": _cost_cell(group.cost.amount, group.cost.currency, ctx),
        },
    )


def _cost_cell(amount: Decimal, currency: str, ctx: PresentContext) -> Cell:
    text = money_text(Money(amount=amount, currency=currency), ctx)
    return Cell(text, Tone.MONEY, float(amount))


def _quantity_cell(charge: Charge) -> Cell:
    seconds = accelerator_seconds(charge)
    if seconds is not None:
        return figure_cell(accelerator_time_text(float(seconds)), float(seconds))
    if charge.consumed_quantity is None:
        return UNKNOWN
    return text_cell(f"{charge.consumed_quantity:f} {charge.consumed_unit or ''}".strip())
