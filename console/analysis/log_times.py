"""The moment a log line names, in the many ways logs write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from console.analysis.log_dates import clock, fraction, month_number, nearest
from console.analysis.log_labels import plain

_HEAD = 400
"""Bytes of a line in which its time is looked for."""

_MAYBE = re.compile(rb"\d[:.]\d\d[:.]\d|1\d{9}|\d\xe6\x97\xb6|\dT?\d{6}")
_CLOCK = rb"(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d{1,9})(?:\.(\d{3}))?)?(?:\s?([AaPp][Mm])\b)?"
_LABELS = rb"^\s*(?:\[(?:rank|default)?\d{1,6}\]:?\s?|\d{1,6}: ?)*"
"""Whose line it is, before the time."""

_ISO = re.compile(
    rb"(?<![\w.])(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T| ?[ _-])" + _CLOCK + rb"(?!\d)"
    rb" ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?(?!\d)"
)
_DOTTED = re.compile(rb"(?<![\w.])(\d{4})-(\d\d)-(\d\d)-(\d\d)\.(\d\d)\.(\d\d)(?:\.(\d{1,9}))?")
_COMPACT = re.compile(
    rb"(?<![\w.])((?:19|20)\d\d)(\d\d)(\d\d)(?:T|[ _-])(\d\d):?(\d\d):?(\d\d)(?:[.,](\d{1,9}))?"
    rb"(Z|[+-]\d\d:?\d\d)?(?!\d)"
)
_KEYED = rb"(?:\"|\b)(?:time_ms|ts|time|timestamp|unix_time|epoch_time)(?:\": ?|=)\"?"
_NUMBER = rb"(1\d{9}(?:\d{3}){0,3})(?:\.(\d{1,9}))?"
_NO_AMOUNT = rb"(?! ?(?:bytes|[kKMGT]?i?B\b|tokens|param|samples|elements|rows|lines))"
_EPOCH = re.compile(
    rb"\s*\[?" + _NUMBER + rb"(?![\w.-])" + _NO_AMOUNT + rb"|(?:-|[A-Z]+) " + _NUMBER + rb" "
)
_EPOCH_KEYED = re.compile(_KEYED + _NUMBER)
_LONE = re.compile(rb"^(?:\S+ ){1,5}" + _NUMBER + rb"(?![\w.])" + _NO_AMOUNT)
_GLOG = re.compile(
    _LABELS + rb"\[?[IWEFVD](?:((?:19|20)\d\d)(\d\d)|(\d{1,2}))(\d\d) "
    rb"(\d\d):(\d\d):(\d\d)\.(\d{3,9})\b"
)
_SHORT = re.compile(_LABELS + rb"\[?(\d\d)[-/](\d\d)[ T]" + _CLOCK)
_THREE = re.compile(rb"(?:^|[\s\[(])(\d\d)([/.-])(\d\d)\2(\d\d(?:\d\d)?),?[ T]" + _CLOCK)
_MONTH_FIRST = re.compile(
    rb"(?:^|[\s\[(<>:])([A-Z][a-z]{2})[a-z]{0,6}\.? {1,2}(\d{1,2})(?:,? (\d{4}),?)? "
    + _CLOCK
    + rb"(?: (?:[A-Z]{3,4} )?(\d{4})\b)?"
)
_DAY_FIRST = re.compile(
    rb"(?<!\d)(\d{1,2})[-/ ]([A-Z][a-z]{2})[-/ ](\d{4})[: ]" + _CLOCK + rb"(?: ([+-]\d{4}|GMT))?"
)
_CHINESE = re.compile(
    rb"(\d{4})\s?\xe5\xb9\xb4\s?(\d{1,2})\s?\xe6\x9c\x88\s?(\d{1,2})\s?\xe6\x97\xa5"
    rb"[^\d]{0,24}?(\xe4\xb8\x8b\xe5\x8d\x88)?\s?"
    rb"(\d{1,2})(?::|\xe6\x97\xb6)(\d\d)(?::|\xe5\x88\x86)(\d\d)"
)
_ALONE = re.compile(_LABELS + rb"[\[(]?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?![\w:/])")

_YEARS_AROUND = timedelta(days=3 * 366)

Hint = datetime | None


def find_time(line: bytes, hint: Hint = None, zone: tzinfo = UTC) -> datetime | None:
    """The time a line names, in UTC.

    Args:
        line: its bytes; only the head is looked at.
        hint: a moment near it: gives the year, or the day, where the line has none, and decides
            between day and month where a line leaves that open.
        zone: of the clock whose time the line has without a zone.
    """
    head = line[:_HEAD]
    if _MAYBE.search(head) is None:
        return None
    head = plain(head)
    near = None
    if hint is not None:
        near = (hint if hint.tzinfo is zone else hint.astimezone(zone)).replace(tzinfo=None)
    for read in _READERS:
        try:
            found = read(head, near)
        except (ValueError, OverflowError):
            # Digits that look like a date and are none.
            continue
        if found is not None:
            found = found if found.tzinfo else found.replace(tzinfo=zone)
            return found if found.tzinfo is UTC else found.astimezone(UTC)
    return None


def has_zone(line: bytes) -> bool:
    """Whether a line names a moment that needs no zone to be understood."""
    west = find_time(line, zone=timezone(timedelta(hours=-1)))
    return west is not None and west == find_time(line)


# Each reader answers a moment with a zone, one of the log's own clock without, or nothing.


def _iso(head: bytes, hint: Hint) -> datetime | None:
    found = _ISO.search(head)
    if found is None:
        return None
    year, month, day = map(int, found.groups()[:3])
    return _zoned(clock(year, month, day, found.groups()[3:9]), found[10])


def _dotted(head: bytes, hint: Hint) -> datetime | None:
    found = _DOTTED.search(head)
    return _exact(found.groups()) if found else None


def _compact(head: bytes, hint: Hint) -> datetime | None:
    found = _COMPACT.search(head)
    if found is None:
        return None
    return _zoned(_exact(found.groups()), found[8])


def _exact(parts: Sequence[bytes]) -> datetime:
    year, month, day, hour, minute, second = map(int, parts[:6])
    return datetime(year, month, day, hour, minute, second, fraction(parts[6]))


def _zoned(moment: datetime, zone: bytes | None) -> datetime:
    if not zone:
        return moment
    if zone in (b"Z", b"UTC", b"GMT"):
        return moment.replace(tzinfo=UTC)
    digits = zone[1:].replace(b":", b"")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return moment.replace(tzinfo=timezone(-offset if zone.startswith(b"-") else offset))


def _epoch(head: bytes, hint: Hint) -> datetime | None:
    found = _EPOCH.match(head)
    if found:
        at = 1 if found[1] else 3
        return _since_epoch(found[at], found[at + 1])
    found = _EPOCH_KEYED.search(head) if b"ts" in head or b"time" in head else None
    return _since_epoch(found[1], found[2]) if found else None


def _since_epoch(whole: bytes, part: bytes | None) -> datetime:
    """Seconds, or thousandths of them once to three times over."""
    moment = datetime.fromtimestamp(int(whole[:10]), UTC)
    return moment + timedelta(microseconds=fraction(whole[10:] or part))


def _lone_epoch(head: bytes, hint: Hint) -> datetime | None:
    """A number among the first words that could be seconds: believed when it is near the hint."""
    found = _LONE.search(head)
    if found is None:
        return None
    moment = _since_epoch(found[1], found[2])
    if hint is not None and abs(moment.replace(tzinfo=None) - hint) > _YEARS_AROUND:
        return None
    # Sizes in memory are multiples of big powers of two; moments hardly ever are.
    return moment if hint is not None or int(found[1]) % (1 << 16) else None


def _glog(head: bytes, hint: Hint) -> datetime | None:
    found = _GLOG.match(head)
    if found is None or (hint is None and not found[1]):
        return None
    month, day, hour, minute, second = (
        int(each) for each in (found[2] or found[3], *found.groups()[3:7])
    )
    micros = fraction(found[8])
    if found[1]:
        return datetime(int(found[1]), month, day, hour, minute, second, micros)
    return _in_some_year(hint, month, day, (hour, minute, second, micros))


def _short(head: bytes, hint: Hint) -> datetime | None:
    found = _SHORT.match(head)
    if found is None or hint is None:
        return None
    time = clock(2000, 1, 1, found.groups()[2:8])
    parts = time.hour, time.minute, time.second, time.microsecond
    return _in_some_year(hint, int(found[1]), int(found[2]), parts)


def _three(head: bytes, hint: Hint) -> datetime | None:
    """Three numbers, of which it is not sure which is the day."""
    found = _THREE.search(head)
    if found is None:
        return None
    first, second, third = int(found[1]), int(found[3]), int(found[4])
    last_is_year = third + (2000 if third < 100 else 0)
    orders = [(last_is_year, first, second), (last_is_year, second, first)]
    if found[2] == b".":
        orders.reverse()
    if third < 100:
        # log4j has the year first, Python's terminals in brackets have it last.
        orders.insert(2 if head.lstrip()[:1] == b"[" else 0, (first + 2000, second, third))
    moments = []
    for year, month, day in orders:
        try:
            moments.append(clock(year, month, day, found.groups()[4:10]))
        except ValueError:
            continue
    return nearest(moments, hint)


def _month_first(head: bytes, hint: Hint) -> datetime | None:
    found = _MONTH_FIRST.search(head)
    month = month_number(found[1]) if found else None
    if found is None or month is None:
        return None
    year = found[3] or found[10]
    time = clock(2000, 1, 1, found.groups()[3:9])
    parts = time.hour, time.minute, time.second, time.microsecond
    if year:
        return datetime(int(year), month, int(found[2]), *parts)
    return _in_some_year(hint, month, int(found[2]), parts)


def _day_first(head: bytes, hint: Hint) -> datetime | None:
    found = _DAY_FIRST.search(head)
    month = month_number(found[2]) if found else None
    if found is None or month is None:
        return None
    return _zoned(clock(int(found[3]), month, int(found[1]), found.groups()[3:9]), found[10])


def _chinese(head: bytes, hint: Hint) -> datetime | None:
    found = _CHINESE.search(head)
    if found is None:
        return None
    year, month, day = map(int, found.groups()[:3])
    hour, minute, second = map(int, found.groups()[4:7])
    return datetime(year, month, day, hour + (12 if found[4] and hour < 12 else 0), minute, second)


def _alone(head: bytes, hint: Hint) -> datetime | None:
    """A time without a day: of the day that brings it nearest to the hint."""
    found = _ALONE.match(head)
    if found is None or hint is None:
        return None
    hour, minute, second = map(int, found.groups()[:3])
    moment = hint.replace(hour=hour, minute=minute, second=second, microsecond=fraction(found[4]))
    return nearest([moment + timedelta(days=days) for days in (-1, 0, 1)], hint)


def _in_some_year(
    hint: Hint, month: int, day: int, time: tuple[int, int, int, int]
) -> datetime | None:
    """The moment of a year that lies nearest to the hint: logs run over the turn of a year."""
    if hint is None:
        return None
    found = []
    for year in (hint.year - 1, hint.year, hint.year + 1):
        try:
            found.append(datetime(year, month, day, *time))
        except ValueError:
            continue
    return nearest(found, hint)


_READERS: tuple[Callable[[bytes, Hint], datetime | None], ...] = (
    _epoch,
    _iso,
    _dotted,
    _compact,
    _day_first,
    _glog,
    _three,
    _short,
    _month_first,
    _chinese,
    _alone,
    _lone_epoch,
)
