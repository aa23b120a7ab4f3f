"""Signs by name, one terminal cell each, in Unicode and in ASCII."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from console.present import glyphs as glyphs_of

_UNICODE = {
    "ok": "✓",
    "busy": "▶",
    "waiting": "◷",
    "recovering": "↻",
    "failed": "✗",
    "stopped": "■",
    "unknown": "?",
    "warning": "▲",
    "stale": "◌",
    "money": "¤",
    "checkpoint": "◆",
    "restart": "↺",
    "event": "•",
    "note": "·",
    "mark": "●",
    "cursor": "▸",
    "sort_up": "▴",
    "sort_down": "▾",
    "more_left": "‹",
    "more_right": "›",
    "ellipsis": "…",
    "tree_branch": "├",
    "tree_last": "└",
    "tree_line": "│",
    "folded": "▹",
    "unfolded": "▿",
    "rule": "─",
    "bar_full": "█",
    "bar_empty": "░",
    "span": "━",
    "time_cursor": "│",
    "cordoned": "⊘",
    "draining": "◍",
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
    "ok": "+",
    "busy": ">",
    "waiting": "~",
    "recovering": "@",
    "failed": "x",
    "stopped": "#",
    "unknown": "?",
    "warning": "!",
    "stale": "o",
    "money": "$",
    "checkpoint": "*",
    "restart": "r",
    "event": "o",
    "note": ".",
    "mark": "*",
    "cursor": ">",
    "sort_up": "^",
    "sort_down": "v",
    "more_left": "<",
    "more_right": ">",
    "ellipsis": "~",
    "tree_branch": "|",
    "tree_last": "`",
    "tree_line": "|",
    "folded": "+",
    "unfolded": "-",
    "rule": "-",
    "bar_full": "#",
    "bar_empty": ".",
    "span": "=",
    "time_cursor": "|",
    "cordoned": "c",
    "draining": "d",
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


# The words of `console.present` win: a sign is the same in a list and in the CLI.
# U+26A1 takes two cells in most terminals.
UNICODE = Glyphs({**_UNICODE, **glyphs_of.UNICODE, "lost": "↯"}, False)
"""For terminals with a Unicode font."""

ASCII = Glyphs({**_ASCII, **glyphs_of.ASCII}, True)
"""For the console port, old fonts and braille lines."""


def glyphs(ascii_only: bool) -> Glyphs:
    """The set to use."""
    return ASCII if ascii_only else UNICODE
