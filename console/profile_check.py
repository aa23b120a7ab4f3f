"""Checks what the configuration file says of a profile, with the place of every mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator, model_validator

from console.problems import ConfigError, Problem, nearest
from console.profile import DEMO, LOCAL, SERVICES, Profile, ProviderChoice
from console.toml_file import KeyPath, locate
from console.validation import problems_of

_SECRET_KEYS = frozenset(
    {"token", "password", "secret", "api_key", "apikey", "access_key", "secret_key", "credential"}
)
_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


class _Choice(BaseModel):
    """One provider, its options, and where its credential comes from (at most one source)."""

    model_config = ConfigDict(extra="allow", frozen=True, hide_input_in_errors=True)

    provider: str
    token_env: str = ""
    token_command: str = ""
    token_keyring: str = ""

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
    def _one_source(self) -> _Choice:
        given = [key for key in ("token_env", "token_command", "token_keyring") if self._has(key)]
        if len(given) > 1:
            raise ValueError(f"give one of {' and '.join(given)}, not both")
        return self

    def _has(self, key: str) -> bool:
        return bool(getattr(self, key))


class _General(BaseModel):
    """What is said of a profile beside its providers."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    read_only: bool = False
    protected: bool = False
    colour: Literal["", "red", "yellow", "green", "blue", "magenta", "cyan"] = ""


def known_providers() -> tuple[str, ...]:
    """Names the client's registry can open."""
    from api_client import registry

    return tuple(registry.provider_names())


def _problem(
    path: Path,
    text: str,
    key: KeyPath,
    detail: str,
    allowed: tuple[str, ...] = (),
    close: str = "",
) -> Problem:
    line, column = locate(text, key)
    return Problem(path, line, column, ".".join(key), detail, allowed, close)


def check_profiles(
    data: Mapping[str, Any], path: Path, text: str, built_in: tuple[str, ...]
) -> tuple[str, dict[str, Profile]]:
    """The name of the default profile, and every profile the file has.

    Raises:
        ConfigError: with file, line and key of every mistake in any profile.
    """
    problems: list[Problem] = []
    items: dict[str, Profile] = {}
    tables = data.get("profiles", {})
    if not isinstance(tables, dict):
        detail = "must be tables such as [profiles.lab]"
        raise ConfigError([_problem(path, text, ("profiles",), detail)])
    for name, table in tables.items():
        profile, mistakes = check_profile(name, table, path, text)
        problems += mistakes
        if profile is not None:
            items[name] = profile
    default = data.get("default_profile", LOCAL)
    if default not in (*built_in, *tables, DEMO):
        known = tuple(dict.fromkeys((*built_in, *items)))
        detail = f"there is no profile {default!r}"
        close = nearest(str(default), known)
        problems.append(_problem(path, text, ("default_profile",), detail, known, close))
    if problems:
        raise ConfigError(problems)
    return default, items


def check_profile(
    name: str, table: Any, path: Path, text: str
) -> tuple[Profile | None, list[Problem]]:
    """One profile's table as a `Profile`, and every mistake in it."""
    at: KeyPath = ("profiles", name)
    if not _NAME.match(name):
        return None, [_problem(path, text, at, "a profile's name is letters, digits, - and _")]
    if not isinstance(table, dict):
        return None, [_problem(path, text, at, "must be a table")]
    general = {k: table[k] for k in ("read_only", "protected", "colour") if k in table}
    rest = {key: value for key, value in table.items() if key not in general}
    services, problems = _services(at, rest, path, text)
    try:
        profile = Profile(name=name, services=services, **dict(_General(**general)))
    except ValidationError as error:
        problems += problems_of(error, file=path, text=text, model=_General, prefix=at)
        return None, problems
    if not services and not problems:
        problems.append(_problem(path, text, at, "names no provider", ("provider", *SERVICES)))
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
            problems.append(_problem(path, text, key, "is not a known key", allowed, close))
            continue
        if not isinstance(table, dict):
            problems.append(
                _problem(path, text, key, 'must be a table such as { provider = "tenant" }')
            )
            continue
        try:
            services[service] = ProviderChoice(**_Choice.model_validate(table).model_dump())
        except ValidationError as error:
            problems += problems_of(error, file=path, text=text, model=_Choice, prefix=key)
    return services, problems
