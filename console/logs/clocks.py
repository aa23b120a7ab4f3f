"""Workers whose clocks show another time zone than the others'."""

from __future__ import annotations

from datetime import datetime

from console.logs.line_keys import micros

_QUARTER = 15 * 60 * 1_000_000
"""Time zones differ by whole quarters of an hour."""
_NEAR = 180 * 1_000_000
_WIDEST = 26 * 3600 * 1_000_000


def zone_shift(named: datetime, known: datetime) -> int:
    """Microseconds to add to the times of a log, 0 where they need none.

    Args:
        named: a time its lines name.
        known: when that line was written, within a few minutes.
    """
    behind = micros(known) - micros(named)
    quarters = round(behind / _QUARTER)
    near = abs(behind - quarters * _QUARTER) <= _NEAR
    return quarters * _QUARTER if near and abs(behind) <= _WIDEST else 0
