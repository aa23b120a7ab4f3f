"""The table of what log lines mean: read from data, with what must stand in a line for each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from console.analysis.needles import needles_of


class Role(StrEnum):
    """What a line of this kind says about a failure."""

    ROOT = "root"
    EITHER = "either"
    CASCADE = "cascade"
    CONFIRMATION = "confirmation"
    NOISE = "noise"
    TRACE = "trace"
    """The head of a Python traceback: what it is of stands at its end."""
    SUCCESS = "success"
    RESULT = "result"
    """What a run writes near its end: a success where nothing is said after it."""


class Restart(StrEnum):
    """Whether starting again helps."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    ELSEWHERE = "elsewhere"
    """On other nodes."""
    AFTER_RESET = "after_reset"
    """Once the device was reset."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """One kind of line.

    Attributes:
        needles: lower-case words without digits of which one stands in every such line; empty
            where the pattern promises none.
        of_digits: whether the pattern asks for digits of its own, as of an exit code.
    """

    id: str
    pattern: re.Pattern[bytes]
    role: Role
    category: str = ""
    reason: str = ""
    restart: Restart = Restart.UNKNOWN
    scope: str = "job"
    priority: int = 0
    advice: str = ""
    needles: tuple[bytes, ...] = ()
    of_digits: bool = True


_ANY_DIGITS = re.compile(r"\\d|\{\d*,?\d*\}|\[[^\]]*0-9[^\]]*\]")
"""Parts of a pattern that take all digits alike."""


class SignatureError(ValueError):
    """An entry of a table that cannot be used; the message names it."""


def built_in() -> tuple[Signature, ...]:
    """The table that comes with the console."""
    return _built_in()


@cache
def _built_in() -> tuple[Signature, ...]:
    return read_table(Path(__file__).with_name("signatures.toml"))


def read_table(path: Path) -> tuple[Signature, ...]:
    """The signatures of one file.

    Raises:
        OSError: it cannot be read.
        SignatureError: it is no table of signatures.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SignatureError(f"{path}: {error}") from error
    entries = document.get("signature", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SignatureError(f"{path}: [[signature]] must be a list of tables")
    return tuple(_signature(entry) for entry in entries)


def with_own(own: Iterable[Signature]) -> tuple[Signature, ...]:
    """The built-in table with a person's entries; one of the same id replaces ours."""
    table = {each.id: each for each in built_in()}
    table.update({each.id: each for each in own})
    return tuple(table.values())


def _needles(entry: Mapping[str, Any], pattern: str) -> tuple[bytes, ...]:
    """Those the entry names, which may be better than what the pattern promises by itself."""
    named = entry.get("needles")
    return needles_of(pattern) if named is None else tuple(str(word).encode() for word in named)


def _signature(entry: Mapping[str, Any]) -> Signature:
    name = str(entry.get("id", "?"))
    try:
        pattern = str(entry["pattern"])
        return Signature(
            id=str(entry["id"]),
            pattern=re.compile(pattern.encode()),
            role=Role(entry.get("role", "root")),
            category=str(entry.get("category", "")),
            reason=str(entry.get("reason", "")),
            restart=Restart(entry.get("restart", "unknown")),
            scope=str(entry.get("scope", "job")),
            priority=int(entry.get("priority", 0)),
            advice=str(entry.get("advice", "")),
            needles=_needles(entry, pattern),
            of_digits=re.search("[0-9]", _ANY_DIGITS.sub("", pattern)) is not None,
        )
    except KeyError as error:
        raise SignatureError(f"signature {name}: {error.args[0]} is missing") from error
    except (re.error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise SignatureError(f"signature {name}: {error}") from error
