"""From a pydantic validation error to problems with file, line, key and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from console.problems import ConfigError, Problem, nearest
from console.toml_file import KeyPath, locate

T = TypeVar("T")

_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")

_QUOTED = re.compile(r"'([^']*)'")


def validated(kind: type[T], data: dict[str, Any], *, file: Path, text: str) -> T:
    """A value of a plain dataclass made of what a file says.

    Raises:
        ConfigError: with file, line and key of every mistake.
    """
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        raise ConfigError(problems_of(error, file=file, text=text, model=kind)) from None


def problems_of(
    error: ValidationError, *, file: Path, text: str, model: type[Any], prefix: KeyPath = ()
) -> list[Problem]:
    """Every mistake pydantic found, placed in the text it came from."""
    return [_problem(detail, file, text, model, prefix) for detail in error.errors()]


def _problem(
    detail: ErrorDetails, file: Path, text: str, model: type[Any], prefix: KeyPath
) -> Problem:
    path = prefix + tuple(str(part) for part in detail["loc"])
    line, column = locate(text, path)
    allowed: Sequence[str] = ()
    word = ""
    sentence = _sentence(detail)
    if detail["type"] in _UNKNOWN:
        allowed = sorted(_fields_at(model, detail["loc"][:-1]))
        word = nearest(str(detail["loc"][-1]), allowed)
        sentence = "is not a known key"
    elif detail["type"] in ("literal_error", "enum"):
        allowed = _QUOTED.findall(str(detail.get("ctx", {}).get("expected", "")))
        word = nearest(str(detail["input"]), allowed)
        sentence = f"{detail['input']!r} is not allowed here"
    return Problem(file, line, column, ".".join(path), sentence, tuple(allowed), word)


def _sentence(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "is missing"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]}{_shown(detail['input'])}"


def _shown(value: Any) -> str:
    """What was given, unless it is a table: one may hold a secret put there by mistake."""
    if not isinstance(value, (bool, int, float, str)):
        return ""
    text = repr(value)
    return f", not {text}" if len(text) <= 60 else f", not {text[:57]}..."


def _fields_at(model: type[Any], loc: Sequence[int | str]) -> list[str]:
    for part in loc:
        model = _fields(model).get(str(part), object)
    return list(_fields(model))


def _fields(model: Any) -> dict[str, Any]:
    """Names and types of the fields of a model or a dataclass; empty for anything else."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        return {name: field.annotation for name, field in model.model_fields.items()}
    if not is_dataclass(model):
        return {}
    return {name: kind for name, kind in get_type_hints(model).items() if name[0] != "_"}
