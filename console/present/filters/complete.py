"""What could stand at the cursor of a filter: fields, operators, words of an enum, known names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.present.filters.ast import WIDE, quote
from console.present.filters.fields import FieldSet
from console.present.filters.match import ME
from console.present.filters.values import Kind


class CandidateKind(StrEnum):
    FIELD = "field"
    OPERATOR = "operator"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing to put at the cursor in place of `text[start:end]`."""

    text: str
    kind: CandidateKind
    start: int
    end: int


_TERM = re.compile(r"(-?)([A-Za-z_][A-Za-z0-9_.-]*)?(!=|!~|>=|<=|=|~|>|<|!)?(.*)$", re.DOTALL)


def complete(
    text: str,
    cursor: int,
    fields: FieldSet[Any],
    known: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Candidate, ...]:
    """Candidates for the cursor, the likeliest first.

    Args:
        cursor: counted in characters from 0.
        known: names in use by field id (owners, pools, ...), offered as values.
    """
    plain = text[:cursor].translate(WIDE)
    start = _term_start(plain)
    match = _TERM.match(plain[start:])
    if match is None:
        return ()
    dash, name, operator, rest = match.groups()
    at = start + len(dash)
    if not operator:
        return () if rest else _fields(name or "", at, cursor, fields)
    field = fields.get(name or "")
    if field is None:
        return ()
    if operator == "!" or (operator in ("<", ">") and not rest):
        found = [each for each in field.operators if each.startswith(operator) and each != operator]
        here = at + len(name or "")
        return _candidates(found, CandidateKind.OPERATOR, here, cursor)
    value = rest.rpartition(",")[2]
    words = field.words if field.kind is Kind.ENUM else tuple((known or {}).get(field.id, ()))
    if field.person:
        words = (ME, *words)
    matching = [word for word in words if word.casefold().startswith(value.casefold())]
    quoted = [quote(word, value=True) for word in matching]
    return _candidates(quoted, CandidateKind.VALUE, cursor - len(value), cursor)


def _term_start(plain: str) -> int:
    """Where the term at the end begins: after the last blank outside quotes."""
    start, mark, escaped = 0, "", False
    for index, character in enumerate(plain):
        if escaped:
            escaped = False
        elif mark:
            escaped = character == "\\"
            mark = "" if character == mark else mark
        elif character in "\"'":
            mark = character
        elif character.isspace():
            start = index + 1
    return start


def _fields(typed: str, start: int, cursor: int, fields: FieldSet[Any]) -> tuple[Candidate, ...]:
    exact = fields.get(typed) if typed else None
    if exact is not None:
        return _candidates(exact.operators, CandidateKind.OPERATOR, cursor, cursor)
    folded = typed.casefold()
    names = [name for name in fields.fields if name.startswith(folded)]
    aliases = [name for name in fields.aliases if folded and name.startswith(folded)]
    return _candidates([*names, *aliases], CandidateKind.FIELD, start, cursor)


def _candidates(
    texts: Iterable[str], kind: CandidateKind, start: int, end: int
) -> tuple[Candidate, ...]:
    return tuple(Candidate(str(text), kind, start, end) for text in dict.fromkeys(texts))
