"""What an expression promises about every text it matches, seen from its parts.

The parts are those of Python's own parser; one whose meaning is not known here promises nothing.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable
from typing import Any

Part = tuple[Any, Any]

_LONGEST_WORD = 64
_MOST_BRANCHES = 8
_LONGEST_RUN = 16
_CATEGORIES = {
    "CATEGORY_DIGIT": b"0123456789",
    "CATEGORY_WORD": (string.ascii_letters + string.digits + "_").encode(),
    # Within a line there is no other.
    "CATEGORY_SPACE": b" \t\r\x0b\x0c",
}
"""What they have in ASCII."""
_ENDS_OF_ALL = {"AT_BEGINNING_STRING", "AT_END_STRING"}
_SETS_WITHOUT = {"CATEGORY_DIGIT", "CATEGORY_WORD"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_KNOWN = {
    *_REPEATS,
    *("LITERAL", "NOT_LITERAL", "RANGE", "CATEGORY", "NEGATE", "IN", "ANY", "AT"),
    *("SUBPATTERN", "BRANCH", "ATOMIC_GROUP", "ASSERT", "ASSERT_NOT"),
}
"""Parts whose meaning is known here; every other one is taken to be able to do anything."""


def word_sets(parts: Iterable[Part]) -> list[frozenset[str]]:
    """Sets of words, of each of which one is in every match."""
    found: list[frozenset[str]] = []
    run = ""
    for name, value in [*((str(operator), value) for operator, value in parts), ("", None)]:
        if name == "LITERAL":
            run += chr(value)
            continue
        if name == "AT":
            continue
        if run:
            found.append(frozenset({run[:_LONGEST_WORD]}))
            run = ""
        if name == "BRANCH":
            branches = [_most_telling(word_sets(branch)) for branch in value[1]]
            if all(branches) and len(branches) <= _MOST_BRANCHES:
                found.append(frozenset[str]().union(*branches))
        elif (name == "SUBPATTERN" and not value[1] and not value[2]) or (
            name in _REPEATS and value[0] >= 1
        ):
            found += word_sets(_inside(name, value))
    return found


def _most_telling(sets: list[frozenset[str]]) -> frozenset[str]:
    return max(sets, key=lambda words: (min(map(len, words)), -len(words)), default=frozenset())


def anywhere(parts: Iterable[Part], holds: Callable[[str, Any], bool]) -> bool:
    """Whether something holds for a part, or a part of a part."""
    return any(
        holds(str(name), value) or anywhere(_inside(str(name), value), holds)
        for name, value in parts
    )


def _inside(name: str, value: Any) -> list[Part]:
    if name in _REPEATS:
        return list(value[2])
    if name == "SUBPATTERN":
        return list(value[-1])
    if name == "BRANCH":
        return [part for branch in value[1] for part in branch]
    if name in ("ASSERT", "ASSERT_NOT"):
        return list(value[1])
    return list(value) if name in ("ATOMIC_GROUP", "IN") else []


def is_wide(name: str, value: Any) -> bool:
    """Whether a part takes a character beyond ASCII for one, or looks at it."""
    if name == "AT":
        return "BOUNDARY" in str(value)
    if name in ("LITERAL", "RANGE"):
        return bool(value > 127 if name == "LITERAL" else value[1] > 127)
    return name in ("ANY", "NOT_LITERAL", "NEGATE", "CATEGORY") or name not in _KNOWN


def may_meet_newline(name: str, value: Any) -> bool:
    """Whether a part may match the end of a line, or tells a line from the whole."""
    if name == "LITERAL":
        return bool(value == 10)
    if name == "RANGE":
        return bool(value[0] <= 10 <= value[1])
    if name == "CATEGORY":
        return str(value) not in _SETS_WITHOUT
    if name == "AT":
        return str(value) in _ENDS_OF_ALL
    if name == "SUBPATTERN":
        return bool(value[1] or value[2])
    return name in ("NOT_LITERAL", "NEGATE") or name not in _KNOWN


def class_run(parts: Iterable[Part]) -> tuple[frozenset[int], ...]:
    """The longest row of bytes that every match has in it, by what each of them may be."""
    return max(_class_runs(parts), key=len, default=())


def _class_runs(parts: Iterable[Part]) -> list[tuple[frozenset[int], ...]]:
    found: list[tuple[frozenset[int], ...]] = []
    run: list[frozenset[int]] = []
    for name, value in ((str(operator), value) for operator, value in parts):
        if name == "AT":
            continue
        one = _class_of(name, value)
        if one is not None:
            run.append(one)
            continue
        repeated = _class_repeated(name, value)
        if repeated is not None:
            # What may go on ends the row, and what it goes on with begins another.
            run += [repeated] * min(value[0], _LONGEST_RUN)
            if value[0] != value[1]:
                found.append(tuple(run))
                run = [repeated]
            continue
        found.append(tuple(run))
        run = []
        if name == "SUBPATTERN" and not value[1] and not value[2]:
            found += _class_runs(value[-1])
    return [each[:_LONGEST_RUN] for each in [*found, tuple(run)]]


def _class_repeated(name: str, value: Any) -> frozenset[int] | None:
    if name not in _REPEATS or value[0] < 1 or len(value[2]) != 1:
        return None
    operator, argument = value[2][0]
    return _class_of(str(operator), argument)


def _class_of(name: str, value: Any) -> frozenset[int] | None:
    """The ASCII characters a part may be; `None` where it may be others, or more than one."""
    if name == "LITERAL":
        return frozenset({value}) if value < 128 and value != 10 else None
    if name != "IN":
        return None
    members: set[int] = set()
    for operator, argument in value:
        kind = str(operator)
        if kind == "LITERAL":
            members.add(argument)
        elif kind == "RANGE":
            members.update(range(argument[0], argument[1] + 1))
        elif kind == "CATEGORY" and str(argument) in _CATEGORIES:
            members.update(_CATEGORIES[str(argument)])
        else:
            return None
    return frozenset(members) if members and max(members) < 128 and 10 not in members else None
