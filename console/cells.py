"""Text in terminal cells: how wide it is, how it is cut, and how untrusted text is made safe.

Widths follow Unicode Standard Annex 11 (East Asian Width): wide and full-width characters take
two cells, combining marks none.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from unicodedata import category, combining, east_asian_width

ELLIPSIS = "…"

_ZERO_WIDTH = frozenset({"\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"})
_EMOJI_SELECTOR = "\ufe0f"

_NAMED = {
    "\u061c": "ALM",
    "\u200b": "ZWSP",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2028": "LS",
    "\u2029": "PS",
    "\u2060": "WJ",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
    "\ufeff": "BOM",
}


class Side(StrEnum):
    """Where text stands in a wider field; the words equal `console.present.table.Align`."""

    LEFT = "left"
    RIGHT = "right"


@lru_cache(maxsize=8192)
def _character_width(character: str) -> int:
    if combining(character) or character in _ZERO_WIDTH or character == _EMOJI_SELECTOR:
        return 0
    if category(character) in {"Mn", "Me", "Cf", "Cc"}:
        return 0
    if "\ufe00" <= character <= "\ufe0e" or "\u1160" <= character <= "\u11ff":
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def cell_width(text: str) -> int:
    """How many terminal cells the text takes."""
    if text.isascii():
        return len(text) if text.isprintable() else sum(" " <= c <= "~" for c in text)
    width = 0
    before = ""
    for character in text:
        width += _character_width(character)
        if character == _EMOJI_SELECTOR and before and _character_width(before) == 1:
            width += 1
        before = character
    return width


def _prefix(text: str, cells: int) -> str:
    """The longest beginning that fits; a mark stays with the character it belongs to."""
    width = 0
    before = ""
    for index, character in enumerate(text):
        grown = _character_width(character)
        if character == _EMOJI_SELECTOR and before and _character_width(before) == 1:
            grown = 1
        if width + grown > cells:
            # A selector that no longer fits would leave its character one cell too wide.
            return text[: index - 1] if character == _EMOJI_SELECTOR else text[:index]
        width += grown
        before = character
    return text


def cut(text: str, cells: int) -> str:
    """The text within `cells` cells, with an ellipsis where something was left out."""
    if cells <= 0:
        return ""
    if cell_width(text) <= cells:
        return text
    return _prefix(text, cells - 1) + ELLIPSIS


def pad(text: str, cells: int, align: str = Side.LEFT) -> str:
    """The text in exactly `cells` cells: cut where it is longer, filled with blanks elsewhere."""
    text = cut(text, cells)
    blanks = " " * (cells - cell_width(text))
    return blanks + text if align == Side.RIGHT else text + blanks


def _shown(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if character in _NAMED:
        return f"⟪{_NAMED[character]}⟫"
    if category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return character if character in "\u200c\u200d" else f"⟪{code:04X}⟫"
    return character


def visible(text: str) -> str:
    """Untrusted text made safe for a terminal cell: what would act on a terminal is shown.

    Control characters become their Unicode pictures, marks that turn the writing direction and
    lone surrogates become their names in ⟪⟫. Tabs and line ends count as control characters.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))
