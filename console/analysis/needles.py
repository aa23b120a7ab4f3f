"""Words of which one stands in every line that a regular expression matches.

Looking for a word is a hundred times faster than trying a pattern; a log has millions of lines and
a table has dozens of patterns. The parser is the one of `re` itself: where it gives no promise, or
has another shape one day, a pattern simply has no needles and is tried on every line.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_SHORTEST = 3
"""Letters below which a word is in too many lines to help."""

_MOST = 40

_WORD = re.compile(rb"[a-z]{4,}")

Words = frozenset[str]


def needles_of(pattern: str) -> tuple[bytes, ...]:
    """Lower-case words, digits left out, of which every match has one; empty for no promise."""
    try:
        parser: Any = re._parser  # type: ignore[attr-defined]
        found = _of_sequence(list(parser.parse(pattern)))
    except (AttributeError, TypeError, ValueError, IndexError):
        return ()
    if not found or len(found) > _MOST:
        return ()
    return tuple(sorted(word.encode() for word in found))


def _of_sequence(items: list[Any]) -> Words:
    """The most telling of what each part in a row promises."""
    best: Words = frozenset()
    run = ""
    for operator, argument in [*items, (None, None)]:
        letter = chr(argument).lower() if str(operator) == "LITERAL" else ""
        if letter and not letter.isdigit() and letter.isascii():
            run += letter
            continue
        best = _better(best, frozenset({run}) if run else frozenset())
        run = ""
        if operator is not None and not letter:
            best = _better(best, _of_part(str(operator), argument))
    return best


def _of_part(operator: str, argument: Any) -> Words:
    if operator == "SUBPATTERN":
        return _of_sequence(list(argument[-1]))
    if operator == "BRANCH":
        return _of_branches([list(branch) for branch in argument[1]])
    if operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] >= 1:
        return _of_sequence(list(argument[2]))
    if operator == "ATOMIC_GROUP":
        return _of_sequence(list(argument))
    return frozenset()


def _of_branches(branches: list[list[Any]]) -> Words:
    words = [_of_sequence(branch) for branch in branches]
    return frozenset().union(*words) if all(words) else frozenset()


def _better(one: Words, other: Words) -> Words:
    return other if _worth(other) > _worth(one) else one


def _worth(words: Words) -> tuple[int, int]:
    shortest = min(map(len, words), default=0)
    return (min(shortest, 6) if shortest >= _SHORTEST else 0, -len(words))


@cache
def covering(needles: frozenset[bytes]) -> tuple[bytes, ...]:
    """Few short words of which each needle holds one: fewer words to look for."""
    left = set(needles)
    parts: dict[bytes, set[bytes]] = {}
    for needle in left:
        for part in {needle, *_WORD.findall(needle)}:
            parts.setdefault(part, set())
    for part, held in parts.items():
        held.update(needle for needle in left if part in needle)
    chosen: list[bytes] = []
    while left:
        part = max(sorted(parts), key=lambda each: len(parts[each] & left))
        chosen.append(part)
        left -= parts[part]
    return tuple(chosen)
