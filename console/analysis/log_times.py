"""The moment a log line names, in the many ways logs write it."""

from __future__ import annotations

import re
from calendar import timegm
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_HEAD = 400
"""Bytes of a line in which its time is looked for."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        b"jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}

_MAYBE = re.compile(rb"\d:\d\d:\d|1\d{9}")
_ISO = re.compile(
    rb"(?<!\d)(\d{4})[-/](\d\d)[-/](\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?"
    rb" ?(Z|UTC|[+-]\d\d:?\d\d)?(?!\d)"
)
_MILLIS = re.compile(rb"\"time_ms\": (\d{13})\b")
_EPOCH = re.compile(
    rb"^\s*\[?(1\d{9})(?:\.(\d{1,9}))?\b|\"(?:ts|time|timestamp)\": ?(1\d{9})(?:\.(\d{1,9}))?\b"
)
_EPOCH_MILLIS = re.compile(rb"^\s*\[?(1\d{12})\b|\"(?:ts|time|timestamp)\": ?(1\d{12})\b")
_GLOG = re.compile(rb"^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{6})\b")
_SYSLOG = re.compile(rb"(?:^|\s)([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: (\d{4}))?\b")
_NGINX = re.compile(rb"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})")
_SHORT = re.compile(rb"^\[?(\d\d)[-/](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\b")


def find_time(line: bytes, hint: datetime | None = None) -> datetime | None:
    """The time a line names, in UTC; one without a zone is taken as UTC.

    Args:
        line: its bytes; only the head is looked at.
        hint: a moment near it, which gives the year where the line has none.
    """
    head = line[:_HEAD]
    if _MAYBE.search(head) is None:
        return None
    for read in _READERS:
        try:
            found = read(head, hint)
        except (ValueError, OverflowError):
            # Digits that look like a date and are none.
            continue
        if found is not None:
            return found
    return None


def _iso(head: bytes, hint: datetime | None) -> datetime | None:
    found = _ISO.search(head)
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    moment = datetime(year, month, day, hour, minute, second, _micros(found[7]), UTC)
    return moment - _offset(found[8])


def _millis(head: bytes, hint: datetime | None) -> datetime | None:
    found = _MILLIS.search(head) or _EPOCH_MILLIS.search(head)
    if found is None:
        return None
    digits = next(group for group in found.groups() if group)
    return datetime.fromtimestamp(int(digits) / 1000, UTC)


def _epoch(head: bytes, hint: datetime | None) -> datetime | None:
    found = _EPOCH.search(head)
    if found is None:
        return None
    seconds, part = (found[1], found[2]) if found[1] else (found[3], found[4])
    return datetime.fromtimestamp(int(seconds), UTC) + timedelta(microseconds=_micros(part))


def _glog(head: bytes, hint: datetime | None) -> datetime | None:
    found = _GLOG.match(head)
    if found is None or hint is None:
        return None
    month, day, hour, minute, second, micros = map(int, found.groups())
    return _nearest_year(hint, month, day, hour, minute, second, micros)


def _short(head: bytes, hint: datetime | None) -> datetime | None:
    found = _SHORT.match(head)
    if found is None or hint is None:
        return None
    month, day, hour, minute, second = map(int, found.groups()[:5])
    return _nearest_year(hint, month, day, hour, minute, second, _micros(found[6]))


def _syslog(head: bytes, hint: datetime | None) -> datetime | None:
    found = _SYSLOG.search(head)
    month = _MONTHS.get(found[1].lower()) if found else None
    if found is None or month is None:
        return None
    day, hour, minute, second = (int(found[at]) for at in (2, 3, 4, 5))
    if found[6]:
        return datetime(int(found[6]), month, day, hour, minute, second, tzinfo=UTC)
    return None if hint is None else _nearest_year(hint, month, day, hour, minute, second, 0)


def _nginx(head: bytes, hint: datetime | None) -> datetime | None:
    found = _NGINX.search(head)
    month = _MONTHS.get(found[2].lower()) if found else None
    if found is None or month is None:
        return None
    day, year, hour, minute, second = (int(found[at]) for at in (1, 3, 4, 5, 6))
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return moment - _offset(found[7])


def _micros(digits: bytes | None) -> int:
    return int(digits[:6].ljust(6, b"0")) if digits else 0


def _offset(zone: bytes | None) -> timedelta:
    if not zone or zone in (b"Z", b"UTC"):
        return timedelta()
    digits = zone[1:].replace(b":", b"")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return -offset if zone.startswith(b"-") else offset


def _nearest_year(
    hint: datetime, month: int, day: int, hour: int, minute: int, second: int, micros: int
) -> datetime | None:
    """The moment of a year that lies nearest to the hint: logs run over the turn of a year."""
    found = []
    for year in (hint.year - 1, hint.year, hint.year + 1):
        try:
            found.append(datetime(year, month, day, hour, minute, second, micros, UTC))
        except ValueError:
            continue
    wanted = timegm(hint.utctimetuple())
    return min(found, key=lambda one: abs(timegm(one.utctimetuple()) - wanted), default=None)


_READERS: tuple[Callable[[bytes, datetime | None], datetime | None], ...] = (
    _iso,
    _millis,
    _epoch,
    _nginx,
    _glog,
    _short,
    _syslog,
)
