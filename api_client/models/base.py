"""What every domain model stands on: frozen records, UTC times, money, references, pages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, PlainSerializer

T = TypeVar("T")


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("this moment has no UTC date") from error


def _plain(number: Decimal) -> str:
    return format(number, "f")


def rfc3339(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC; the fraction only where there is one, in milliseconds."""
    moment = moment.astimezone(UTC)
    timespec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


UtcDatetime = Annotated[
    AwareDatetime,
    AfterValidator(_to_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""A timezone-aware moment, UTC inside, RFC 3339 with `Z` outside."""


Exact = Annotated[Decimal, PlainSerializer(_plain, return_type=str, when_used="json")]
"""An exact number, written without an exponent."""


class Frozen(BaseModel):
    """A record that never changes; fields a newer server adds are ignored."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        # Docstrings as descriptions and schemas cost a console more than half of its start: the
        # schema of a model is built when the first object of it is read.
        defer_build=True,
    )


class LenientEnum(StrEnum):
    """An enum whose unknown words decode to `UNKNOWN`; the record keeps the word in `native`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if isinstance(value, str):
            for member in cls:
                if member.value == value.upper():
                    return member
        return cls.__members__.get("UNKNOWN")


class Quality(LenientEnum):
    """How much a figure can be trusted."""

    MEASURED = "MEASURED"
    ESTIMATED = "ESTIMATED"
    STALE = "STALE"
    UNKNOWN = "UNKNOWN"


class Money(Frozen):
    """An exact amount in one currency. Adding two currencies raises `ValueError`."""

    amount: Exact
    currency: str
    """ISO 4217 code, for example `CNY`."""

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)


class Ref(Frozen):
    """A typed reference from which any screen can be opened."""

    kind: str
    """One of job, worker, node, accelerator, pool, event, incident, charge, finetune, alert."""
    id: str
    provider: str = ""
    scope: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


class Page(Frozen, Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    next_cursor: str | None = None
    """Opaque; `None` on the last page."""
    total: int | None = None
    """How many match in all, where the source says so."""
    resource_version: int | None = None
    """The version this page was read at; a watch can start from it."""
