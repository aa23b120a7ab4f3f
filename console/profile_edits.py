"""Changes to the profiles in the configuration file; its comments stay."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console import paths
from console.problems import ConfigError, Problem, nearest
from console.profile import LOCAL, Profile
from console.profile_check import check_profile
from console.profiles import load_profiles
from console.toml_file import edit_toml, read_toml


def add_profile(name: str, table: Mapping[str, Any], path: Path | None = None) -> Profile:
    """Write a new profile after checking it, keeping what else is in the file.

    Raises:
        ConfigError: it is not valid, or the name is taken; the file is then unchanged.
    """
    path = path or paths.config_file()
    existing = load_profiles(path)
    if name in existing.items:
        raise ConfigError([Problem(path, 0, 0, f"profiles.{name}", "exists already")])
    profile, problems = check_profile(name, dict(table), path, "")
    if problems or profile is None:
        raise ConfigError(problems)

    def put(document: Any) -> None:
        document.setdefault("profiles", {})[name] = dict(table)

    edit_toml(path, put)
    return profile


def remove_profile(name: str, path: Path | None = None) -> None:
    """Take a profile out of the file; if it was the default, `local` is the default again.

    Raises:
        ConfigError: there is no such profile in the file.
    """
    path = path or paths.config_file()
    data, text = read_toml(path)
    if name not in data.get("profiles", {}):
        known = tuple(data.get("profiles", {}))
        detail = "is always there and cannot be removed" if name == LOCAL else "is not in this file"
        raise ConfigError(
            [Problem(path, 0, 0, f"profiles.{name}", detail, known, nearest(name, known))]
        )

    def take(document: Any) -> None:
        del document["profiles"][name]
        if document.get("default_profile") == name:
            del document["default_profile"]

    edit_toml(path, take)


def set_default_profile(name: str, path: Path | None = None) -> None:
    """Open this profile when none is named.

    Raises:
        ConfigError: there is no such profile.
    """
    path = path or paths.config_file()
    profiles = load_profiles(path)
    if name not in profiles.items:
        known = tuple(profiles.items)
        detail = f"there is no profile {name!r}"
        raise ConfigError(
            [Problem(path, 0, 0, "default_profile", detail, known, nearest(name, known))]
        )
    edit_toml(path, lambda document: document.__setitem__("default_profile", name))
