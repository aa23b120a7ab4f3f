"""Logs that tests hold in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from console.logs.source import LogNews


class HeldSource:
    """A log of bytes that may grow."""

    name = "held"

    def __init__(self, data: bytes) -> None:
        self.data = bytearray(data)
        self.bytes_read = 0

    async def size(self) -> int:
        return len(self.data)

    async def read(self, start: int, length: int) -> bytes:
        return self._bytes(start, length)

    def _bytes(self, start: int, length: int) -> bytes:
        data = bytes(self.data[start : start + length])
        self.bytes_read += len(data)
        return data

    async def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        raise NotImplementedError
        yield

    async def close(self) -> None:
        self.data.clear()


class ThreadedSource(HeldSource):
    """One that threads can read."""

    def read_now(self, start: int, length: int) -> bytes:
        return self._bytes(start, length)
