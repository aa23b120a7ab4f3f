"""From a pydantic validation error to problems with file, line, key and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from console.problems import Problem, nearest
from console.toml_file import KeyPath, locate

_QUOTED = re.compile(r"'([^']*)'")


def problems_of(
    error: ValidationError, *, file: Path, text: str, model: type[BaseModel], prefix: KeyPath = ()
) -> list[Problem]:
    """Every mistake pydantic found, placed in the text it came from."""
    return [_problem(detail, file, text, model, prefix) for detail in error.errors()]


def _problem(
    detail: ErrorDetails, file: Path, text: str, model: type[BaseModel], prefix: KeyPath
) -> Problem:
    path = prefix + tuple(str(part) for part in detail["loc"])
    line, column = locate(text, path)
    allowed: Sequence[str] = ()
    word = ""
    sentence = _sentence(detail)
    if detail["type"] == "extra_forbidden":
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


def _fields_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    for part in loc:
        field = model.model_fields.get(str(part))
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)
