"""From what a person typed to a filter, or to an error that says where and what is close."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from console.present.filters.ast import WIDE, Comparison, Filter, FilterError, Operator, Term, Word
from console.present.filters.fields import Field, FieldSet
from console.present.filters.values import FORM_KEYS, Kind, read_value

_HEAD = re.compile(r"([A-Za-z_][A-Za-z0-9_.-]*)(!=|!~|>=|<=|=|~|>|<|:)")
_QUOTES = "\"'"


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word a mistyped one most likely means, or nothing."""
    names = list(known)
    folded = word.casefold()
    starting = [name for name in names if folded and name.startswith(folded)]
    close = starting[:1] or get_close_matches(folded, names, n=1, cutoff=0.5)
    return close[0] if close else ""


def parse(text: str, fields: FieldSet[Any]) -> Filter:
    """Read a filter.

    Raises:
        FilterError: at the first thing that cannot be read.
    """
    scanner = _Scanner(text)
    terms: list[Term] = []
    while scanner.skip_blanks():
        terms.append(_term(scanner, fields))
    return Filter(tuple(terms))


@dataclass(slots=True)
class _Scanner:
    """Walks the text; `plain` is the same text with full-width signs in their narrow form."""

    text: str
    plain: str = ""
    at: int = 0

    def __post_init__(self) -> None:
        self.plain = self.text.translate(WIDE)

    @property
    def here(self) -> str:
        return self.plain[self.at : self.at + 1]

    def skip_blanks(self) -> bool:
        """Move to the next character that is no blank; False at the end."""
        while self.here.isspace():
            self.at += 1
        return bool(self.here)

    def quoted(self) -> str:
        """What stands between quotes; `\\` takes the next character as it is."""
        start, mark = self.at, self.here
        self.at += 1
        out: list[str] = []
        while self.here and self.here != mark:
            if self.text[self.at] == "\\" and self.at + 1 < len(self.text):
                self.at += 1
            out.append(self.text[self.at])
            self.at += 1
        if not self.here:
            raise FilterError(start, "a quote is not closed", key="unclosed_quote")
        self.at += 1
        return "".join(out)

    def bare(self, *, until: str = "") -> str:
        """Everything up to a blank or one of `until`."""
        start = self.at
        while self.here and not self.here.isspace() and self.here not in until:
            self.at += 1
        return self.plain[start : self.at]


def _term(scanner: _Scanner, fields: FieldSet[Any]) -> Term:
    negated = scanner.here == "-"
    if negated:
        scanner.at += 1
    start = scanner.at
    if scanner.here and scanner.here in _QUOTES:
        return Word(scanner.quoted(), negated)
    head = _HEAD.match(scanner.plain, start)
    # A colon is an equals sign only after a field: clock times and paths have colons too.
    if head and (head[2] != ":" or fields.get(head[1])):
        scanner.at = head.end()
        operator = Operator.EQUAL if head[2] == ":" else Operator(head[2])
        return _comparison(scanner, fields, head[1], operator, start, negated)
    word = scanner.bare()
    if not word:
        raise FilterError(start, "a word is missing after '-'", key="missing_value", operator="-")
    return Word(word, negated)


def _comparison(
    scanner: _Scanner,
    fields: FieldSet[Any],
    name: str,
    operator: Operator,
    start: int,
    negated: bool,
) -> Comparison:
    field = fields.get(name)
    if field is None:
        raise FilterError(
            start,
            f"no field is called {name!r}",
            nearest(name, [*fields.fields, *fields.aliases]),
            key="unknown_field",
            word=name,
        )
    if operator not in field.operators:
        raise FilterError(
            scanner.at - len(operator),
            f"{field.id} cannot be compared with {operator}",
            str(field.operators[0]),
            key="bad_operator",
            field=field.id,
            operator=operator,
        )
    values = tuple(_values(scanner, field, operator))
    return Comparison(field.id, operator, values, negated, start)


def _values(scanner: _Scanner, field: Field[Any], operator: Operator) -> Iterable[str]:
    while True:
        start = scanner.at
        if scanner.here and scanner.here in _QUOTES:
            value = scanner.quoted()
            following = scanner.here
            if following and following != "," and not following.isspace():
                word = scanner.bare()
                raise FilterError(start, f"{word!r} cannot stand here", key="bad_term", word=word)
        else:
            value = scanner.bare(until=",")
            if not value:
                raise FilterError(
                    start,
                    f"a value is missing after {operator}",
                    field.words[0] if field.words else "",
                    key="missing_value",
                    operator=operator,
                )
        yield _checked(value, field, start)
        if scanner.here != ",":
            return
        scanner.at += 1


def _checked(value: str, field: Field[Any], position: int) -> str:
    """The value, where the field can be compared with it; an enum's word in lower case."""
    if field.kind is Kind.TEXT:
        return value
    if field.kind is Kind.ENUM:
        word = value.casefold()
        if word not in field.words:
            raise FilterError(
                position,
                f"{field.id} is never {value!r}",
                nearest(value, field.words),
                key="unknown_word",
                field=field.id,
                word=value,
            )
        return word
    try:
        read_value(field.kind, value)
    except ValueError as wrong:
        key = FORM_KEYS[field.kind]
        raise FilterError(position, str(wrong), key=key, word=value) from wrong
    return value
