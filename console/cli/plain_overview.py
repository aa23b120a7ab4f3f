"""`qd --plain`: the tenant as linear text, for screen readers, braille lines and pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from api_client.models.billing import Charge
from api_client.services import ChargeQuery
from console.analysis.spend import month_start, month_to_date, today
from console.cli.context import Cli
from console.cli.incidents import found_incidents
from console.cli.opening import Open, run_opened
from console.cli.output import print_line
from console.present.context import PresentContext
from console.present.incidents import INCIDENT_COLUMNS, incident_row
from console.present.jobs import JOB_COLUMNS, job_row
from console.present.nodes import NODE_COLUMNS, node_row
from console.present.plain import linear_text
from console.present.table import Column, Row
from console.present.units import moneys_text


def print_overview(cli: Cli) -> int:
    """Jobs, nodes, incidents and spending of the profile, one fact a line; returns 0."""

    async def work(opening: Open) -> None:
        ctx = opening.present()
        jobs, nodes, incidents, charges = await asyncio.gather(
            _all(opening, "jobs.read", "jobs"),
            _all(opening, "nodes.read", "nodes"),
            found_incidents(opening),
            _charges(opening, ctx),
        )
        _section(cli, "jobs", JOB_COLUMNS, [job_row(job, ctx) for job in jobs], ctx)
        _section(cli, "compute", NODE_COLUMNS, [node_row(node, ctx) for node in nodes], ctx)
        _section(cli, "incidents", INCIDENT_COLUMNS, [incident_row(i, ctx) for i in incidents], ctx)
        print_line(cli.t("action.place.billing"))
        now = ctx.now
        for name, sums in (
            ("today", today(charges, now, ctx.zone)),
            ("month", month_to_date(charges, now, ctx.zone)),
        ):
            print_line(f"{cli.t(f'billing_view.{name}')}: {moneys_text(sums, ctx)}")

    run_opened(cli, work)
    return 0


async def _all(opening: Open, capability: str, noun: str) -> list[Any]:
    provider = await opening.provider(capability)
    items: list[Any] = await getattr(provider, noun)().all()
    return items


async def _charges(opening: Open, ctx: PresentContext) -> list[Charge]:
    provider = await opening.provider("billing.read")
    start = month_start(ctx.now, ctx.zone)
    charges: list[Charge] = await provider.charges(ChargeQuery(start=start)).all()
    return charges


def _section(
    cli: Cli, place: str, columns: Sequence[Column], rows: Iterable[Row], ctx: PresentContext
) -> None:
    """A heading and its rows; an empty list says so."""
    print_line(cli.t(f"action.place.{place}"))
    empty = "nodes" if place == "compute" else place
    print_line(linear_text(columns, rows, ctx) or cli.t(f"common.empty.{empty}"))
    print_line("")
