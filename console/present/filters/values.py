"""Reading what stands after an operator: durations, sizes, shares, moments, numbers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    ENUM = "enum"
    NUMBER = "number"
    MONEY = "money"
    RATIO = "ratio"
    DURATION = "duration"
    BYTES = "bytes"
    TIME = "time"


_NUMBER = re.compile(r"^[+-]?\d{1,30}(?:\.\d{1,30})?$")
_DURATION = re.compile(r"^(?:\d{1,12}(?:\.\d{1,6})?(?:ms|s|m|h|d|w))+$")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = re.compile(r"^(\d{1,30}(?:\.\d{1,6})?)\s*([kmgtp]?)(i?)b?$")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}

FORM_KEYS = {
    Kind.NUMBER: "bad_number",
    Kind.MONEY: "bad_number",
    Kind.RATIO: "bad_ratio",
    Kind.DURATION: "bad_duration",
    Kind.BYTES: "bad_bytes",
    Kind.TIME: "bad_time",
}
"""What is wrong with a value of each kind, under `errors.filter`."""


def read_number(text: str) -> float:
    """Digits with an optional fraction. Raises `ValueError`."""
    if not _NUMBER.match(text):
        raise ValueError(f"{text!r} is not a number")
    return float(text)


def read_ratio(text: str) -> float:
    """`50%` or `0.5` as a fraction. Raises `ValueError`; above 1 only with the sign."""
    if text.endswith("%"):
        return read_number(text[:-1]) / 100
    share = read_number(text)
    if share > 1:
        raise ValueError(f"{text!r} is not a share such as 50% or 0.5")
    return share


def read_duration(text: str) -> float:
    """`2h`, `1h30m`, `1.5d` or bare seconds as seconds. Raises `ValueError`."""
    folded = text.casefold()
    if _NUMBER.match(folded):
        return float(folded)
    if not _DURATION.match(folded):
        raise ValueError(f"{text!r} is not a duration such as 2h, 15m or 1d")
    return sum(float(count) * _SECONDS[unit] for count, unit in _DURATION_PART.findall(folded))


def read_bytes(text: str) -> float:
    """`8GiB` (1024 each), `8GB` (1000 each) or bare bytes. Raises `ValueError`."""
    match = _BYTES.match(text.casefold())
    if match is None or (match[3] and not match[2]):
        raise ValueError(f"{text!r} is not a size such as 8GiB")
    base = 1024 if match[3] else 1000
    return float(match[1]) * float(base ** _POWERS[match[2]])


def read_time(text: str, now: datetime, zone: tzinfo) -> float:
    """A date or moment (in `zone` where it names none) or a time ago, as a Unix time.

    Raises `ValueError`.
    """
    if _DURATION.match(text.casefold()):
        try:
            return (now - timedelta(seconds=read_duration(text))).timestamp()
        except OverflowError as too_long:
            raise ValueError(f"{text!r} is longer ago than there are dates") from too_long
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def read_value(kind: Kind, text: str, now: datetime | None = None, zone: tzinfo = UTC) -> float:
    """A value of any ordered kind as a number. Raises `ValueError`.

    Without `now` only the form of a time is checked.
    """
    if kind is Kind.DURATION:
        return read_duration(text)
    if kind is Kind.BYTES:
        return read_bytes(text)
    if kind is Kind.RATIO:
        return read_ratio(text)
    if kind is Kind.TIME:
        return read_time(text, now or datetime(2026, 1, 1, tzinfo=UTC), zone)
    return read_number(text)
