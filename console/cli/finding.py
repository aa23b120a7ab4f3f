"""One thing the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from console.message import Message


class Level(StrEnum):
    """How bad it is; only a fault makes the doctor's exit code 1."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what would help."""

    check: str
    level: Level
    said: Message
    remedy: Message | None = None
