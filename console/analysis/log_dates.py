"""Parts of dates as logs write them, put together to moments without a zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

_MONTHS = {
    name: number
    for number, name in enumerate(
        b"jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}


def month_number(name: bytes) -> int | None:
    """The number of a month by the first three letters of its English name."""
    return _MONTHS.get(name[:3].lower())


def fraction(digits: bytes | None) -> int:
    """Microseconds of the digits behind the point."""
    return int(digits[:6].ljust(6, b"0")) if digits else 0


def clock(year: int, month: int, day: int, parts: Sequence[bytes | None]) -> datetime:
    """A day's moment from hour, minute, second, digits behind the point twice, and AM or PM.

    Raises:
        ValueError: there is no such moment.
    """
    hour, minute, second = (int(part or 0) for part in parts[:3])
    half = (parts[5] or b"").lower()
    if half:
        hour = hour % 12 + (12 if half == b"pm" else 0)
    # A leap second is told as the second before it.
    micros = fraction((parts[3] or b"") + (parts[4] or b""))
    return datetime(year, month, day, hour, minute, min(second, 59), micros)


def nearest(moments: Sequence[datetime], hint: datetime | None) -> datetime | None:
    """The moment nearest to the hint; the first where there is none."""
    if hint is None or len(moments) < 2:
        return moments[0] if moments else None
    return min(moments, key=lambda each: abs(each - hint))
