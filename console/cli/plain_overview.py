"""`qd --plain`: the tenant as linear text, for screen readers, braille lines and pipes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.compute import NodeSummary
from api_client.models.job import JobSummary
from api_client.services import ChargeQuery, JobQuery
from console.analysis.spend import month_start, month_to_date, today
from console.cli.context import Cli
from console.cli.failure_reading import newest_incidents
from console.cli.listing import SHOWN
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
            _jobs(opening),
            _nodes(opening),
            newest_incidents(opening, lambda incident: True, SHOWN),
            _charges(opening, ctx),
        )
        rows = [job_row(job, ctx) for job in jobs.items]
        _section(cli, "jobs", JOB_COLUMNS, rows, ctx, more=jobs.next_cursor is not None)
        rows = [node_row(node, ctx) for node in nodes.items]
        _section(cli, "compute", NODE_COLUMNS, rows, ctx, more=nodes.next_cursor is not None)
        rows = [incident_row(incident, ctx) for incident in incidents.items]
        _section(cli, "incidents", INCIDENT_COLUMNS, rows, ctx, more=not incidents.whole)
        print_line(cli.t("action.place.billing"))
        now = ctx.now
        for name, sums in (
            ("today", today(charges, now, ctx.zone)),
            ("month", month_to_date(charges, now, ctx.zone)),
        ):
            print_line(f"{cli.t(f'billing_view.{name}')}: {moneys_text(sums, ctx)}")

    run_opened(cli, work)
    return 0


async def _jobs(opening: Open) -> Page[JobSummary]:
    provider = await opening.provider("jobs.read")
    page: Page[JobSummary] = await provider.jobs(JobQuery(limit=SHOWN))
    return page


async def _nodes(opening: Open) -> Page[NodeSummary]:
    provider = await opening.provider("nodes.read")
    page: Page[NodeSummary] = await provider.nodes()
    return page


async def _charges(opening: Open, ctx: PresentContext) -> list[Charge]:
    provider = await opening.provider("billing.read")
    start = month_start(ctx.now, ctx.zone)
    charges: list[Charge] = await provider.charges(ChargeQuery(start=start)).all()
    return charges


def _section(
    cli: Cli,
    place: str,
    columns: Sequence[Column],
    rows: Sequence[Row],
    ctx: PresentContext,
    *,
    more: bool,
) -> None:
    """A heading and its first rows; an empty list and one that goes on say so."""
    print_line(cli.t(f"action.place.{place}"))
    noun = "nodes" if place == "compute" else place
    print_line(linear_text(columns, rows[:SHOWN], ctx) or cli.t(f"common.empty.{noun}"))
    if more or len(rows) > SHOWN:
        print_line(cli.t("cli.cut.overview", noun=noun))
    print_line("")
