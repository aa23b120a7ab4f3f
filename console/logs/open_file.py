"""A file held open: its blocks are read where they lie, and nobody waits for a slow disk."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

from console.logs.source import log_error
from console.logs.stored import open_file

AT_ONCE = 256 * 1024
"""Bytes read inside the event loop at most; copying more takes longer than a hand-over."""

_NOWAIT = getattr(os, "RWF_NOWAIT", 0)
_NO_ANSWER = (errno.EAGAIN, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


class OpenFile:
    """A descriptor that lives as long as somebody holds this, threads that read included.

    Raises:
        LogError: it is missing, forbidden, or no file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = -1
        self._descriptor = open_file(path)
        self.identity = identity(os.fstat(self._descriptor))
        self.at_once = bool(_NOWAIT)
        """Whether the file system answers without keeping us waiting."""

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    @property
    def descriptor(self) -> int:
        """For a watch on it."""
        return self._descriptor

    async def status(self) -> os.stat_result:
        """Size and times of the file now.

        Raises:
            LogError: the file system lost it.
        """
        return self._status() if self.at_once else await asyncio.to_thread(self._status)

    def _status(self) -> os.stat_result:
        try:
            return os.fstat(self._descriptor)
        except OSError as error:
            raise log_error(self.path, error) from error

    def read_now(self, start: int, length: int) -> bytes:
        """Bytes from `start` on, fewer only at the end; waits for the disk.

        Raises:
            LogError: the file system cannot read them.
        """
        pieces: list[bytes] = []
        try:
            while length and (data := os.pread(self._descriptor, length, start)):
                pieces.append(data)
                start += len(data)
                length -= len(data)
        except OSError as error:
            raise log_error(self.path, error) from error
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def read(self, start: int, length: int) -> bytes:
        """The same without waiting: what is in memory at once, the rest in a thread.

        Raises:
            LogError: the file system cannot read them.
        """
        data, whole = b"", False
        if self.at_once and length <= AT_ONCE:
            data, whole = self._in_memory(start, length)
        if whole:
            return data
        rest = await asyncio.to_thread(self.read_now, start + len(data), length - len(data))
        return data + rest

    def _in_memory(self, start: int, length: int) -> tuple[bytes, bool]:
        """What of it the system has in memory, and whether that is all there is."""
        buffer = bytearray(length)
        done = 0
        try:
            while done < length:
                view = memoryview(buffer)[done:]
                count = os.preadv(self._descriptor, [view], start + done, _NOWAIT)
                if not count:
                    break
                done += count
        except OSError as error:
            if error.errno not in _NO_ANSWER:
                raise log_error(self.path, error) from error
            # A file system that cannot tell might keep us waiting: from now on by a thread.
            self.at_once = error.errno == errno.EAGAIN
            return bytes(buffer[:done]), False
        return bytes(buffer[:done] if done < length else buffer), True


def identity(found: os.stat_result) -> tuple[int, int]:
    """What stays the same of a file whatever it is called."""
    return found.st_dev, found.st_ino
