"""Colours and attributes that a log sets with escape sequences, as values no terminal obeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Colour = int | tuple[int, int, int]
"""A colour of the terminal's table by number, or its red, green and blue from 0 to 255."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a run of text was meant to look; `None` and False leave it to the view."""

    colour: Colour | None = None
    background: Colour | None = None
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


PLAIN = Look()

_CHANGES: Mapping[int, Mapping[str, Any]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": True},
    7: {"reverse": True},
    9: {"strike": True},
    21: {"underline": True},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": False},
    27: {"reverse": False},
    29: {"strike": False},
    39: {"colour": None},
    49: {"background": None},
    **{30 + number: {"colour": number} for number in range(8)},
    **{40 + number: {"background": number} for number in range(8)},
    **{90 + number: {"colour": number + 8} for number in range(8)},
    **{100 + number: {"background": number + 8} for number in range(8)},
}


def looking(look: Look, parameters: str) -> Look:
    """The look after a sequence `ESC [ parameters m`; what is not understood changes nothing."""
    parts = parameters.split(";")
    while parts:
        part = parts.pop(0)
        if ":" in part:
            look = _joined(look, [_number(each) for each in part.split(":")])
            continue
        code = _number(part)
        if code == 0:
            look = PLAIN
        elif code in (38, 48):
            colour = _extended(parts)
            look = look if colour is None else _coloured(look, code, colour)
        else:
            look = replace(look, **_CHANGES.get(code, {}))
    return look


def _number(part: str) -> int:
    return int(part) if part else 0


def _coloured(look: Look, code: int, colour: Colour) -> Look:
    return replace(look, colour=colour) if code == 38 else replace(look, background=colour)


def _extended(parts: list[str]) -> Colour | None:
    """The colour behind 38 or 48, whose parameters are taken off the list."""
    kind = _number(parts.pop(0)) if parts else 0
    if kind == 5 and parts:
        return min(255, _number(parts.pop(0)))
    if kind == 2 and len(parts) >= 3:
        red, green, blue = (min(255, _number(parts.pop(0))) for _ in range(3))
        return red, green, blue
    return None


def _joined(look: Look, codes: list[int]) -> Look:
    """A parameter with parts of its own: `4:3`, `38:5:n`, `38:2::r:g:b`."""
    first, *rest = codes
    if first == 4 and rest:
        return replace(look, underline=rest[0] != 0)
    if first in (38, 48) and len(rest) >= 2:
        if rest[0] == 5:
            return _coloured(look, first, min(255, rest[1]))
        if rest[0] == 2 and len(rest) >= 4:
            red, green, blue = (min(255, each) for each in rest[-3:])
            return _coloured(look, first, (red, green, blue))
    return look
