"""What is searched for in a log: a text or a regular expression, in terms of its bytes."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from console.logs.expression import anywhere, class_run, is_wide, may_meet_newline, word_sets

_WIDE_ESCAPE = re.compile(r"\\(?:[uUN]|x[89a-fA-F]|[0-3][0-7])")
_CATEGORY = re.compile(r"\\[dws]")


class Alphabet(IntEnum):
    """What an expression is tried on; the values are known to the process that does so."""

    BYTES = 0
    """It is the same: no part matches more than ASCII."""
    CHARACTERS = 1
    BOTH = 2
    """Bytes where they are ASCII, as that is quicker, else characters."""


class BadQuery(ValueError):
    """An expression cannot be read.

    Attributes:
        reason: what is wrong with it, in the words of the parser.
        position: the character at which it was noticed; `None` where nobody knows.
    """

    def __init__(self, reason: str, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.position = reason, position


@dataclass(frozen=True)
class Query:
    """What is searched for; an expression is tried on each line alone, as grep does.

    Attributes:
        text: plain text, or an expression of Python's `re`.
        ignore_case: capitals and small letters are the same.
    """

    text: str
    regex: bool = False
    ignore_case: bool = False

    def __post_init__(self) -> None:
        if not self.text:
            raise BadQuery("nothing to search for", 0)
        if self.regex:
            try:
                _without_warnings(re.compile, self._source, self.flags)
            except re.error as error:
                raise BadQuery(error.msg, error.pos) from error
            except (OverflowError, RecursionError) as error:
                raise BadQuery(str(error)) from error

    @cached_property
    def needle(self) -> bytes:
        """The bytes to look for where bytes alone decide, case of ASCII letters aside; else none.

        They are in small letters where case does not matter.
        """
        if self.ignore_case and any(_has_case(each) for each in self.text):
            return b""
        if self.regex:
            parts = self.parsed()
            if not parts or any(str(name) != "LITERAL" for name, _ in parts):
                return b""
            return self._raw("".join(chr(value) for _, value in parts))
        raw = self.text.encode("utf-8", "surrogateescape")
        return raw.lower() if self.folds else raw

    @cached_property
    def folds(self) -> bool:
        """Whether small letters match capitals, be it that the expression says so."""
        return self.ignore_case or bool(self._compiled.flags & re.IGNORECASE)

    @cached_property
    def expression(self) -> str:
        """The search as an expression."""
        return self.text if self.regex else re.escape(self.text)

    @cached_property
    def in_characters(self) -> bool:
        """Whether the expression speaks of characters that are more than a byte."""
        return not self.expression.isascii() or _WIDE_ESCAPE.search(self.expression) is not None

    @cached_property
    def may_be_empty(self) -> bool:
        """Whether a hit may have no characters."""
        return not self._tree or self._tree.getwidth()[0] == 0

    @cached_property
    def alphabet(self) -> Alphabet:
        """What the expression is tried on."""
        if self.in_characters:
            return Alphabet.CHARACTERS
        # Where the parser does not tell, nothing is promised.
        parts = self.parsed() or [("ANY", None)]
        return Alphabet.BOTH if anywhere(parts, is_wide) else Alphabet.BYTES

    @property
    def flags(self) -> int:
        """For `re.compile`; line by line, so that both ends of a line are one."""
        return re.MULTILINE | (re.IGNORECASE if self.ignore_case else 0)

    @property
    def _source(self) -> str | bytes:
        return self.expression if self.in_characters else self.expression.encode()

    @cached_property
    def _compiled(self) -> re.Pattern[Any]:
        made: re.Pattern[Any] = _without_warnings(re.compile, self._source, self.flags)
        return made

    @cached_property
    def _tree(self) -> Any:
        """The parts of the expression as Python's `re` sees them; none where it does not tell."""
        parser = getattr(re, "_parser", None)
        return _without_warnings(parser.parse, self._source, self.flags) if parser else []

    def parsed(self) -> list[Any]:
        """The parts of the expression, empty where nobody knows."""
        return list(self._tree)

    @cached_property
    def within_lines(self) -> bool:
        """Whether a whole block may be searched at once: no part of it can match a line's end."""
        parts = self.parsed()
        if not parts or self._compiled.flags & re.DOTALL:
            return False
        return not anywhere(parts, may_meet_newline)

    @cached_property
    def words(self) -> tuple[frozenset[bytes], ...]:
        """Sets of words, of each of which one is in every match; in small letters where case does
        not matter."""
        if self.folds and self.in_characters:
            return ()
        try:
            found = word_sets(self.parsed())
        except (AttributeError, TypeError, ValueError, IndexError):
            # The parser of another Python has another shape: nothing is promised then.
            return ()
        return tuple(frozenset(map(self._raw, words)) for words in found)

    @cached_property
    def classes(self) -> tuple[frozenset[int], ...]:
        """Bytes that stand one after the other in every match, by what each may be."""
        if self.folds and self.in_characters:
            return ()
        try:
            run = class_run(self.parsed())
        except (AttributeError, TypeError, ValueError, IndexError):
            return ()
        if not self.folds:
            return run
        return tuple(frozenset(bytes(each).lower()) for each in run)

    @cached_property
    def classes_of_ascii(self) -> bool:
        """Whether `classes` hold for ASCII text alone."""
        return _CATEGORY.search(self.expression) is not None

    def _raw(self, word: str) -> bytes:
        raw = word.encode() if self.in_characters else word.encode("latin-1")
        return raw.lower() if self.folds else raw


def _without_warnings(do: Callable[..., Any], *arguments: Any) -> Any:
    """What a typed expression may mean in another version of Python is of no interest."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return do(*arguments)


def _has_case(letter: str) -> bool:
    """Whether a letter beyond ASCII has a capital and a small form."""
    return not letter.isascii() and letter.upper() != letter.lower()
