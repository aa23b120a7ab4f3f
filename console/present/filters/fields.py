"""What can be asked of a noun: its fields, each typed, each with how it is read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from console.present.context import PresentContext
from console.present.filters.ast import ORDERED, Operator
from console.present.filters.values import Kind

T = TypeVar("T")

Value = float | int | str | tuple[str, ...] | None
"""Times are Unix times, durations seconds, ratios 0..1. `None` is unknown."""

Read = Callable[[T, PresentContext], Value]

_TEXT_OPERATORS = (Operator.EQUAL, Operator.NOT_EQUAL, Operator.CONTAINS, Operator.LACKS)
_ENUM_OPERATORS = (Operator.EQUAL, Operator.NOT_EQUAL)


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """One field of a noun.

    Attributes:
        id: also the column's id.
        words: every word an enum field may be compared with, lower case.
        person: `me` means the principal here.
        rank: what lists sort by where that is not what the field reads.
    """

    id: str
    kind: Kind
    read: Read[T]
    words: tuple[str, ...] = ()
    person: bool = False
    rank: Read[T] | None = None

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators this kind of field knows."""
        if self.kind is Kind.TEXT:
            return _TEXT_OPERATORS
        if self.kind is Kind.ENUM:
            return _ENUM_OPERATORS
        return (*_ENUM_OPERATORS, *(each for each in Operator if each in ORDERED))


@dataclass(frozen=True, slots=True)
class Halves(Generic[T]):
    """Of what is shown of an object, what is its own and what it has in common with many.

    Attributes:
        own: the text that no other object has.
        common: what decides all the other texts; most objects have it in common with others.
    """

    own: Callable[[T], str]
    common: Callable[[T], Hashable]


@dataclass(frozen=True, slots=True)
class FieldSet(Generic[T]):
    """The fields of one noun, and the texts a bare word is looked for in."""

    noun: str
    fields: Mapping[str, Field[T]]
    shown: Callable[[T, PresentContext], Iterable[str | None]]
    aliases: Mapping[str, str] = field(default_factory=dict)
    halves: Halves[T] | None = None

    def get(self, name: str) -> Field[T] | None:
        """The field of that name or alias, whatever its case."""
        folded = name.casefold()
        return self.fields.get(self.aliases.get(folded, folded))


def field_set(
    noun: str,
    fields: Iterable[Field[T]],
    shown: Callable[[T, PresentContext], Iterable[str | None]],
    halves: Halves[T] | None = None,
    **aliases: str,
) -> FieldSet[T]:
    """A set by field id."""
    return FieldSet(noun, {each.id: each for each in fields}, shown, aliases, halves)
