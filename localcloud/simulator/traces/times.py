"""Moments and durations of traces, as whole microseconds."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime

from localcloud.simulator.traces.record import MICROSECONDS

FACTORS = {
    "h": Decimal(3600 * MICROSECONDS),
    "min": Decimal(60 * MICROSECONDS),
    "s": Decimal(MICROSECONDS),
    "ms": Decimal(1000),
    "us": Decimal(1),
    "ns": Decimal("1e-3"),
}
"""Microseconds in one unit."""

_FIRST_YEAR, _LAST_YEAR = 2, 8999
_SAID = re.compile(
    r"^(\d+(?:\.\d+)?)\s*(ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?)$", re.I
)
_UNITS = {
    word: unit
    for unit, words in {
        "ms": "ms",
        "s": "s sec secs second seconds",
        "min": "m min mins minute minutes",
        "h": "h hr hrs hour hours",
    }.items()
    for word in words.split()
}
_DATE = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"^(?:(\d+)-|(\d+) days?,? )?(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?$")
_HOURS = {"UTC": 0, "GMT": 0, "PST": -8, "PDT": -7, "EST": -5, "EDT": -4, "CET": 1, "CEST": 2}
LATEST = 220_000_000_000 * MICROSECONDS
"""Microseconds since 1970: nearly the year 9000."""
_EARLIEST = -62_000_000_000 * MICROSECONDS
_MOST_DIGITS = 25
_MOST_EXPONENT = 100_000
_LEAST_EPOCH = 300_000_000
"""Seconds: a number above is a date, one below counts from the trace's beginning."""


class BadTime(ValueError):
    """Not a moment or duration; the text says what would be."""


def number(text: str) -> Decimal | None:
    """The finite number a text is, or `None`."""
    try:
        found = Decimal(text.strip().replace("_", "x"))
    except InvalidOperation:
        return None
    # What is larger by far cannot be computed with any more.
    return found if found.is_finite() and found.adjusted() < _MOST_EXPONENT else None


def unit_of(values: list[str]) -> str:
    """The unit of columns of moments that do not name theirs, by the size of their numbers."""
    sizes = [abs(found) for value in values if (found := number(value)) is not None]
    largest = max(sizes, default=Decimal(0))
    for unit, least in (("ns", "1e17"), ("us", "1e14"), ("ms", "1e11")):
        if largest >= Decimal(least):
            return unit
    return "s"


def is_unset(text: str, unit: str, *, absolute: bool) -> bool:
    """Whether a moment is a number that stands for none: -1, and in dates 0 as well."""
    found = number(text) if text.lstrip()[:1] in ("-", "0") else None
    return found is not None and (found == -1 or (absolute and found * FACTORS[unit] <= 0))


def is_date(value: str, unit: str) -> bool:
    """Whether a moment is a date rather than counted from the trace's beginning."""
    found = number(value)
    return found is None or _LEAST_EPOCH * MICROSECONDS <= found * FACTORS[unit] <= LATEST


def moment(text: str, unit: str) -> int:
    """A moment: a number of `unit`, or a date and time, in UTC where it names no zone.

    Raises:
        BadTime: it is neither.
    """
    found = number(text)
    if found is not None:
        return _whole(found, unit)
    try:
        found_date = datetime.fromisoformat(text.strip())
    except ValueError:
        found_date = _otherwise(text.strip())
    if not _FIRST_YEAR <= found_date.year <= _LAST_YEAR:
        raise BadTime("is not between the years 2 and 9000")
    return _micros(found_date)


def has_zone(text: str) -> bool:
    """Whether a date and time names its zone; numbers need none."""
    if number(text) is not None:
        return True
    tail = text.strip()[10:]
    return tail.endswith(("Z", "z")) or "+" in tail or "-" in tail or tail[-3:] in _HOURS


def duration(text: str, unit: str) -> int:
    """A duration: a number of `unit`, `90m`, or `[D-]HH:MM:SS`, `D days, HH:MM:SS`, `MM:SS`.

    Raises:
        BadTime: it is neither, or below 0.
    """
    found = number(text)
    if found is not None:
        if found < 0:
            raise BadTime("a duration cannot be below 0")
        return _whole(found, unit)
    said = _SAID.match(text.strip())
    if said is not None:
        return _whole(Decimal(said[1]), _UNITS[said[2].lower()])
    match = _DAY.match(text.strip())
    if match is None:
        raise BadTime("is not a duration such as 90, 0.5 or 1-02:03:04")
    days, words, first, second, third = match.groups()
    if third is None and not (days or words):
        first, second, third = "0", first, second
    seconds = Decimal(days or words or 0) * 86_400
    seconds += Decimal(first) * 3600 + Decimal(second) * 60 + Decimal(third or 0)
    return _whole(seconds, "s")


def _whole(found: Decimal, unit: str) -> int:
    if found.adjusted() > _MOST_DIGITS or found * FACTORS[unit] > LATEST:
        raise BadTime("is beyond the year 9000")
    if found * FACTORS[unit] < _EARLIEST:
        raise BadTime("is before the year 2")
    return int((found * FACTORS[unit]).to_integral_value())


def _micros(at: datetime) -> int:
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return (at - _EPOCH) // timedelta(microseconds=1)


def _otherwise(text: str) -> datetime:
    """Dates as others write them: a zone's name behind, slashes, no zeros before, as in mails."""
    head, _, name = text.rpartition(" ")
    zone = timezone(timedelta(hours=_HOURS[name])) if name in _HOURS else None
    plain = (head if zone else text).upper().replace("/", "-")
    for form in ("{}", "{}:00"):
        with contextlib.suppress(ValueError):
            found = datetime.fromisoformat(form.format(plain))
            return found.replace(tzinfo=zone) if zone else found
    with contextlib.suppress(ValueError):
        if match := _DATE.match(plain):
            year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=zone)
        if "," in text:
            return parsedate_to_datetime(text)
    raise BadTime("is neither a number nor a date and time such as 2026-01-31 12:00:00")
