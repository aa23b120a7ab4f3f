"""`qd logs view`: a log file in the console."""

from __future__ import annotations

import os
from pathlib import Path

import click

from console.cli.commands import command
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.logs.source import LogError


@command("view")
@click.argument("file", metavar="FILE")
def view(cli: Cli, file: str) -> int:
    from console.cli.app import open_app
    from console.logs.stored import open_file

    path = Path(file).expanduser().absolute()
    try:
        # Said before the terminal is taken: a screen for one sentence helps nobody.
        os.close(open_file(path))
    except LogError as error:
        raise Stop(cli.t(error.key, path=str(path), reason=error.reason), USAGE) from error
    return open_app(cli, str(path))
