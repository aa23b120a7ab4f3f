"""Moments as milliseconds since 1970, and as dates where the API speaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_moment(date: datetime) -> int:
    """Whole milliseconds; what lies between two is cut off."""
    return (date - _EPOCH) // _MILLISECOND


def from_moment(moment: int) -> datetime:
    """The date of a moment, UTC."""
    return _EPOCH + timedelta(milliseconds=moment)


def date_or_none(moment: int | None) -> datetime | None:
    return None if moment is None else from_moment(moment)
