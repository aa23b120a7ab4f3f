"""A reader who does what the news say, and knows afterwards what the log holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from console.logs.source import LogNews, LogSource, NewsKind


class Reader:
    """Follows a log in a task of its own, as a context manager.

    Attributes:
        data: what the log holds, as far as it was told.
        kinds: what happened, growth left out.
        before: what logs held whose place another one took.
    """

    def __init__(self, source: LogSource, start: int = 0) -> None:
        self._source, self._start = source, start
        self.data = bytearray()
        self.news: list[LogNews] = []
        self.before: list[bytes] = []
        self.ended = asyncio.Event()

    @property
    def kinds(self) -> list[NewsKind]:
        return [each.kind for each in self.news]

    def take(self, news: LogNews) -> None:
        if news.kind is NewsKind.GROWN:
            at = news.start - self._start
            assert at == len(self.data), f"told at {at}, {len(self.data)} were known"
            assert news.size is None or news.size >= news.start + len(news.data)
            self.data += news.data
            return
        self.news.append(news)
        if news.kind is NewsKind.TRUNCATED:
            assert news.start >= self._start
            del self.data[news.start - self._start :]
        elif news.kind is NewsKind.REPLACED:
            self.before.append(bytes(self.data))
            self.data.clear()
            self._start = 0
        elif news.kind is NewsKind.ENDED:
            self.ended.set()

    async def _run(self) -> None:
        async with aclosing(self._source.follow(self._start)) as news:
            async for each in news:
                self.take(each)

    async def __aenter__(self) -> Reader:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        done = await asyncio.gather(self._task, return_exceptions=True)
        if not isinstance(done[0], asyncio.CancelledError | None):
            raise done[0]

    async def until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Wait for a condition, never longer than the deadline; fails with what is known."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    assert not self._task.done() or condition(), f"ended: {self._task}"
                    await asyncio.sleep(0.002)
        except TimeoutError:
            end = bytes(self.data[-80:])
            raise AssertionError(f"{len(self.data)} bytes, ending {end!r}; {self.kinds}") from None

    async def has(self, data: bytes, seconds: float = 20.0) -> None:
        """Wait until exactly these bytes are known."""
        await self.until(lambda: self.data == data, seconds)
