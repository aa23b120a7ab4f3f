"""`qd completion`: the script a shell loads to complete commands, options and names."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from console.cli.commands import command
from console.cli.context import Cli
from console.cli.output import print_line

_SHELLS = ("bash", "zsh", "fish")
_PROGRAMS = ("quarterdeck", "qd")


@command("completion")
@click.argument("shell", type=click.Choice(_SHELLS), metavar="bash|zsh|fish")
@click.pass_context
def completion(ctx: click.Context, cli: Cli, shell: str) -> None:
    maker = get_completion_class(shell)
    if maker is None:
        raise click.UsageError(f"no completion for {shell}", ctx)
    root = ctx.find_root().command
    for name in _PROGRAMS:
        print_line(maker(root, {}, name, f"_{name.upper()}_COMPLETE").source())
