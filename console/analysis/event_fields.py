"""Reading an event's fields, whatever type the provider wrote them in."""

from __future__ import annotations

from datetime import UTC, datetime

from api_client.models.event import Event


def text(event: Event, name: str) -> str:
    """The field as text; empty where it is missing."""
    value = event.fields.get(name)
    return "" if value is None else str(value)


def integer(event: Event, name: str) -> int | None:
    """The field as a whole number; `None` where it is missing or none."""
    value = event.fields.get(name)
    if value is None or isinstance(value, bool):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def moment(event: Event, name: str) -> datetime | None:
    """The field as a moment in UTC; `None` where it is missing, none, or has no zone."""
    value = event.fields.get(name)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None
