"""Keys of merged lines: one whole number that orders them and says where each was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_OFFSET_BITS, _ATTEMPT_BITS, _RANK_BITS = 48, 16, 24
_ATTEMPT_AT = _OFFSET_BITS
_RANK_AT = _ATTEMPT_AT + _ATTEMPT_BITS
_MOMENT_AT = _RANK_AT + _RANK_BITS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def key_base(moment: int, rank: int, attempt: int) -> int:
    """The key of byte 0 of a log at a moment in microseconds; add the offset of the line."""
    return moment << _MOMENT_AT | rank << _RANK_AT | attempt << _ATTEMPT_AT


def moment_of(key: int) -> int:
    """The moment of a line in microseconds since 1970."""
    return key >> _MOMENT_AT


def time_of(key: int) -> datetime:
    """The moment of a line."""
    return _EPOCH + timedelta(microseconds=key >> _MOMENT_AT)


def rank_of(key: int) -> int:
    """Whose line it is."""
    return key >> _RANK_AT & (1 << _RANK_BITS) - 1


def attempt_of(key: int) -> int:
    """The attempt whose log holds the line."""
    return key >> _ATTEMPT_AT & (1 << _ATTEMPT_BITS) - 1


def offset_of(key: int) -> int:
    """The byte of that log at which the line starts."""
    return key & (1 << _OFFSET_BITS) - 1
