"""`qd events`: what happened, and with `--follow` what happens."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from api_client.errors import Expired
from api_client.models.event import Event
from api_client.services import EventQuery
from console.cli.commands import command, option
from console.cli.context import Cli
from console.cli.listing import ListOptions, Noun, chosen_filter, list_options, matching, show_list
from console.cli.opening import Open, run_opened
from console.cli.output import painted_row, print_json_line, print_line
from console.cli.wait import duration_option
from console.present.events import EVENT_COLUMNS, event_row
from console.present.filters import EVENT_FIELDS, Filter
from console.state.listing import EVENT_DAYS

NOUN: Noun[Event] = Noun("events", EVENT_FIELDS, EVENT_COLUMNS, event_row)

_SHOWN = ("time", "severity", "subject", "reason", "message")


async def _past(opening: Open, since: datetime) -> list[Event]:
    provider = await opening.provider("events.stream")
    found: list[Event] = await provider.events(EventQuery(since=since, limit=1000)).all()
    return found


@command("events")
@list_options
@option("--follow", "-f", is_flag=True)
@option("--since", metavar="TIME", default="")
def events(cli: Cli, asked: ListOptions, follow: bool, since: str) -> None:
    seconds = duration_option(cli, "--since", since)

    async def work(opening: Open) -> None:
        ctx = opening.present()
        chosen = chosen_filter(asked.words, EVENT_FIELDS, ctx)
        back = timedelta(seconds=seconds) if seconds else timedelta(days=EVENT_DAYS)
        if not follow:
            found = matching(await _past(opening, ctx.now - back), chosen, NOUN, ctx)
            newest = found[-asked.limit :] if asked.limit and not asked.sort else found
            show_list(cli, newest, NOUN, asked, ctx)
            return
        if seconds:
            _print(opening, matching(await _past(opening, ctx.now - back), chosen, NOUN, ctx))
        await _follow(opening, chosen)

    run_opened(cli, work)


async def _follow(opening: Open, chosen: Filter) -> None:
    """Every event from now on; when the server forgot where we were, it says so and goes on."""
    provider = await opening.provider("events.stream")
    tenant = opening.tenant
    version = tenant.resource_version if tenant else 0
    while True:
        try:
            async with aclosing(provider.watch(version)) as changes:
                async for change in changes:
                    version = change.resource_version
                    if change.event is not None:
                        found = matching([change.event], chosen, NOUN, opening.present())
                        _print(opening, found)
        except Expired:
            opening.cli.tell("cli.events.gap")
            version = (await _tenant(opening)).resource_version


async def _tenant(opening: Open) -> Any:
    provider = await opening.provider("identity")
    return await provider.tenant()


def _print(opening: Open, found: Iterable[Event]) -> None:
    for event in found:
        if opening.cli.json:
            print_json_line(event)
        else:
            ctx = opening.present()
            print_line(painted_row(opening.cli, event_row(event, ctx), _SHOWN, ctx))
