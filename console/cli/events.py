"""`qd events`: what happened, and with `--follow` what happens."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from api_client.errors import Expired
from api_client.models.event import Event
from api_client.models.slim import replace
from console.cli.commands import command, option
from console.cli.context import Cli
from console.cli.listing import ListOptions, Noun, chosen_filter, list_options, matching
from console.cli.opening import Open, run_opened
from console.cli.output import painted_row, print_json_line, print_line
from console.cli.paged import show_pages
from console.cli.progress import read_all
from console.cli.wait import duration_option
from console.present.context import PresentContext
from console.present.events import EVENT_COLUMNS, event_row
from console.present.filters import EVENT_FIELDS, Filter, event_hint
from console.state.listing import EVENT_DAYS

NOUN: Noun[Event] = Noun("events", EVENT_FIELDS, EVENT_COLUMNS, event_row)

_SHOWN = ("time", "severity", "subject", "reason", "message")


async def _past(opening: Open, chosen: Filter, since: datetime) -> list[Event]:
    provider = await opening.provider("events.stream")
    query = replace(event_hint(chosen), since=since, limit=1000)
    found = await read_all(opening.cli, provider.events(query))
    return matching(found, chosen, NOUN, opening.present())


async def _show(
    opening: Open, chosen: Filter, asked: ListOptions, since: datetime, ctx: PresentContext
) -> None:
    """The newest events, the oldest of them first; without a limit all of them, as they come."""
    provider = await opening.provider("events.stream")
    newest = asked.limit is not None and not asked.arranged
    query = replace(event_hint(chosen), since=since, newest_first=newest, limit=asked.page)
    pages = provider.events(query)
    await show_pages(opening.cli, pages, NOUN, chosen, asked, ctx, turned=newest)


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
            await _show(opening, chosen, asked, ctx.now - back, ctx)
            return
        if seconds:
            _print(opening, await _past(opening, chosen, ctx.now - back))
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
