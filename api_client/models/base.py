"""What every domain model stands on: frozen records, UTC times, money, references, pages."""

from __future__ import annotations

from enum import StrEnum
from itertools import count
from typing import Generic, Self, TypeVar

from api_client.models.scalars import Exact as Exact
from api_client.models.scalars import UtcDatetime as UtcDatetime
from api_client.models.scalars import rfc3339 as rfc3339
from api_client.models.slim import Slim

T = TypeVar("T")

unknown_words = count()
"""One is taken for each word no enum knows: two readings that follow one another tell a reader
that the document between them held none, without a look at each of its records."""


class LenientEnum(StrEnum):
    """An enum whose unknown words decode to `UNKNOWN`; the record keeps the word in `native`."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if isinstance(value, str):
            for member in cls:
                if member.value == value.upper():
                    return member
        next(unknown_words)
        return cls.__members__.get("UNKNOWN")


class Quality(LenientEnum):
    """How much a figure can be trusted."""

    MEASURED = "MEASURED"
    ESTIMATED = "ESTIMATED"
    STALE = "STALE"
    UNKNOWN = "UNKNOWN"


class Money(Slim):
    """An exact amount in one currency. Adding two currencies raises `ValueError`."""

    amount: Exact
    currency: str
    """ISO 4217 code, for example `CNY`."""

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise ValueError("an amount must be a finite number")

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(amount=self.amount + other.amount, currency=self.currency)


class Ref(Slim):
    """A typed reference from which any screen can be opened."""

    SHARED = ("kind", "id")

    kind: str
    """One of job, worker, node, accelerator, pool, event, incident, charge, finetune, alert."""
    id: str
    provider: str = ""
    scope: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


class Page(Slim, Generic[T]):
    """One page of a list."""

    items: tuple[T, ...]
    next_cursor: str | None = None
    """Opaque; `None` on the last page."""
    total: int | None = None
    """How many match in all, where the source says so."""
    resource_version: int | None = None
    """The version this page was read at; a watch can start from it."""
