"""Names for shell completion, from the last good state on disk and the configuration."""

from __future__ import annotations

import json
import os
import tomllib
from typing import TYPE_CHECKING, Any

from console import paths

if TYPE_CHECKING:
    import click

_SAME, _MOST = 3, 20_000


def profile_names() -> list[str]:
    """Every profile that is configured, the embedded cloud's and the simulation's."""
    return list(dict.fromkeys(["local", "demo", *_config().get("profiles", {})]))


def kept_names(feed: str, profile: str = "") -> list[str]:
    """Names of the objects a feed held when it was last read; empty where it never was."""
    chosen = profile or os.environ.get("QUARTERDECK_PROFILE", "")
    chosen = chosen or str(_config().get("default_profile", "local"))
    file = paths.history_dir(chosen) / f"{feed}.json"
    try:
        _, names, _ = file.read_bytes().split(b"\n", 2)
        return [str(name) for name in json.loads(names)]
    except (OSError, ValueError, TypeError):
        return []  # Completion offers less; the command itself says what is wrong.


def _config() -> dict[str, Any]:
    try:
        with paths.config_file().open("rb") as file:
            return tomllib.load(file)
    except (OSError, ValueError):
        return {}


def complete_jobs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of jobs that begin so."""
    return [name for name in kept_names("jobs", _profile(ctx)) if name.startswith(incomplete)]


def complete_nodes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of nodes that begin so."""
    return [name for name in kept_names("nodes", _profile(ctx)) if name.startswith(incomplete)]


def known_near(ctx: click.Context | None) -> str:
    """The name of a job or node, as last seen, that is close to the one a command was given."""
    name = "" if ctx is None else str(ctx.params.get("name") or "")
    if ctx is None or not name:
        return ""
    from console.problems import nearest

    names = kept_names("nodes" if "nodes" in ctx.command_path.split() else "jobs", _profile(ctx))
    # Looking at every name of a large tenant takes seconds; names rarely differ in their start.
    alike = [each for each in names if each[:_SAME] == name[:_SAME] and each != name]
    return nearest(name, alike[:_MOST])


def _profile(ctx: click.Context) -> str:
    at: click.Context | None = ctx
    while at is not None:
        if at.params.get("profile"):
            return str(at.params["profile"])
        cli = at.obj
        if getattr(cli, "profile", ""):
            return str(cli.profile)
        at = at.parent
    return ""
