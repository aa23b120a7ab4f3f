"""A log in a plain file of this machine."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from console.logs.file_follow import FileFollow
from console.logs.open_file import OpenFile
from console.logs.source import LogMissing, LogNews


class FileSource:
    """Reads the file that is open; another one in its place is read once `follow` tells of it.

    Raises:
        LogError: it is missing, forbidden, or no file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: OpenFile | None = OpenFile(path)

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    async def size(self) -> int:
        """See `LogSource`."""
        return (await self._open().status()).st_size

    async def read(self, start: int, length: int) -> bytes:
        """See `LogSource`."""
        return await self._open().read(start, length)

    def read_now(self, start: int, length: int) -> bytes:
        """See `BlockingReads`."""
        return self._open().read_now(start, length)

    async def follow(self, start: int) -> AsyncGenerator[LogNews, None]:
        """See `LogSource`; a file that is shorter than `start` has been truncated."""
        follow = FileFollow(self.path, self._open(), self._adopt)
        async with aclosing(follow.news(start)) as news:
            async for each in news:
                yield each

    def descriptor(self) -> int:
        """The file that is read now, for those who open it once more."""
        return self._open().descriptor

    async def close(self) -> None:
        """Close the file once nobody reads it any more."""
        self._file = None

    def _open(self) -> OpenFile:
        if self._file is None:
            raise LogMissing(self.path, "it was closed")
        return self._file

    def _adopt(self, file: OpenFile) -> None:
        if self._file is not None:
            self._file = file
