"""What a provider needs to be opened, declared once for forms, CLI and documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class OptionKind(StrEnum):
    URL = "url"
    PATH = "path"
    TEXT = "text"
    SECONDS = "seconds"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a provider."""

    name: str
    kind: OptionKind
    help: str  # noqa: A003
    """One sentence."""
    required: bool = False
    default: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()


class OptionError(ValueError):
    """A setting is unknown, missing or wrong.

    Args:
        name: the setting.
        why: what is wrong with it.
        allowed: what would be right.
    """

    def __init__(self, name: str, why: str, allowed: Sequence[str] = ()) -> None:
        self.name = name
        self.why = why
        self.allowed = tuple(allowed)
        hint = f"; allowed: {', '.join(self.allowed)}" if self.allowed else ""
        super().__init__(f"{name}: {why}{hint}")


def checked_options(declared: Sequence[Option], given: Mapping[str, str]) -> dict[str, str]:
    """Fill in defaults and refuse what is unknown, missing or of the wrong kind.

    Raises:
        OptionError: at the first setting that is wrong.
    """
    known = {option.name: option for option in declared}
    for name in given:
        if name not in known:
            raise OptionError(name, "no such setting", tuple(known))
    values: dict[str, str] = {}
    for option in declared:
        value = given.get(option.name) or option.default
        if option.required and not value:
            allowed = (option.example,) if option.example else ()
            raise OptionError(option.name, "is missing", allowed)
        _check_kind(option, value)
        values[option.name] = value
    return values


def seconds(name: str, value: str) -> float:
    """Read a positive number of seconds.

    Raises:
        OptionError: it is none.
    """
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 < number < 86_400:
        raise OptionError(name, f"{value!r} is not a number of seconds above 0")
    return number


def _check_kind(option: Option, value: str) -> None:
    if value and option.kind is OptionKind.SECONDS:
        seconds(option.name, value)
    if value and option.choices and value not in option.choices:
        raise OptionError(option.name, f"{value!r} is not a choice", option.choices)
