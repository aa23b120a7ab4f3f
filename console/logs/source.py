"""What a log is to everybody who reads one: bytes by range, and news of what happens to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from api_client.errors import CloudError

BLOCK = 1 << 20
"""Bytes of one block."""


class LogError(Exception):
    """A log cannot be read.

    Attributes:
        key: catalogue key of the sentence that says why; it takes `path` and `reason`.
        path: what was asked for.
        reason: what the system says, where it says something.
    """

    key = "cli.logs.unreadable"

    def __init__(self, path: Path, reason: str = "") -> None:
        super().__init__(f"{path}: {reason}" if reason else str(path))
        self.path, self.reason = path, reason


class LogMissing(LogError):
    """Nothing is there."""


class LogDenied(LogError):
    """Something is there, and not for us."""


class LogNotAFile(LogError):
    """A folder, a device, a pipe or a socket is there."""

    key = "cli.logs.no_file"


class LogBroken(LogError):
    """Its packing is damaged."""

    key = "cli.logs.broken"


def log_error(path: Path, error: OSError) -> LogError:
    """What the system said about a log, in our terms."""
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return LogMissing(path, reason)
    if isinstance(error, PermissionError):
        return LogDenied(path, reason)
    return LogError(path, reason)


class NewsKind(StrEnum):
    """What happened to a log."""

    GROWN = "grown"
    """`data` are its bytes from `start` on."""
    TRUNCATED = "truncated"
    """What was told from `start` on holds no more; what follows is told anew from there."""
    REPLACED = "replaced"
    """Another log is in its place, told from its first byte; the old one was told to its end."""
    GONE = "gone"
    """It cannot be reached; `error` says why. What was read stays true."""
    BACK = "back"
    """It is there again, the same one; what follows is told from `start`."""
    ENDED = "ended"
    """Nobody writes to it any more, and every byte was told."""


@dataclass(frozen=True, slots=True)
class LogNews:
    """One thing that happened to a log that is followed."""

    kind: NewsKind
    start: int
    """Offset from which the following goes on, or at which `data` begins."""
    data: bytes = b""
    size: int | None = None
    """Bytes of the whole log, where that is known."""
    error: LogError | CloudError | None = None
    """Why it is gone, or why it ended before its time."""


class LogSource(Protocol):
    """A log anywhere. Offsets count its bytes as they were written, unpacked."""

    @property
    def name(self) -> str:
        """What it is called, for a person."""
        ...

    async def size(self) -> int | None:
        """Bytes of the log now; `None` while nobody knows.

        Raises:
            LogError, CloudError: it cannot be asked.
        """
        ...

    async def read(self, start: int, length: int) -> bytes:
        """The bytes from `start` on, fewer than `length` only at the end.

        Raises:
            LogError, CloudError: it cannot be read.
        """
        ...

    def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        """Everything from `start` on and what happens to the log, no byte lost or told twice.

        Raises:
            LogError, CloudError: it will never be there for us.
        """
        ...

    async def close(self) -> None:
        """Let go of everything held."""
        ...


@runtime_checkable
class BlockingReads(Protocol):
    """A log that a thread can read without asking the loop."""

    def read_now(self, start: int, length: int) -> bytes:
        """As `LogSource.read`, waiting; safe in any thread.

        Raises:
            LogError: it cannot be read.
        """
        ...
