"""`--view`: a saved view by its name, or written out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.lists.arrangement import Arrangement
from console.lists.kept import find_view, named_views
from console.lists.query import QueryError

if TYPE_CHECKING:
    import click

_COMMANDS = {
    "jobs": "jobs",
    "nodes": "nodes",
    "incidents": "incidents",
    "events": "events",
    "cost": "charges",
}
"""The word of a command -> what its views are of."""

_EXAMPLES = {
    "jobs": "jobs?state=failed&sort=-age&group=owner&columns=name,state,age",
    "nodes": "nodes?health=failed&sort=pool&columns=name,health,reason",
    "incidents": "incidents?outcome=failed&sort=-recover&group=category",
    "events": "events?severity=error&group=reason&columns=time,subject,message",
    "charges": "charges?project=vision&sort=-cost&group=user",
    "": "jobs?state=failed&sort=-age",
}
"""What a view of each list may look like."""


def asked_view(cli: Cli, name: str, group: str) -> Arrangement:
    """The view that was asked for, grouped as was asked for.

    Raises:
        Stop: there is no such view, or it is of another list.
    """
    view = Arrangement()
    if name:
        try:
            view = find_view(name, _noun())
        except QueryError as error:
            key = f"{error.key}_near" if error.values.get("near") else error.key
            form = cli.t("cli.error.view", example=_EXAMPLES[_noun()])
            raise Stop(f"{cli.t(key, **error.values)} {form}", USAGE) from None
    return view.but(group=group) if group else view


def _noun() -> str:
    import click

    ctx = click.get_current_context()
    path = ctx.command_path.split()
    return next((_COMMANDS[word] for word in reversed(path) if word in _COMMANDS), "")


def complete_views(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of views that begin so."""
    path = ctx.command_path.split()
    noun = next((_COMMANDS[word] for word in reversed(path) if word in _COMMANDS), "")
    views = named_views().items()
    return [name for name, text in views if name.startswith(incomplete) and text.startswith(noun)]
