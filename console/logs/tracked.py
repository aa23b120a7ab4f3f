"""How far the log of one worker is read, and who takes what is read."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from api_client.errors import CloudError
from api_client.models.job import Worker, WorkerState

LEAST_PAUSE = 0.5
"""Seconds before a log is looked at again."""
OVER = frozenset({WorkerState.SUCCEEDED, WorkerState.FAILED, WorkerState.STOPPED, WorkerState.LOST})
"""States in which a worker writes no more."""


@dataclass(slots=True, eq=False)
class Tracked:
    """How far the log of one rank is read.

    Attributes:
        worker: as the job last told of it.
        done: everything of this attempt was read, and no more comes.
        error: why it cannot be read at the moment.
    """

    worker: Worker
    attempt: int
    done: bool = False
    error: CloudError | None = None
    stream: asyncio.Task[None] | None = None
    due: float = 0.0
    idle: float = LEAST_PAUSE

    @property
    def waiting(self) -> bool:
        """Whether the worker of the attempt that is read has not started."""
        return self.worker.attempt == self.attempt and self.worker.state is WorkerState.PENDING

    @property
    def over(self) -> bool:
        """Whether the worker of the attempt that is read has ended."""
        return self.worker.attempt > self.attempt or self.worker.state in OVER


class RankSink(Protocol):
    """Takes what is read; a `MergedLog` is one."""

    def end_of(self, rank: int, attempt: int) -> int | None:
        """The byte that is to come next; `None` before the first of that attempt."""
        ...

    def wants(self, rank: int) -> bool:
        """Whether there is room for more."""
        ...

    def last_of(self, rank: int) -> datetime | None:
        """The moment of the last line."""
        ...

    def set_shift(self, rank: int, microseconds: int) -> None:
        """Its clock shows another zone: add so much to its times."""
        ...

    def feed(
        self, rank: int, start: int, data: bytes, arrived: datetime, *, attempt: int = 0
    ) -> int:
        """Take bytes; how many lines they ended."""
        ...

    def finish(self, rank: int, arrived: datetime) -> int:
        """No more bytes of this attempt will come."""
        ...

    def forget(self, rank: int) -> None:
        """What was taken is no longer so."""
        ...

    def caught_up(self, rank: int) -> None:
        """Everything there is was taken."""
        ...
