"""Profiles: the tenants this console knows, from the configuration file and built in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from console import checked, paths
from console.problems import nearest
from console.profile import DEMO, LOCAL, SERVICES, Profile, ProviderChoice
from console.toml_file import read_toml

__all__ = [
    "DEMO",
    "LOCAL",
    "SERVICES",
    "Profile",
    "Profiles",
    "ProviderChoice",
    "demo_profile",
    "load_profiles",
    "local_profile",
    "simulation_runs",
]


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """All profiles of the file and `local`, and which one opens by default."""

    default: str = LOCAL
    items: dict[str, Profile]

    def get(self, name: str = "") -> Profile:
        """The profile of that name, or the default one.

        Raises:
            KeyError: there is none; the message names the closest.
        """
        name = name or self.default
        if name in self.items:
            return self.items[name]
        if name == DEMO:
            return demo_profile()
        close = nearest(name, self.items)
        hint = f"; did you mean {close!r}?" if close else ""
        known = ", ".join(sorted(self.items))
        raise KeyError(f"there is no profile {name!r}{hint} (there are: {known})")


def simulation_runs() -> bool:
    """Whether a simulation has its socket open; a daemon that was killed may have left one."""
    try:
        text = paths.demo_endpoint().read_text(encoding="utf-8").strip()
        return bool(text) and Path(text).exists()
    except (OSError, UnicodeDecodeError):
        return False


def local_profile() -> Profile:
    """The embedded cloud, without any configuration."""
    return Profile(name=LOCAL, services={"training": ProviderChoice(provider="tenant")})


def demo_profile() -> Profile:
    """The simulation of this machine, without any configuration."""
    main = ProviderChoice(provider="tenant")
    return Profile(name=DEMO, services={"training": main}, simulated=True)


def load_profiles(path: Path | None = None) -> Profiles:
    """Read every profile; without a file there is `local` alone, and `demo` while one runs.

    Raises:
        ConfigError: with file, line and key of every mistake in any profile.
    """
    path = path or paths.config_file()
    data, text = read_toml(path)
    built_in = {LOCAL: local_profile()}
    if simulation_runs():
        built_in[DEMO] = demo_profile()
    if "profiles" not in data and "default_profile" not in data:
        return Profiles(items=built_in)
    written = checked.recall("profiles", text, Profiles)
    if written is None:
        written = _checked(data, path, text, tuple(built_in))
        checked.keep("profiles", text, written)
    return Profiles(default=written.default, items=built_in | written.items)


def _checked(data: Mapping[str, Any], path: Path, text: str, built_in: tuple[str, ...]) -> Profiles:
    # Loading the checks takes longer than reading the file: only for a text not seen before.
    from console.profile_check import check_profiles

    default, items = check_profiles(data, path, text, built_in)
    return Profiles(default=default, items=items)
