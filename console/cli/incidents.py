"""`qd incidents`: every failure with its phases, its outcome and its price."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import click

from api_client.models.event import Incident
from console.cli.commands import command
from console.cli.context import Cli, Stop
from console.cli.exits import NOT_FOUND
from console.cli.failure_reading import all_incidents, incidents_of, newest_incidents
from console.cli.listing import ListOptions, Noun, chosen_filter, list_options, matching, show_list
from console.cli.opening import Open, run_opened
from console.cli.output import plain_value, print_facts, print_json
from console.present.context import PresentContext
from console.present.facts import incident_facts
from console.present.filters import INCIDENT_FIELDS, Comparison, Filter, matcher
from console.present.incidents import INCIDENT_COLUMNS, incident_row
from console.problems import nearest

NOUN: Noun[Incident] = Noun("incidents", INCIDENT_FIELDS, INCIDENT_COLUMNS, incident_row)

_DURATIONS = ("time_to_detect", "time_to_reschedule", "time_to_restore", "time_to_recover")


_PRICED = frozenset({"time_lost", "money"})
"""Fields that are known only with the size of the job."""


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
        found, whole = await _found(opening, chosen, asked, ctx)
        show_list(cli, found, NOUN, asked, ctx, as_json=as_json, more=not whole)

    run_opened(cli, work)


async def _found(
    opening: Open, chosen: Filter, asked: ListOptions, ctx: PresentContext
) -> tuple[Sequence[Incident], bool]:
    """The incidents to show, and whether there are no more of them."""
    priced = any(isinstance(term, Comparison) and term.field in _PRICED for term in chosen.terms)
    if asked.limit is None or asked.arranged or priced:
        return matching(await all_incidents(opening), chosen, NOUN, ctx), True
    test = matcher(chosen, INCIDENT_FIELDS, ctx)
    newest = await newest_incidents(opening, test, asked.limit)
    return newest.items, newest.whole


@command("get")
@click.argument("incident_id", metavar="ID")
def get(cli: Cli, incident_id: str) -> None:
    async def work(opening: Open) -> None:
        incident = await _one(opening, incident_id)
        if cli.json:
            print_json(as_json(incident))
            return
        ctx = opening.present()
        print_facts(cli, incident_facts(incident, ctx), ctx)

    run_opened(cli, work)


async def _one(opening: Open, incident_id: str) -> Incident:
    """The incident of an id, which begins with the name of its job.

    Raises:
        Stop: there is none.
    """
    job = incident_id.rpartition("-")[0]
    known = {each.id: each for each in await incidents_of(opening, job)} if job else {}
    if incident_id not in known:
        known = {each.id: each for each in await all_incidents(opening)}
    if incident_id not in known:
        text = opening.cli.t("cli.error.incident", id=incident_id)
        close = nearest(incident_id, known)
        near = f" {opening.cli.t('cli.error.nearest', word=close)}" if close else ""
        raise Stop(text + near, NOT_FOUND)
    return known[incident_id]
