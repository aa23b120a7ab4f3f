"""What a filter says, as frozen values; `str()` writes it so that it parses to the same again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

WIDE = str.maketrans("＝！～＞＜：，－／＂＇　％", "=!~><:,-/\"' %")
"""What an input method writes for the signs of the language; each is one character for one."""


class Operator(StrEnum):
    """How a field is compared with its values."""

    EQUAL = "="
    NOT_EQUAL = "!="
    CONTAINS = "~"
    LACKS = "!~"
    MORE = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


NEGATIVE = frozenset({Operator.NOT_EQUAL, Operator.LACKS})
ORDERED = frozenset({Operator.MORE, Operator.AT_LEAST, Operator.LESS, Operator.AT_MOST})

_ESCAPED = '\\"＂'
_PLAIN_EXTRA = "._@+%*#$&()[]{}|^;?"


def quote(text: str, *, value: bool) -> str:
    """The text as it must be written; quoted where it would mean something else."""
    plain = all(c.isalnum() or c in _PLAIN_EXTRA for c in text.replace("-", ""))
    if value:
        plain = all(c.isalnum() or c in _PLAIN_EXTRA + "-:/" for c in text)
    if text and plain and text == text.translate(WIDE) and not text.startswith("-"):
        return text
    escaped = "".join("\\" + c if c in _ESCAPED else c for c in text)
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field against one of several values."""

    field: str
    operator: Operator
    values: tuple[str, ...]
    negated: bool = False
    position: int = dataclasses.field(default=0, compare=False)
    """Where it stands in what was typed; no part of what it says."""

    def __str__(self) -> str:
        values = ",".join(quote(value, value=True) for value in self.values)
        return f"{'-' if self.negated else ''}{self.field}{self.operator}{values}"


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of any text shown."""

    text: str
    negated: bool = False

    def __str__(self) -> str:
        return ("-" if self.negated else "") + quote(self.text, value=False)


Term = Comparison | Word


@dataclass(frozen=True, slots=True)
class Filter:
    """Terms that must all hold; without terms everything passes."""

    terms: tuple[Term, ...] = ()

    def __str__(self) -> str:
        return " ".join(map(str, self.terms))

    def __bool__(self) -> bool:
        return bool(self.terms)


class FilterError(ValueError):
    """A filter that cannot be read.

    Attributes:
        position: where, counted in characters from 0.
        key: catalogue key of what is wrong; `values` go into it.
        suggestion: the nearest thing that would be right, or empty.
    """

    def __init__(
        self, position: int, message: str, suggestion: str = "", *, key: str = "", **values: str
    ) -> None:
        self.position = position
        self.message = message
        self.suggestion = suggestion
        self.key = key
        self.values = values
        hint = f"; did you mean {suggestion!r}?" if suggestion else ""
        super().__init__(f"at {position + 1}: {message}{hint}")
