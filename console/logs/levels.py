"""How grave a line of a log is, in the many ways logs say it."""

from __future__ import annotations

import re
from enum import IntEnum

from console.analysis.log_labels import labelled, plain

SPAN = 300
"""Bytes from the start of a line in which its level is looked for."""


class Level(IntEnum):
    """How grave a line is; a greater one is graver."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    FATAL = 50


_FIELD = rb"(?:level(?:name)?|lvl|severity|log_level)[\"']?\s?[=:]\s?[\"']?"

_WORDS: tuple[tuple[Level, bytes, bytes], ...] = (
    (Level.FATAL, rb"FATAL|CRITICAL|PANIC|EMERG(?:ENCY)?|ALERT", rb"fatal|critical|panic|emerg"),
    (Level.ERROR, rb"ERROR|SEVERE|ERR", rb"error|err|severe"),
    (Level.WARNING, rb"WARN(?:ING)?", rb"warn(?:ing)?"),
    (Level.INFO, rb"INFO|NOTICE", rb"info|notice"),
    (Level.DEBUG, rb"DEBUG|TRACE|VERBOSE", rb"debug|trace"),
)

_LETTERS = {
    b"F": Level.FATAL,
    b"E": Level.ERROR,
    b"W": Level.WARNING,
    b"I": Level.INFO,
    b"V": Level.DEBUG,
    b"D": Level.DEBUG,
}
_LETTER = re.compile(
    rb"^[ \t]*(?:\[(?:rank|default)?\d+\]:?[ \t]*)?\[?"
    rb"(?:([IWEFVD])\d{3,4} \d\d:\d\d:\d\d"  # glog, klog, torch
    rb"|([IWEFV]) [\w./-]+:\d+\])"  # torch without a time
)
_ENDED = re.compile(
    rb"^(?:[\w.]*(?:Error|Exception|Interrupt)(?::|$)"
    rb"|Traceback \(most recent call last\)|Segmentation fault|Killed\s*$)"
    rb"|\bTraceback \(most recent"
    rb"|" + "错误(?::|：)|【错误】".encode()
)
_STATED = {
    level: re.compile(
        rb"(?<!=)\b(?:" + upper + rb")\b(?![-\w]|[=_])|" + _FIELD + rb"(?i:" + lower + rb")\b"
        rb"|[\[<(](?:" + lower + rb")[\]>)]|^(?:[\w./-]+: |\S+ )?(?:" + lower + rb"): "
    )
    for level, upper, lower in _WORDS
}
_ANY = re.compile(
    rb"ERR|FATAL|CRIT|PANIC|EMERG|ALERT|SEVERE|WARN|INFO|NOTICE|DEBUG|TRACE|VERBOSE"
    rb"|(?i:evel|lvl|severity)|error|err[\]>)]|fatal|critical|panic|emerg|warn|info|notice|debug|trace"
)


def level_of(line: bytes) -> Level | None:
    """The level a line states near its start, or that it is the head of a traceback.

    The word that stands first decides: `INFO … 0 ERROR` is information.
    """
    head = plain(line[:SPAN])
    letter = _LETTER.match(head)
    if letter:
        return _LETTERS[letter[1] or letter[2]]
    stated: tuple[int, Level] | None = None
    if _ANY.search(head):
        for level, pattern in _STATED.items():
            found = pattern.search(head)
            if found and (stated is None or found.start() < stated[0]):
                stated = found.start(), level
    if stated is not None:
        return stated[1]
    return Level.ERROR if _ENDED.search(labelled(head).words) else None


def is_error(line: bytes) -> bool:
    """Whether a line is an error or worse."""
    return (level_of(line) or 0) >= Level.ERROR
