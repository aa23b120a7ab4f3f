"""The numbers of one line, with the words before each that name it and the unit behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from console.analysis import signal_names as names
from console.analysis.signal_columns import NUMBER, Column, column_of

_OF = re.compile(rb"\s*(?:/|of)\s*")
_CUT = re.compile(r"[|,;{}()\[\]<>\t:=]| - |\. |\s{3,}")
_PARENTHESES = re.compile(r"\((ms|us|s|sec|seconds|milliseconds)\)$")
_THOUSANDS = re.compile(r"([kM])(?=\s?tok|\s?sam|[\s,|;]|$)")
_MOST_NUMBERS = 120
BLANKS = re.compile(r"[\s_\-/.]+")
"""What parts the words of a name."""


@dataclass(slots=True)
class Named:
    """One number with what is known of it."""

    column: Column
    name: str
    unit: str
    value: float
    decimal: bool
    before: bytes
    after: bytes
    of: Column | None = None


def numbers_of(line: bytes, head: int, starts: dict[int, int]) -> Iterator[Named]:
    """The numbers of a line that stand for themselves, with their names and units."""
    before = head
    last: Named | None = None
    for count, number in enumerate(NUMBER.finditer(line, head)):
        if count >= _MOST_NUMBERS:
            break
        context, before = line[before : number.start()], number.end()
        after = line[number.end() : number.end() + 24]
        column = column_of(number, starts)
        unit = _unit(after)
        if column is None or unit is None:
            continue
        if last is not None and _OF.fullmatch(context):
            last.of, last.after = column, after
            continue
        if last is not None:
            yield last
        name, scale = _name(context)
        if scale != 1.0:
            column = replace(column, scale=scale)
        text = number[0].replace(b",", b"")
        decimal = not text.lstrip(b"+-").isdigit()
        last = Named(column, name, unit, float(text), decimal, context, after)
    if last is not None:
        yield last


def _unit(after: bytes) -> str | None:
    """The unit behind a number; `None` where the number is a part of something else."""
    if re.match(rb"[.:]\d", after):
        return None
    text = after.decode("ascii", "replace")
    if thousands := _THOUSANDS.match(text):
        return thousands[1] + _unit_word(text[1:].lstrip(" "))
    word = _unit_word(text.removeprefix(" "))
    if not word and (text[:1].isalnum() or text[:1] == "_"):
        return None
    return word


def _unit_word(text: str) -> str:
    for pattern, name in names.RATE_UNITS:
        if found := pattern.match(text):
            # "10 samples/sec: 6.8" names the number that follows.
            return "" if re.match(r"\s*[:=]", text[found.end() :]) else name
    if names.STEPS_PER_SECOND.match(text):
        return "steps/s"
    for pattern in (names.SECONDS_PER_STEP, names.TIME_UNIT, names.OTHER_UNIT):
        if found := pattern.match(text):
            return found[0]
    return ""


def _name(context: bytes) -> tuple[str, float]:
    """What the words before a number call it, and the scale of a unit among them."""
    text = context[-80:].decode("ascii", "replace").lower().rstrip(" \t\"'=:[(>~")
    text = text.replace("val. ", "val ")
    scale = 1.0
    if found := _PARENTHESES.search(text):
        scale = names.IN_SECONDS.get(found[1], 1.0)
        text = text[: found.start()]
    elif text.endswith(")") and "(" in text:
        text = " ".join(text[:-1].rsplit("(", 1))
    name = BLANKS.sub(" ", _CUT.split(text.strip())[-1].strip("\"'#*>\ufffd ")).strip()
    return names.TRAILING.sub("", name), scale
