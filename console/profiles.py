"""Profiles: which provider answers for which service, and how careful to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from console import paths
from console.problems import ConfigError, Problem, nearest
from console.toml_file import KeyPath, locate, read_toml
from console.validation import problems_of

LOCAL = "local"
"""The profile that is always there: the embedded cloud of this machine."""

DEMO = "demo"
"""The profile of the simulation that runs on this machine."""

SERVICES = (
    "training",
    "compute",
    "logs",
    "events",
    "telemetry",
    "billing",
    "alerts",
    "finetuning",
    "models",
)
"""The services a profile can name a provider for; one not named is asked of `training`'s."""

SERVICE_OF_CAPABILITY: Mapping[str, str] = {
    "identity": "training",
    "jobs.read": "training",
    "jobs.write": "training",
    "logs.read": "logs",
    "nodes.read": "compute",
    "nodes.write": "compute",
    "events.stream": "events",
    "telemetry.read": "telemetry",
    "billing.read": "billing",
    "alerts.read": "alerts",
    "finetuning": "finetuning",
    "models.read": "models",
}

_SECRET_KEYS = frozenset(
    {"token", "password", "secret", "api_key", "apikey", "access_key", "secret_key", "credential"}
)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


class ProviderChoice(BaseModel):
    """One provider, its options, and where its credential comes from (at most one source)."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    provider: str
    token_env: str = ""
    """Name of an environment variable."""
    token_command: str = ""
    """A command whose first output line is the credential."""
    token_keyring: str = ""
    """Name of an entry in the keyring of this machine."""

    @model_validator(mode="before")
    @classmethod
    def _no_secrets(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            for key in data:
                if str(key).lower() in _SECRET_KEYS:
                    raise ValueError(
                        f"a secret ({key}) is never kept in this file: use token_env, "
                        "token_command or token_keyring"
                    )
        return data

    @field_validator("provider")
    @classmethod
    def _known_provider(cls, name: str) -> str:
        known = known_providers()
        if name in known:
            return name
        close = nearest(name, known)
        hint = f"; did you mean {close!r}?" if close else ""
        raise ValueError(f"no provider of that name{hint} (allowed: {', '.join(known)})")

    @model_validator(mode="after")
    def _one_source(self) -> ProviderChoice:
        given = [key for key in ("token_env", "token_command", "token_keyring") if self._has(key)]
        if len(given) > 1:
            raise ValueError(f"give one of {' and '.join(given)}, not both")
        return self

    def _has(self, key: str) -> bool:
        return bool(getattr(self, key))

    @property
    def options(self) -> dict[str, Any]:
        """What the provider itself is configured with."""
        return dict(self.model_extra or {})


class Profile(BaseModel):
    """A tenant as this console opens it."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str
    services: dict[str, ProviderChoice]
    read_only: bool = False
    protected: bool = False
    colour: Literal["", "red", "yellow", "green", "blue", "magenta", "cyan"] = ""
    simulated: bool = False
    """True where the simulation of this machine answers."""

    @property
    def is_embedded(self) -> bool:
        """True where the embedded cloud answers, which may be started on demand."""
        main = self.choice("training")
        return (
            not self.simulated
            and main.provider == "tenant"
            and not main.options.get("url")
            and not main.options.get("socket")
        )

    def choice(self, service: str) -> ProviderChoice:
        """Who answers for a service."""
        found = self.services.get(service) or self.services.get("training")
        return found or next(iter(self.services.values()))

    def choice_for(self, capability: str) -> ProviderChoice:
        """Who answers for a capability id."""
        return self.choice(SERVICE_OF_CAPABILITY[capability])


class Profiles(BaseModel):
    """All profiles of the file and `local`, and which one opens by default."""

    model_config = ConfigDict(frozen=True)

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


def known_providers() -> tuple[str, ...]:
    """Names the client's registry can open."""
    from api_client import registry

    return tuple(registry.provider_names())


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
    items = {LOCAL: local_profile()}
    if simulation_runs():
        items[DEMO] = demo_profile()
    problems: list[Problem] = []
    tables = data.get("profiles", {})
    if not isinstance(tables, dict):
        raise ConfigError([_at(path, text, ("profiles",), "must be tables such as [profiles.lab]")])
    for name, table in tables.items():
        profile, mistakes = check_profile(name, table, path, text)
        problems += mistakes
        if profile is not None:
            items[name] = profile
    default = data.get("default_profile", LOCAL)
    if default not in (*items, DEMO) and default not in tables:
        detail = f"there is no profile {default!r}"
        problems.append(
            _at(
                path, text, ("default_profile",), detail, tuple(items), nearest(str(default), items)
            )
        )
    if problems:
        raise ConfigError(problems)
    return Profiles(default=default, items=items)


def _at(
    path: Path,
    text: str,
    key: KeyPath,
    detail: str,
    allowed: tuple[str, ...] = (),
    close: str = "",
) -> Problem:
    line, column = locate(text, key)
    return Problem(path, line, column, ".".join(key), detail, allowed, close)


def check_profile(
    name: str, table: Any, path: Path, text: str
) -> tuple[Profile | None, list[Problem]]:
    """One profile's table as a `Profile`, and every mistake in it."""
    at: KeyPath = ("profiles", name)
    if not _NAME.match(name):
        return None, [_at(path, text, at, "a profile's name is letters, digits, - and _")]
    if not isinstance(table, dict):
        return None, [_at(path, text, at, "must be a table")]
    general = {k: table[k] for k in ("read_only", "protected", "colour") if k in table}
    rest = {key: value for key, value in table.items() if key not in general}
    services, problems = _services(at, rest, path, text)
    try:
        profile = Profile(name=name, services=services, **general)
    except ValidationError as error:
        problems += problems_of(error, file=path, text=text, model=Profile, prefix=at)
        return None, problems
    if not services and not problems:
        problems.append(_at(path, text, at, "names no provider", ("provider", *SERVICES)))
    return profile, problems


def _services(
    at: KeyPath, rest: dict[str, Any], path: Path, text: str
) -> tuple[dict[str, ProviderChoice], list[Problem]]:
    if "provider" in rest:
        rest = {"training": rest}
        single = True
    else:
        single = False
    services: dict[str, ProviderChoice] = {}
    problems: list[Problem] = []
    for service, table in rest.items():
        key = at if single else (*at, service)
        if service not in SERVICES:
            allowed = ("provider", "read_only", "protected", "colour", *SERVICES)
            close = nearest(service, allowed)
            problems.append(_at(path, text, key, "is not a known key", allowed, close))
            continue
        if not isinstance(table, dict):
            problems.append(_at(path, text, key, 'must be a table such as { provider = "tenant" }'))
            continue
        try:
            services[service] = ProviderChoice.model_validate(table)
        except ValidationError as error:
            problems += problems_of(error, file=path, text=text, model=ProviderChoice, prefix=key)
    return services, problems
