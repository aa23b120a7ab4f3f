"""`qd incidents`: every failure with its phases, its outcome and its price."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import click

from api_client.models.event import Incident
from api_client.services import EventQuery, JobQuery
from console.analysis.recovery import incidents
from console.cli.commands import command
from console.cli.context import Cli, Stop
from console.cli.exits import NOT_FOUND
from console.cli.listing import ListOptions, Noun, chosen_filter, list_options, matching, show_list
from console.cli.opening import Open, run_opened
from console.cli.output import plain_value, print_facts, print_json
from console.present.context import PresentContext
from console.present.facts import incident_facts
from console.present.filters import INCIDENT_FIELDS
from console.present.incidents import INCIDENT_COLUMNS, incident_row
from console.problems import nearest
from console.state.listing import EVENT_DAYS

NOUN: Noun[Incident] = Noun("incidents", INCIDENT_FIELDS, INCIDENT_COLUMNS, incident_row)

_DURATIONS = ("time_to_detect", "time_to_reschedule", "time_to_restore", "time_to_recover")


async def found_incidents(opening: Open) -> tuple[Incident, ...]:
    """Incidents of as many days as the console looks back, newest first."""
    events_of, jobs_of = await asyncio.gather(
        opening.provider("events.stream"), opening.provider("jobs.read")
    )
    now = opening.session.now()
    since = now - timedelta(days=EVENT_DAYS)
    events, jobs = await asyncio.gather(
        events_of.events(EventQuery(since=since, about="failures", limit=1000)).all(),
        jobs_of.jobs(JobQuery(limit=1000)).all(),
    )
    by_name = {job.name: job for job in jobs}
    return incidents(events, prices=opening.prices, jobs=by_name, now=now)


def as_json(incident: Incident) -> dict[str, Any]:
    """The incident with its durations in seconds."""
    values: dict[str, Any] = plain_value(incident)
    for name in _DURATIONS:
        took: timedelta | None = getattr(incident, name)
        values[f"{name}_seconds"] = None if took is None else round(took.total_seconds(), 3)
    return values


@command("ls")
@list_options
def ls(cli: Cli, asked: ListOptions) -> None:
    async def work(opening: Open) -> None:
        ctx: PresentContext = opening.present()
        chosen = chosen_filter(asked.words, INCIDENT_FIELDS, ctx)
        found = matching(await found_incidents(opening), chosen, NOUN, ctx)
        show_list(cli, found, NOUN, asked, ctx, as_json=as_json)

    run_opened(cli, work)


@command("get")
@click.argument("incident_id", metavar="ID")
def get(cli: Cli, incident_id: str) -> None:
    async def work(opening: Open) -> None:
        by_id = {incident.id: incident for incident in await found_incidents(opening)}
        incident = by_id.get(incident_id)
        if incident is None:
            text = cli.t("cli.error.incident", id=incident_id)
            close = nearest(incident_id, by_id)
            raise Stop(
                f"{text} {cli.t('cli.error.nearest', word=close)}" if close else text, NOT_FOUND
            )
        if cli.json:
            print_json(as_json(incident))
            return
        ctx = opening.present()
        print_facts(cli, incident_facts(incident, ctx), ctx)

    run_opened(cli, work)
