"""The log of one rank as the open session reads it, in the form every log has."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from console.logs.source import LogNews, NewsKind
from console.session import Session


@dataclass(frozen=True, slots=True)
class LogTarget:
    """Whose log: one rank of a job in one attempt."""

    job: str
    rank: int
    attempt: int | None = None
    """`None`: the latest there is."""


class SessionLog:
    """Bytes of a worker's log by range, and what it writes next."""

    def __init__(self, session: Session, target: LogTarget) -> None:
        self._session = session
        self._target = target

    @property
    def name(self) -> str:
        return f"{self._target.job}.{self._target.rank}"

    async def size(self) -> int | None:
        target = self._target
        last = await self._session.read_log(
            target.job, target.rank, attempt=target.attempt, start=-1, length=1
        )
        return last.total if last.total is not None else last.start + len(last.data)

    async def read(self, start: int, length: int) -> bytes:
        target, data = self._target, b""
        while len(data) < length:
            chunk = await self._session.read_log(
                target.job,
                target.rank,
                attempt=target.attempt,
                start=start + len(data),
                length=length - len(data),
            )
            if not chunk.data:
                break
            data += chunk.data
        return data

    async def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        target = self._target
        async for chunk in self._session.follow_log(
            target.job, target.rank, attempt=target.attempt, start=start
        ):
            if chunk.data:
                yield LogNews(NewsKind.GROWN, chunk.start, chunk.data)
            if chunk.end_of_log:
                yield LogNews(NewsKind.ENDED, chunk.start + len(chunk.data))
                return

    async def close(self) -> None:
        """Nothing is held."""
