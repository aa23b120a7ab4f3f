"""`qd --spec`: commands, fields, actions and keys as JSON, for scripts and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from console.actions.spec import spec as action_spec
from console.cli.commands import Group
from console.cli.context import Cli
from console.cli.exits import EXITS
from console.cli.output import print_json
from console.keymap import build_keymap
from console.present.charges import CHARGE_COLUMNS
from console.present.events import EVENT_COLUMNS
from console.present.filters import (
    CHARGE_FIELDS,
    EVENT_FIELDS,
    INCIDENT_FIELDS,
    JOB_FIELDS,
    NODE_FIELDS,
)
from console.present.filters.fields import FieldSet
from console.present.incidents import INCIDENT_COLUMNS
from console.present.jobs import JOB_COLUMNS
from console.present.nodes import NODE_COLUMNS
from console.present.table import Column
from console.version import version

_NOUNS: tuple[tuple[FieldSet[Any], tuple[Column, ...]], ...] = (
    (JOB_FIELDS, JOB_COLUMNS),
    (NODE_FIELDS, NODE_COLUMNS),
    (INCIDENT_FIELDS, INCIDENT_COLUMNS),
    (EVENT_FIELDS, EVENT_COLUMNS),
    (CHARGE_FIELDS, CHARGE_COLUMNS),
)


def print_spec(ctx: click.Context) -> None:
    """Everything the program knows of itself."""
    cli = ctx.find_object(Cli) or Cli()
    settings = cli.settings().keys
    keymap = build_keymap(settings.preset, settings.bindings)
    print_json(
        {
            "version": version(),
            "exit_codes": {str(code): cli.t(key) for code, key in EXITS.items()},
            "commands": _command(ctx.command, ctx, cli, "root"),
            "filters": {fields.noun: _fields(fields) for fields, _ in _NOUNS},
            "columns": {fields.noun: [c.id for c in columns] for fields, columns in _NOUNS},
            **action_spec(keymap),
        }
    )


def _command(command: click.Command, ctx: click.Context, cli: Cli, path: str) -> dict[str, Any]:
    own = getattr(command, "own", command.params)
    said: dict[str, Any] = {
        "name": command.name,
        "help": cli.t(f"cli.command.{path}"),
        "parameters": [_parameter(param, cli) for param in own],
    }
    if isinstance(command, Group):
        below = "" if path == "root" else f"{path}_"
        found = {name: command.get_command(ctx, name) for name in command.list_commands(ctx)}
        said["commands"] = [
            _command(each, ctx, cli, f"{below}{name}") for name, each in found.items() if each
        ]
    return said


def _parameter(param: click.Parameter, cli: Cli) -> Mapping[str, Any]:
    if not isinstance(param, click.Option):
        return {"name": param.name, "kind": "argument", "required": param.required}
    choices = param.type.choices if isinstance(param.type, click.Choice) else None
    return {
        "name": param.name,
        "kind": "flag" if param.is_flag else "option",
        "flags": [*param.opts, *param.secondary_opts],
        "repeatable": param.multiple,
        "choices": list(choices) if choices is not None else None,
        "help": cli.t(param.help or f"cli.option.{param.name}"),
    }


def _fields(fields: FieldSet[Any]) -> dict[str, Any]:
    return {
        field.id: {
            "kind": field.kind.value,
            "operators": [operator.value for operator in field.operators],
            "words": list(field.words),
        }
        for field in fields.fields.values()
    }
