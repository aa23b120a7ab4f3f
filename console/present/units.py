"""Figures as short text. What is not known is a dash, what is estimated is marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from typing import Final

from api_client.models.base import Money, Quality
from api_client.models.billing import Estimate
from api_client.models.scalars import in_zone
from console.present.context import PresentContext

DASH: Final = "—"
ESTIMATED: Final = "≈"

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

Duration = float | int | timedelta


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and how much it can be trusted; `None` is "not measured"."""

    value: float | None
    quality: Quality = Quality.MEASURED

    def mark(self, text: str) -> str:
        """The text of this figure with the mark of its quality."""
        if self.value is None or self.quality is Quality.UNKNOWN:
            return DASH
        return ESTIMATED + text if self.quality is Quality.ESTIMATED else text


def seconds_of(duration: Duration) -> float:
    """A duration as seconds."""
    return duration.total_seconds() if isinstance(duration, timedelta) else float(duration)


def duration_text(duration: Duration | None) -> str:
    """Two parts at most: `2h 14m`, `3d 4h`, `45s`."""
    if duration is None:
        return DASH
    seconds = seconds_of(duration)
    if seconds < 0:
        return "-" + duration_text(-seconds)
    whole = int(seconds)
    if whole < MINUTE:
        return f"{whole}s"
    for size, unit, smaller, below in ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "m")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size}{unit} {rest}{below}" if rest else f"{whole // size}{unit}"
    rest = whole % MINUTE
    return f"{whole // MINUTE}m {rest}s" if rest else f"{whole // MINUTE}m"


def phase_text(duration: Duration | None) -> str:
    """As `duration_text`, with tenths below a minute: phases of a recovery are that short."""
    if duration is None:
        return DASH
    seconds = seconds_of(duration)
    return f"{seconds:.1f}s" if abs(seconds) < MINUTE else duration_text(seconds)


def age_text(moment: datetime | None, now: datetime) -> str:
    """How long ago; a moment a little in the future (clocks differ) is no age at all."""
    return DASH if moment is None else duration_text(max(timedelta(), now - moment))


def relative_text(moment: datetime | None, ctx: PresentContext) -> str:
    """`5m ago`, `just now`, `in 2h` in the current language."""
    if moment is None:
        return DASH
    seconds = (ctx.now - moment).total_seconds()
    if abs(seconds) < 1:
        return ctx.t("common.age.now")
    key = "common.age.ago" if seconds > 0 else "common.age.ahead"
    return ctx.t(key, duration=duration_text(abs(seconds)))


def moment_text(moment: datetime | None, ctx: PresentContext, *, zone: bool = True) -> str:
    """A moment in the person's zone with the zone; the date where it is not today's."""
    if moment is None:
        return DASH
    local = in_zone(moment, ctx.zone)
    today = in_zone(ctx.now, ctx.zone).date()
    text = local.strftime("%H:%M:%S" if local.date() == today else "%Y-%m-%d %H:%M:%S")
    return f"{text} {zone_text(local)}" if zone else text


def zone_text(local: datetime) -> str:
    """The short name of a moment's zone, or its offset where it has no name."""
    name = local.tzname() or local.strftime("%z")
    return local.strftime("%z") if name.startswith(("+", "-")) else name


def bytes_text(count: float | int | None) -> str:
    """Binary units with three digits at most: `512 B`, `8.0 GiB`, `141 GiB`."""
    if count is None:
        return DASH
    value, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB", "PiB"):
        if abs(value) < 1024:
            break
        value, unit = value / 1024, larger
    if unit == "B":
        return f"{value:.0f} B"
    return f"{value:.0f} {unit}" if abs(value) >= 99.95 else f"{value:.1f} {unit}"


_MOST_SHARE: Final = 99.99
"""A share beyond it says nothing but that it is wrong; its digits would fill the line."""


def percent_text(share: float | None) -> str:
    """A fraction 0..1 as whole per cent; below half a per cent yet more than nothing is `<1%`."""
    if share is None or not isfinite(share):
        return DASH
    if abs(share) > _MOST_SHARE:
        return ">9999%" if share > 0 else "<-9999%"
    return "<1%" if 0 < share < 0.005 else f"{share * 100:.0f}%"


def count_text(count: float | int | None) -> str:
    """A whole number with thousands apart."""
    return DASH if count is None else f"{count:,.0f}"


def number_text(value: float | None, digits: int = 3) -> str:
    """A measurement with so many significant digits; whole with thousands apart from there on."""
    if value is None:
        return DASH
    if abs(value) >= 10**digits:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def rate_text(per_second: float | None, unit: str = "") -> str:
    """Something a second: `3.2/s`; slow ones by the minute or hour so that digits remain."""
    if per_second is None:
        return DASH
    for factor, name in ((1, "s"), (MINUTE, "min"), (HOUR, "h")):
        if per_second * factor >= 0.1 or not per_second or name == "h":
            break
    lead = f" {unit}" if unit else ""
    return f"{number_text(per_second * factor)}{lead}/{name}"


def accelerator_time_text(seconds: float | int | None) -> str:
    """Accelerator-seconds as accelerator-hours with the precision that is there."""
    if seconds is None:
        return DASH
    hours = float(seconds) / HOUR
    if 0 < abs(hours) < 0.1:
        return f"{seconds:.0f} acc·s"
    return f"{hours:,.1f} acc·h"


def money_text(money: Money | None, ctx: PresentContext, *, estimated: bool = False) -> str:
    """An amount with its currency in the person's language; `≈` before an estimate.

    Amounts below a hundredth keep enough digits not to look like nothing.
    """
    if money is None:
        return DASH
    text = _amount_text(money, ctx.translator.language)
    return ESTIMATED + text if estimated else text


def estimate_text(estimate: Estimate | None, ctx: PresentContext) -> str:
    """An estimate as marked money."""
    return DASH if estimate is None else money_text(estimate.money, ctx, estimated=True)


def moneys_text(amounts: tuple[Money, ...], ctx: PresentContext, *, estimated: bool = False) -> str:
    """Amounts of several currencies side by side; they are never added."""
    if not amounts:
        if not ctx.currency:
            return DASH
        amounts = (Money(amount=Decimal(0), currency=ctx.currency),)
    return " + ".join(money_text(amount, ctx, estimated=estimated) for amount in amounts)


_SMALLEST: Final = Decimal("0.000001")


COMMON_STYLES: Final[dict[tuple[str, str], tuple[str, str, int]]] = {
    ("CNY", "en"): ("CN\u00a5", "", 2),
    ("CNY", "zh_CN"): ("\u00a5", "", 2),
    ("EUR", "en"): ("\u20ac", "", 2),
    ("EUR", "zh_CN"): ("\u20ac", "", 2),
    ("USD", "en"): ("$", "", 2),
    ("USD", "zh_CN"): ("US$", "", 2),
}
"""What Babel says of the common currencies, which would take 20 ms of every start to load."""


def _currency_style(currency: str, language: str) -> tuple[str, str, int]:
    """What stands before and after an amount, and its digits."""
    return COMMON_STYLES.get((currency, language)) or babel_style(currency, language)


@lru_cache(maxsize=64)
def babel_style(currency: str, language: str) -> tuple[str, str, int]:
    """The same, read from Babel once."""
    from babel.numbers import format_currency, get_currency_precision

    probe = format_currency(0, currency, "\u00a40", language, currency_digits=False)
    before, after = probe.split("0", 1)
    return before, after, get_currency_precision(currency)


def _amount_text(money: Money, language: str) -> str:
    # Both languages group by "," and part by "."; Babel itself takes 0.1 ms an amount.
    before, after, digits = _currency_style(money.currency, language)
    amount, size = money.amount, abs(money.amount)
    if not amount or size >= Decimal("0.005"):
        number = f"{size:,.{digits}f}"
    else:
        number = f"{max(size.quantize(_SMALLEST), _SMALLEST):f}".rstrip("0")
    text = f"{'-' if amount < 0 else ''}{before}{number}{after}"
    return f"<{text}" if 0 < size < _SMALLEST else text
