"""`qd cost`: what was charged, summed or row by row, and what is being spent now."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import click

from api_client.errors import CloudError
from api_client.models.base import rfc3339
from api_client.models.billing import Charge, Estimate
from api_client.services import ChargeQuery, JobQuery
from console.analysis.rates import HOLDING_STATES, spend_rate
from console.analysis.spend import GroupBy, SpendGroup, day_start, grouped, month_start, total
from console.cli.commands import command, option
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.known_names import complete_jobs
from console.cli.listing import (
    ListOptions,
    Noun,
    chosen_filter,
    list_options,
    matching,
    say_cut,
    show_list,
)
from console.cli.opening import Open, run_opened
from console.cli.output import plain_value, print_json, print_table
from console.cli.progress import read_all
from console.present.charges import CHARGE_COLUMNS, charge_row, spend_columns, spend_row
from console.present.context import PresentContext
from console.present.filters import CHARGE_FIELDS
from console.present.units import estimate_text, moneys_text

NOUN: Noun[Charge] = Noun("charges", CHARGE_FIELDS, CHARGE_COLUMNS, charge_row)

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True)
class Period:
    """Charges whose period starts in [start, end); `None` is without that limit."""

    name: str
    start: datetime | None
    end: datetime | None = None


def period_of(cli: Cli, text: str, now: datetime, ctx: PresentContext) -> Period:
    """`today`, `month`, `all`, or a month such as `2026-11`, in the zone of this machine.

    Raises:
        Stop: it is none of these.
    """
    if text == "all":
        return Period(text, None)
    if text == "today":
        return Period(text, day_start(now, ctx.zone))
    if text == "month":
        return Period(text, month_start(now, ctx.zone))
    match = _MONTH.match(text)
    if match is None:
        raise Stop(cli.t("cli.error.period", word=text), USAGE)
    year, month = int(match[1]), int(match[2])
    start = datetime(year, month, 1, tzinfo=ctx.zone)
    end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=ctx.zone)
    return Period(text, start, end)


async def _charges(opening: Open, period: Period, job: str) -> list[Charge]:
    provider = await opening.provider("billing.read")
    query = ChargeQuery(start=period.start, end=period.end, resource_name=job)
    return await read_all(opening.cli, provider.charges(query))


async def _rates(opening: Open, job: str) -> tuple[Estimate, ...]:
    """What is spent an hour right now; nothing where the jobs cannot be read."""
    try:
        provider = await opening.provider("jobs.read")
        jobs = await provider.jobs(JobQuery(states=tuple(HOLDING_STATES), limit=1000)).all()
    except CloudError as error:
        opening.cli.talk(str(error))
        return ()
    wanted = [each for each in jobs if not job or each.name == job]
    return spend_rate(wanted, opening.prices)


@command("cost")
@list_options
@option(
    "--by", type=click.Choice([each.value for each in GroupBy]), default="job", show_default=True
)
@option("--period", metavar="PERIOD", default="month", show_default=True)
@option("--job", metavar="NAME", default="", shell_complete=complete_jobs)
@option("--rows", is_flag=True)
def cost(cli: Cli, asked: ListOptions, by: str, period: str, job: str, rows: bool) -> None:
    async def work(opening: Open) -> None:
        ctx = opening.present()
        chosen = chosen_filter(asked.words, CHARGE_FIELDS, ctx)
        span = period_of(cli, period, ctx.now, ctx)
        found, rates = await asyncio.gather(_charges(opening, span, job), _rates(opening, job))
        charges = matching(found, chosen, NOUN, ctx)
        groups = grouped(charges, GroupBy(by), ctx.zone)
        if cli.json:
            print_json(as_json(charges, groups, span, by, rates, rows=rows))
        elif rows:
            show_list(cli, charges, NOUN, asked, ctx)
        elif groups:
            lines = [spend_row(group, ctx) for group in groups[: asked.limit]]
            print_table(cli, spend_columns(GroupBy(by)), lines, ctx, wide=asked.wide)
            say_cut(cli, len(lines), len(groups), cut=len(lines) < len(groups))
        else:
            cli.tell("common.empty.charges")
        if not cli.json:
            _say_totals(cli, charges, rates, ctx)

    run_opened(cli, work)


def _say_totals(
    cli: Cli, charges: list[Charge], rates: tuple[Estimate, ...], ctx: PresentContext
) -> None:
    cli.tell("cli.cost.total", money=moneys_text(total(charges), ctx))
    for rate in rates:
        cli.tell("cli.cost.rate", money=estimate_text(rate, ctx), basis=rate.basis)


def as_json(
    charges: list[Charge],
    groups: tuple[SpendGroup, ...],
    period: Period,
    by: str,
    rates: tuple[Estimate, ...],
    *,
    rows: bool,
) -> dict[str, Any]:
    """The sums for scripts. `currency` and `total` are null where there are several currencies."""
    totals = total(charges)
    currencies = {amount.currency for amount in totals}
    whole: dict[str, Any] = {
        "currency": next(iter(currencies)) if len(currencies) == 1 else None,
        "period": {
            "name": period.name,
            "start": _moment(period.start),
            "end": _moment(period.end),
        },
        "total": _amount(totals[0].amount) if len(totals) == 1 else "0" if not totals else None,
        "totals": plain_value(totals),
        "by": by,
        "groups": [_group(group) for group in groups],
        "rate_per_hour_estimate": plain_value(rates),
    }
    if rows:
        whole["charges"] = plain_value(charges)
    return whole


def _group(group: SpendGroup) -> dict[str, Any]:
    seconds = group.accelerator_seconds
    return {
        "name": group.name,
        "cost": _amount(group.cost.amount),
        "currency": group.cost.currency,
        "charges": group.charges,
        "share": group.share,
        "accelerator_seconds": None if seconds is None else _amount(seconds),
    }


def _amount(amount: Decimal) -> str:
    return format(amount, "f")


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
