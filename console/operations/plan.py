"""What a write would do, before it is done, and how it ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from api_client.models.base import Ref
from console.message import Message, say


class Confirm(StrEnum):
    """What a person must do before the write is sent."""

    NONE = "none"
    ASK = "ask"
    TYPE_NAME = "type_name"


class Refused(Exception):
    """The console will not even try; `message` says why, `remedy` what would help."""

    def __init__(self, message: Message, remedy: str = "") -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message.key)


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of what is pinned: catalogue key of its label, and plain text."""

    label_key: str
    value: str


Read = Callable[[Any], Awaitable[Any]]
"""Reads the object afresh from a provider."""
Write = Callable[[Any, str], Awaitable[Any]]
"""Sends the write, given the provider and the reason; answers the object or `None`."""
Happened = Callable[[Any], bool | None]
"""Given the object read after a lost answer (`None`: not there), whether the write happened."""


@dataclass(frozen=True, slots=True)
class Steps:
    """How the write is done; only `perform` looks inside."""

    capability: str
    read: Read
    write: Write
    happened: Happened
    pinned: str
    """Identity the object must still have; empty where it must not exist yet."""
    identity: Callable[[Any], str]
    refresh: tuple[str, ...]
    """Feeds to read again afterwards."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A write about one pinned object, with everything a person must know first."""

    action_id: str
    target: Ref
    title: Message
    facts: tuple[Fact, ...]
    effects: tuple[Message, ...]
    undo: Message
    confirm: Confirm
    steps: Steps = field(repr=False)
    reason_required: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one plan ended. `ok` is `None` where nobody knows."""

    plan: Plan
    ok: bool | None
    sentence: Message
    object: Any = None
    error: Exception | None = None

    @staticmethod
    def refused(plan: Plan, message: Message) -> Outcome:
        """Not tried."""
        return Outcome(plan, False, message)

    @staticmethod
    def failed(plan: Plan, error: Exception) -> Outcome:
        """Tried and refused, or could not be tried."""
        values = {"name": plan.target.id, "why": str(error), "hint": getattr(error, "hint", "")}
        return Outcome(plan, False, say("operation.outcome.failed", **values), error=error)
