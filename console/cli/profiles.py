"""`qd profiles`: the tenants this console can open."""

from __future__ import annotations

import asyncio
import getpass
import sys
import time
from typing import Any

import click

from api_client.capabilities import capabilities_of
from console.cli.commands import command, option
from console.cli.context import Cli, Stop
from console.cli.exits import OK, USAGE
from console.cli.known_names import profile_names
from console.cli.opening import Open, run_opened
from console.cli.output import print_json, print_line
from console.cli.writes import ask
from console.profile_edits import add_profile, remove_profile, set_default_profile
from console.profiles import Profile, load_profiles
from console.secrets import store_secret


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in profile_names() if name.startswith(incomplete)]


_MARKS = ("embedded", "read_only", "protected")

_name = click.argument("name", metavar="NAME", shell_complete=_complete)


def as_json(profile: Profile, default: str) -> dict[str, Any]:
    """A profile without any credential: only where each comes from."""
    services = {
        name: {
            "provider": choice.provider,
            "options": choice.options,
            "token_env": choice.token_env,
            "token_keyring": choice.token_keyring,
            "token_command": bool(choice.token_command),
        }
        for name, choice in profile.services.items()
    }
    return {
        "name": profile.name,
        "default": profile.name == default,
        "embedded": profile.is_embedded,
        "read_only": profile.read_only,
        "protected": profile.protected,
        "colour": profile.colour,
        "services": services,
    }


def _say_name(cli: Cli, name: str) -> None:
    if cli.json:
        print_json({"name": name})
    else:
        print_line(name)


@command("ls")
def ls(cli: Cli) -> None:
    profiles = load_profiles()
    found = [as_json(profile, profiles.default) for profile in profiles.items.values()]
    if cli.json:
        print_json(found)
        return
    for each in found:
        providers = ", ".join(sorted({s["provider"] for s in each["services"].values()}))
        marks = [cli.t(f"cli.profiles.{mark}") for mark in _MARKS if each[mark]]
        sign = "*" if each["default"] else " "
        print_line(f"{sign} {each['name']}  {providers}  {', '.join(marks)}".rstrip())


@command("add")
@_name
@option("--provider", default="tenant", show_default=True, metavar="NAME")
@option("--set", "options", multiple=True, metavar="KEY=VALUE")
@option("--token-env", "token_env", metavar="VARIABLE", default="")
@option("--token-command", "token_command", metavar="COMMAND", default="")
@option("--token-keyring", "token_keyring", metavar="ENTRY", default="")
@option("--read-only", "read_only", is_flag=True)
@option("--protected", is_flag=True)
@option("--colour", metavar="COLOUR", default="")
def add(cli: Cli, name: str, options: tuple[str, ...], **given: Any) -> None:
    table = {key: value for key, value in given.items() if value}
    for item in options:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise Stop(cli.t("cli.error.pair", word=item), USAGE)
        table[key] = value
    add_profile(name, table)
    _say_name(cli, name)


@command("remove")
@_name
@option("--yes", "-y", is_flag=True)
def remove(cli: Cli, name: str, yes: bool) -> None:
    if not yes:
        if not cli.asks:
            raise Stop(cli.t("cli.error.confirm"), USAGE)
        if ask(cli, cli.t("cli.ask.name", name=name)).strip() != name:
            raise Stop(cli.t("cli.ask.declined"), 1)
    remove_profile(name)
    _say_name(cli, name)


@command("use")
@_name
def use(cli: Cli, name: str) -> None:
    set_default_profile(name)
    _say_name(cli, name)


@command("test")
@click.argument("name", metavar="[NAME]", default="", shell_complete=_complete)
def test(cli: Cli, name: str) -> None:
    cli.profile = name or cli.profile

    async def work(opening: Open) -> None:
        started = time.monotonic()
        provider = await opening.provider("identity")
        tenant = await provider.tenant()
        seconds = time.monotonic() - started
        able = {
            capability: {"available": there.available, "reason": there.reason}
            for capability, there in capabilities_of(provider).items()
        }
        if cli.json:
            print_json({"tenant": tenant, "seconds": round(seconds, 4), "capabilities": able})
            return
        values = {"tenant": tenant.name, "who": tenant.principal.name}
        print_line(cli.t("cli.profiles.works", ms=round(seconds * 1000), **values))
        for capability, there in able.items():
            mark = "+" if there["available"] else "-"
            print_line(f"  {mark} {capability}  {cli.t('cli.text', text=there['reason'])}".rstrip())

    run_opened(cli, work)


@command("token")
@click.argument("entry", metavar="ENTRY")
def token(cli: Cli, entry: str) -> int:
    """Kept in the keyring of this machine; read from standard input or typed unseen."""
    if sys.stdin.isatty():
        secret = getpass.getpass(cli.t("cli.ask.token") + " ")
    else:
        secret = sys.stdin.readline().rstrip("\n")
    asyncio.run(store_secret(entry, secret))
    cli.tell("cli.profiles.stored", entry=entry)
    return OK
