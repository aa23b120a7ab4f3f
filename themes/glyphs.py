"""The signs widgets draw with, on top of the signs of states; one terminal cell each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from console.present import glyphs as states

_UNICODE = {
    "note": "·",
    "mark": "●",
    "pin": "★",
    "cursor": "▸",
    "sort_up": "▴",
    "sort_down": "▾",
    "folded": "▸",
    "unfolded": "▾",
    "more_left": "‹",
    "more_right": "›",
    "ellipsis": "…",
    "tree_last": "└",
    "rule": "─",
    "bar_full": "█",
    "bar_empty": "░",
    "span": "━",
    "time_cursor": "│",
    "free": "·",
    "dead": "X",
    "spark_1": "▁",
    "spark_2": "▂",
    "spark_3": "▃",
    "spark_4": "▄",
    "spark_5": "▅",
    "spark_6": "▆",
    "spark_7": "▇",
    "spark_8": "█",
}

_ASCII = {
    "note": ".",
    "mark": "*",
    "pin": "P",
    "cursor": ">",
    "sort_up": "^",
    "sort_down": "v",
    "folded": "+",
    "unfolded": "-",
    "more_left": "<",
    "more_right": ">",
    "ellipsis": "~",
    "tree_last": "`",
    "rule": "-",
    "bar_full": "#",
    "bar_empty": ".",
    "span": "=",
    "time_cursor": "|",
    "free": ".",
    "dead": "X",
    "spark_1": "1",
    "spark_2": "2",
    "spark_3": "3",
    "spark_4": "4",
    "spark_5": "5",
    "spark_6": "6",
    "spark_7": "7",
    "spark_8": "8",
}

SPARKS = 8
"""Steps of the block glyphs `spark_1` to `spark_8`."""


class Glyphs:
    """One set of signs; a name without a sign gives a blank cell, never an error."""

    def __init__(self, signs: Mapping[str, str], ascii_only: bool) -> None:
        self._signs = MappingProxyType(dict(signs))
        self.ascii_only = ascii_only
        """True where every sign is a printable ASCII character."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name this set has a sign for."""
        return tuple(self._signs)

    def __getitem__(self, name: str) -> str:
        return self._signs.get(name) or " "

    def spark(self, ratio: float) -> str:
        """The block for a share from 0 to 1."""
        step = round(max(0.0, min(1.0, ratio)) * (SPARKS - 1)) + 1
        return self[f"spark_{step}"]


UNICODE = Glyphs({**_UNICODE, **states.UNICODE}, False)
"""For terminals with a Unicode font."""

ASCII = Glyphs({**_ASCII, **states.ASCII}, True)
"""For the console port, old fonts and braille lines."""


def glyphs(ascii_only: bool) -> Glyphs:
    """The set to use."""
    return ASCII if ascii_only else UNICODE
