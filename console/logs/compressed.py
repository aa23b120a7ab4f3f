"""A log in a packed file: unpacked once in the background, kept on disk as far as there is room."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from pathlib import Path

from console.logs.source import BLOCK, LogError, LogMissing, LogNews, NewsKind
from console.logs.spool import Shelf, Spool
from console.logs.stored import LogStream, open_log

_PIECE = 256 * 1024
_LOOK_SECONDS = 0.01
_BEHIND = 32 * BLOCK
"""Bytes before a wanted place that are kept when it has to be unpacked again: people scroll up."""


class CompressedSource:
    """Reads of what is unpacked already are answered at once, others once it is.

    A file that is damaged, or still being written, is a log up to there; `ENDED` says so.
    """

    def __init__(self, path: Path, spool: Spool) -> None:
        self.path = path
        self._shelf = spool.shelf()
        self._again = _Again(path, self._shelf)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._is_whole = False
        self._error: LogError | None = None
        self.unpacked = 0
        """Bytes unpacked so far."""

    @property
    def name(self) -> str:
        """The name of the packed file."""
        return self.path.name

    async def size(self) -> int | None:
        """Bytes of the unpacked log, `None` until the last one is unpacked."""
        self._start()
        return self.unpacked if self._is_whole else None

    async def read(self, start: int, length: int) -> bytes:
        """See `LogSource`; waits for what is not unpacked yet."""
        self._start()
        while not self._has(start + length):
            await asyncio.sleep(_LOOK_SECONDS)
        return await asyncio.to_thread(self.read_now, start, length)

    def read_now(self, start: int, length: int) -> bytes:
        """See `BlockingReads`; waits for what is not unpacked yet."""
        self._start()
        while not self._has(start + length):
            time.sleep(_LOOK_SECONDS)
        pieces: list[bytes] = []
        while (wanted := min(length, self.unpacked - start, BLOCK)) > 0:
            data = self._shelf.get(start, wanted) or self._again.read(start, wanted)
            if not data:
                break
            pieces.append(data)
            start += len(data)
            length -= len(data)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        """See `LogSource`; the file is taken to be finished, and so ends."""
        while data := await self.read(start, _PIECE):
            yield LogNews(NewsKind.GROWN, start, data, await self.size())
            start += len(data)
        yield LogNews(NewsKind.ENDED, start, size=self.unpacked, error=self._error)

    async def close(self) -> None:
        """Stop unpacking, keep nothing."""
        self._is_closed = True
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        self._again.close()
        self._shelf.forget()

    def _has(self, end: int) -> bool:
        """Whether so many bytes are unpacked, or no more will be.

        Raises:
            LogMissing: it was closed.
        """
        if self._is_closed:
            raise LogMissing(self.path, "it was closed")
        return self._is_whole or self.unpacked >= end

    def _start(self) -> None:
        """A thread of its own: nobody else's waits for it, nor does the end of the process."""
        with self._starting:
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._unpack, name="unpack", daemon=True)
                self._thread.start()

    def _unpack(self) -> None:
        try:
            with open_log(self.path) as stream:
                while not self._is_closed and (data := stream.read()):
                    self._shelf.put(self.unpacked, data)
                    self.unpacked += len(data)
        except LogError as error:
            self._error = error
        finally:
            self._is_whole = True


class _Again:
    """Unpacks anew what is no longer kept; goes on where it stood when asked for what follows."""

    def __init__(self, path: Path, shelf: Shelf) -> None:
        self._path, self._shelf = path, shelf
        self._lock = threading.Lock()
        self._open: ExitStack | None = None
        self._stream: LogStream | None = None
        self._at = 0

    def read(self, start: int, length: int) -> bytes:
        """Bytes that were unpacked before; fewer where the file is no longer what it was.

        Raises:
            LogError: the packed file cannot be read any more.
        """
        with self._lock:
            # Somebody may have fetched them while we waited.
            data = self._shelf.get(start, length)
            return data or self._read(start, length)

    def _read(self, start: int, length: int) -> bytes:
        if self._stream is None or self._at > start:
            self._reset()
            self._open = ExitStack()
            self._stream = self._open.enter_context(open_log(self._path))
        found: list[bytes] = []
        while self._at < start + length:
            data = self._stream.read()
            if not data:
                break
            if self._at + len(data) > start - _BEHIND:
                self._shelf.put(self._at, data)
            found.append(data[max(0, start - self._at) : max(0, start + length - self._at)])
            self._at += len(data)
        return b"".join(found)

    def _reset(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open, self._stream, self._at = None, None, 0

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._reset()
