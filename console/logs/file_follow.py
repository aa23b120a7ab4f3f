"""A file as it grows, shrinks, is moved away, replaced, taken away and given back."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

from console.logs.file_wait import Wait
from console.logs.open_file import AT_ONCE, OpenFile, identity
from console.logs.source import LogError, LogNews, NewsKind, log_error
from console.logs.trail import Trail

_GONE_AFTER = 0.25
"""Seconds without a file in its place before that is news: rotating one leaves it empty."""
_EMPTY_FOR = 1.0
"""Seconds a new and empty file waits for its writer, who may still write to the old one."""
_RETRY_SECONDS = 0.5
"""Seconds before a file that the system could not read is opened anew."""

Adopt = Callable[[OpenFile], None]


class FileFollow:
    """One reader's way through a file and through those that take its place.

    Args:
        adopt: told of the file that took the place of the first one.
    """

    def __init__(self, path: Path, file: OpenFile, adopt: Adopt) -> None:
        self._path, self._file, self._adopt = path, file, adopt
        self._trail = Trail()
        self._wait = Wait()
        self._away_since: float | None = None
        self._other_since: float | None = None
        self._written = -1
        """When the file was last written, as of the last look."""
        self._is_gone = self._gone_over = False
        self._lost = False
        """Whether the file system no longer lets us read what we hold."""
        self._lost_at = 0.0

    async def news(self, start: int) -> AsyncGenerator[LogNews, None]:
        """All that happens, without end.

        Args:
            start: first byte to be told; past the end it waits for it.
        """
        await self._trail.begin(self._file, start)
        self._wait.on(self._file)
        try:
            while True:
                changed = False
                async for each in self._look():
                    changed = True
                    yield each
                if self._gone_over:
                    # What it held before it was watched nobody tells us of.
                    self._gone_over = False
                    continue
                self._wait.looked(changed)
                away = self._away_since is not None or self._other_since is not None
                await self._wait(soon=away or self._lost)
        finally:
            self._wait.close()

    async def _look(self) -> AsyncGenerator[LogNews, None]:
        # The place first: what the old file's writer wrote before is then there to be read.
        found = await self._in_place()
        if not self._lost:
            try:
                async for each in self._rest():
                    yield each
            except LogError as error:
                self._lost, self._lost_at = True, time.monotonic()
                yield self._gone(error)
        if isinstance(found, LogError):
            for each in self._missing(found):
                yield each
        elif self._may_open_anew(found):
            for each in self._another(found):
                yield each
        elif not self._lost:
            self._away_since = self._other_since = None
            if self._is_gone:
                yield self._back(found.st_size)

    def _may_open_anew(self, found: os.stat_result) -> bool:
        if identity(found) != self._file.identity:
            return True
        return self._lost and time.monotonic() - self._lost_at >= _RETRY_SECONDS

    async def _in_place(self) -> os.stat_result | LogError:
        """Which file lies at the path."""
        try:
            if self._file.at_once:
                return os.stat(self._path)
            return await asyncio.to_thread(os.stat, self._path)
        except OSError as error:
            return log_error(self._path, error)

    async def _rest(self) -> AsyncGenerator[LogNews, None]:
        """What the file held has more, or has no longer."""
        trail, file = self._trail, self._file
        while True:
            status = await file.status()
            size, changed = status.st_size, status.st_mtime_ns != self._written
            if size == trail.position and not changed:
                return
            before = len(trail.last)
            at = trail.position - before
            data = await file.read(at, max(0, min(size - at, AT_ONCE)))
            if size < trail.position or not data.startswith(trail.last):
                yield await self._cut(size)
                continue
            if len(data) > before:
                start, data = trail.position, data[before:]
                trail.told(data)
                yield LogNews(NewsKind.GROWN, start, data, max(size, trail.position))
            if trail.position >= size:
                # As of before the reading: what was written since is looked at once more.
                self._written = status.st_mtime_ns
            # A reader far behind leaves the loop to others.
            await asyncio.sleep(0)

    async def _cut(self, size: int) -> LogNews:
        kept = await self._trail.kept(self._file, size)
        at = max(0, kept - len(self._trail.last))
        self._trail.cut(kept, await self._file.read(at, kept - at))
        return LogNews(NewsKind.TRUNCATED, kept, size=size)

    def _missing(self, error: LogError) -> list[LogNews]:
        now = time.monotonic()
        self._other_since = None
        if self._away_since is None:
            self._away_since = now
        late = now - self._away_since >= _GONE_AFTER
        return [self._gone(error)] if late and not self._is_gone else []

    def _gone(self, error: LogError) -> LogNews:
        self._is_gone = True
        return LogNews(NewsKind.GONE, self._trail.position, error=error)

    def _back(self, size: int) -> LogNews:
        self._is_gone = False
        return LogNews(NewsKind.BACK, self._trail.position, size=size)

    def _another(self, found: os.stat_result) -> list[LogNews]:
        """Go over to the file in the place of ours, once its writer has."""
        now = time.monotonic()
        self._away_since = None
        if self._other_since is None:
            self._other_since = now
        if not found.st_size and not self._lost and now - self._other_since < _EMPTY_FOR:
            return []
        try:
            file = OpenFile(self._path)
        except LogError as error:
            return [] if self._is_gone else [self._gone(error)]
        same = file.identity == self._file.identity
        self._file, self._lost, self._other_since = file, False, None
        self._gone_over, self._written = True, -1
        self._wait.on(file)
        self._adopt(file)
        if same:
            return [self._back(found.st_size)]
        self._is_gone = False
        self._trail = Trail()
        return [LogNews(NewsKind.REPLACED, 0, size=found.st_size)]
