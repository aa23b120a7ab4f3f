"""What a search looks for: which part of a text on the screen it is, and where in bytes held."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_SLICE = 1 << 18
"""Bytes looked through at once."""

_SHOWN = 2000
"""Characters of a line in which an expression is looked for, so that none can keep us waiting."""

_REPEATS = re.compile(r"(?<!\\)[*+]|\{\d+,")
_NESTED = re.compile(r"(?:[*+?]|\})[^(]*\)\s*(?:[*+]|\{)|\|[^(]*\)\s*(?:[*+]|\{)|\\[1-9]")


@dataclass(frozen=True, slots=False)
class Wanted:
    """A search as it was typed: plain text, or an expression after `~`.

    Attributes:
        text: what is looked for, without the `~`.
        ignore_case: capitals and small letters are the same; so they are unless a capital is typed.
    """

    text: str
    regex: bool
    ignore_case: bool

    @classmethod
    def parse(cls, typed: str) -> Wanted | None:
        """The search a line means; `None` for an empty one.

        Raises:
            re.error: the expression cannot be read.
        """
        regex = typed.startswith("~") and len(typed) > 1
        text = typed[1:] if regex else typed
        if not text:
            return None
        if regex:
            re.compile(text)
        return cls(text, regex, text == text.lower())

    @cached_property
    def _expression(self) -> re.Pattern[str] | None:
        """What marks hits in shown text; `None` where it could take for ever."""
        if not self.regex:
            return re.compile(re.escape(self.text), re.IGNORECASE if self.ignore_case else 0)
        if _NESTED.search(self.text) or len(_REPEATS.findall(self.text)) > 2:
            return None
        return re.compile(self.text, re.IGNORECASE if self.ignore_case else 0)

    @property
    def is_quick(self) -> bool:
        """Whether shown text may be searched between two keys."""
        return self._expression is not None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the hits in a shown line are."""
        expression = self._expression
        if expression is None:
            return []
        part = text[:_SHOWN] if self.regex else text
        return [found.span() for found in expression.finditer(part) if found.end() > found.start()]

    @cached_property
    def _needle(self) -> bytes:
        return (self.text.lower() if self.ignore_case else self.text).encode()

    def _read(self, data: bytearray | bytes, start: int, end: int) -> bytes:
        piece = bytes(data[max(0, start) : end])
        return piece.lower() if self.ignore_case else piece

    def first(self, data: bytearray | bytes, start: int) -> int:
        """Where plain text is first found from `start` on; -1 where it is not."""
        extra = len(self._needle) - 1
        for at in range(max(0, start), len(data), _SLICE):
            found = self._read(data, at, at + _SLICE + extra).find(self._needle)
            if found >= 0:
                return at + found
        return -1

    def last(self, data: bytearray | bytes, end: int) -> int:
        """Where plain text is last found before `end`; -1 where it is not."""
        at = min(end, len(data))
        while at > 0:
            low = max(0, at - _SLICE)
            piece = self._read(data, low, min(len(data), at + len(self._needle) - 1))
            found = piece.rfind(self._needle)
            if found >= 0:
                return low + found
            at = low
        return -1
