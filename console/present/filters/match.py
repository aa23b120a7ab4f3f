"""Does an object pass? A filter becomes one function, its values read once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import reduce
from operator import eq, ge, gt, le, lt
from typing import TypeVar

from console.present.context import PresentContext
from console.present.filters.ast import NEGATIVE, Comparison, Filter, Operator, Term
from console.present.filters.fields import Field, FieldSet, Halves, Read, Value
from console.present.filters.values import Kind, read_value

T = TypeVar("T")

Test = Callable[[T], bool]

ME = "me"

_BETWEEN = "\x00\x1f"
_REMEMBERED = 256
_RESTS_REMEMBERED = 8192

_ORDER: dict[Operator, Callable[[float, float], bool]] = {
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
}


def matcher(chosen: Filter, fields: FieldSet[T], ctx: PresentContext) -> Test[T]:
    """The filter as a function of an object. Ages are counted from `ctx.now`.

    Raises:
        KeyError: a field of the filter is not in the set; `parse` lets none through.
        ValueError: a value cannot be read; `parse` lets none through.
    """
    tests = [_test(term, fields, ctx) for term in chosen.terms]
    return reduce(_both, tests) if tests else lambda item: True


def _both(one: Test[T], other: Test[T]) -> Test[T]:
    return lambda item: one(item) and other(item)


def _test(term: Term, fields: FieldSet[T], ctx: PresentContext) -> Test[T]:
    if isinstance(term, Comparison):
        test = _comparison(term, fields.fields[term.field], ctx)
        negated = term.negated is not (term.operator in NEGATIVE)
    else:
        test = _word(term.text.casefold(), fields, ctx)
        negated = term.negated
    return (lambda item: not test(item)) if negated else test


def _word(folded: str, fields: FieldSet[T], ctx: PresentContext) -> Test[T]:
    shown, halves = fields.shown, fields.halves

    def anywhere(item: T) -> bool:
        # Joined by what no filter can hold, the texts are folded and searched in one go.
        return folded in _BETWEEN.join(filter(None, shown(item, ctx))).casefold()

    return anywhere if halves is None else _word_in_halves(folded, halves, anywhere)


def _word_in_halves(folded: str, halves: Halves[T], anywhere: Test[T]) -> Test[T]:
    own, common = halves.own, halves.common
    known: dict[Hashable, bool] = {}

    def test(item: T) -> bool:
        if folded in own(item).casefold():
            return True
        rest = common(item)
        found = known.get(rest)
        if found is None:
            # Its own text has not got it, so that the answer is that of all with the same rest.
            found = anywhere(item)
            if len(known) < _RESTS_REMEMBERED:
                known[rest] = found
        return found

    return test


def _comparison(term: Comparison, field: Field[T], ctx: PresentContext) -> Test[T]:
    """The positive sense of a comparison: `!=` is `=` turned round by the caller."""
    if field.kind in (Kind.TEXT, Kind.ENUM):
        contains = term.operator in (Operator.CONTAINS, Operator.LACKS)
        return _text_test(term, field, ctx, contains)
    wanted = [read_value(field.kind, value, ctx.now, ctx.zone) for value in term.values]
    order = _ORDER.get(term.operator)
    read = field.read
    if len(wanted) == 1:
        return _figure_test(read, ctx, order or eq, wanted[0])

    def test(item: T) -> bool:
        value = read(item, ctx)
        if not isinstance(value, int | float):
            return False
        if order is None:
            return any(value == each for each in wanted)
        return any(order(value, each) for each in wanted)

    return test


def _figure_test(
    read: Read[T], ctx: PresentContext, order: Callable[[float, float], bool], wanted: float
) -> Test[T]:
    def test(item: T) -> bool:
        value = read(item, ctx)
        return isinstance(value, int | float) and order(value, wanted)

    return test


def _text_test(term: Comparison, field: Field[T], ctx: PresentContext, contains: bool) -> Test[T]:
    wanted = tuple(_meant(value, field, ctx).casefold() for value in term.values)

    def judge(value: Value) -> bool:
        texts = _texts(value)
        if contains:
            return any(each in text for text in texts for each in wanted)
        return any(text in wanted for text in texts)

    read = field.read
    if contains and len(wanted) == 1:
        piece = wanted[0]

        def has(item: T) -> bool:
            value = read(item, ctx)
            return piece in value.casefold() if type(value) is str else judge(value)

        return has
    known: dict[Value, bool] = {}

    def test(item: T) -> bool:
        value = read(item, ctx)
        found = known.get(value)
        if found is None:
            found = judge(value)
            if len(known) < _REMEMBERED:
                # Owners and states are few: each is compared once.
                known[value] = found
        return found

    return test


def _meant(value: str, field: Field[T], ctx: PresentContext) -> str:
    return ctx.me if field.person and value.casefold() == ME and ctx.me else value


def _texts(value: Value) -> tuple[str, ...]:
    """The texts of a field; one that is missing is the empty text."""
    if isinstance(value, tuple):
        return tuple(text.casefold() for text in value) or ("",)
    return ("",) if value is None else (str(value).casefold(),)
