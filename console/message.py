"""A sentence before its language is chosen: a catalogue key and the values that go in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """`text.t(message.key, **message.values)` says it; values are untrusted plain text."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def say(key: str, **values: Any) -> Message:
    """Shorthand for a `Message`."""
    return Message(key, values)
