"""`qd keys`: the key map in force, and what is wrong with it."""

from __future__ import annotations

import click

from console.actions.lint import lint
from console.actions.presets import PRESETS
from console.actions.spec import spec
from console.cells import cell_width, pad
from console.cli.commands import command, option
from console.cli.context import Cli
from console.cli.exits import FAILED, OK
from console.cli.output import print_json, print_line
from console.keymap import Keymap, build_keymap


def keymap_of(cli: Cli, preset: str | None = None) -> Keymap:
    """The map of a preset as it ships, or the one the user's settings make.

    Raises:
        ConfigError: the settings have mistakes.
    """
    if preset:
        return build_keymap(preset)
    settings = cli.settings().keys
    return build_keymap(settings.preset, settings.bindings)


def problems_of(keymap: Keymap, *, strict: bool = False) -> list[str]:
    """Each breach of the law of keys, and each line of the user's that is not used."""
    dropped = [f"{line.id} = {line.keys!r}: {line.why}" for line in keymap.dropped]
    return dropped + [clash.why for clash in lint(keymap.keys, strict=strict)]


_preset = option("--preset", type=click.Choice(list(PRESETS)))


@command("list")
@_preset
@click.argument("word", default="", metavar="[WORD]")
def list_keys(cli: Cli, preset: str | None, word: str) -> None:
    said = spec(keymap_of(cli, preset))
    actions = [
        action
        for action in said["actions"]
        if not word or word.casefold() in f"{action['id']} {cli.t(action['title_key'])}".casefold()
    ]
    if cli.json:
        print_json(said | {"actions": actions})
        return
    keys = [", ".join(action["shown"]) for action in actions]
    width = max(map(cell_width, keys), default=0)
    names = max((len(action["id"]) for action in actions), default=0)
    for action, shown in zip(actions, keys, strict=True):
        title = cli.t(action["title_key"])
        print_line(f"{pad(shown, width)}  {action['id']:<{names}}  {title}".rstrip())


@command("lint")
@_preset
def lint_keys(cli: Cli, preset: str | None) -> int:
    keymap = keymap_of(cli, preset)
    problems = problems_of(keymap, strict=not preset and keymap.keys == build_keymap().keys)
    if cli.json:
        print_json(problems)
    else:
        for problem in problems:
            print_line(cli.t("cli.text", text=problem))
        cli.tell("cli.keys.problems", n=len(problems))
    return FAILED if problems else OK
