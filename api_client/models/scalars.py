"""Values with one spelling outside: moments in UTC and exact numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Annotated, Any

import msgspec


def to_utc(moment: datetime) -> datetime:
    """The same moment with UTC as its zone.

    Raises:
        ValueError: it lies outside the years 1 to 9999 there.
    """
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment has no UTC date") from error


def in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """The same moment as clocks show it in a zone; in UTC where the calendar has no such day."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)


def from_unix(seconds: float, zone: tzinfo) -> datetime:
    """The moment so many seconds after 1970 in a zone; the calendar's end where it lies beyond."""
    try:
        return in_zone(datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds), zone)
    except OverflowError:
        return (datetime.max if seconds > 0 else datetime.min).replace(tzinfo=UTC)


def span(seconds: float) -> timedelta:
    """So many seconds; the longest there is where they are more."""
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        return timedelta.max if seconds > 0 else timedelta.min


def rfc3339(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC; the fraction only where there is one, in milliseconds."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return f"{text.removesuffix('+00:00')}Z"


def exact_text(number: Decimal) -> str:
    """Write an exact number without an exponent."""
    return format(number, "f")


# Both classes answer pydantic alone, where one of its models holds such a value; importing it
# here would cost every reader of a list half of its start.
class _MomentRules:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            to_utc,
            core_schema.datetime_schema(tz_constraint="aware"),
            serialization=core_schema.plain_serializer_function_ser_schema(
                rfc3339, return_schema=core_schema.str_schema(), when_used="json-unless-none"
            ),
        )


class _ExactRules:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        schema = handler(source)
        schema["serialization"] = core_schema.plain_serializer_function_ser_schema(
            exact_text, return_schema=core_schema.str_schema(), when_used="json"
        )
        return schema


UtcDatetime = Annotated[datetime, msgspec.Meta(tz=True), _MomentRules()]
"""A timezone-aware moment, UTC inside, RFC 3339 with `Z` outside."""

Exact = Annotated[Decimal, _ExactRules()]
"""An exact number, written without an exponent."""
