"""The bytes of a log in a file, compressed or not, block by block."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

BLOCK = 1 << 20
"""Bytes of one block."""

_ZSTD = b"\x28\xb5\x2f\xfd"
_OPENERS: tuple[tuple[bytes, Any], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)


class NoLog(Exception):
    """No log can be read there.

    Attributes:
        key: catalogue key of the sentence that says why.
        path: what was asked for.
        reason: what the system says, where it says something.
    """

    def __init__(self, key: str, path: Path, reason: str = "") -> None:
        super().__init__(f"{path}: {reason or key}")
        self.key, self.path, self.reason = key, path, reason


def blocks_of(path: Path) -> Iterator[bytes]:
    """The content of a log from its start, unpacked where it is packed.

    Raises:
        NoLog: it is missing, forbidden, no file, or its packing is broken.
    """
    with open_log(path) as stream:
        try:
            while block := stream.read(BLOCK):
                yield block
        except _broken() as error:
            raise NoLog("cli.logs.broken", path, str(error)) from error


def open_log(path: Path) -> IO[bytes]:
    """A log to be read from its start, unpacked where it is packed.

    Raises:
        NoLog: it is missing, forbidden, or no file.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise NoLog("cli.logs.no_file", path)
        with path.open("rb") as stream:
            magic = stream.read(6)
        if magic.startswith(_ZSTD):
            # Loaded for the logs that need it.
            import zstandard

            unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 31)
            return unpacker.stream_reader(path.open("rb"), read_across_frames=True)
        for start, opener in _OPENERS:
            if magic.startswith(start):
                opened: IO[bytes] = opener(path, "rb")
                return opened
        return path.open("rb")
    except OSError as error:
        raise NoLog("cli.logs.unreadable", path, error.strerror or "") from error


def _broken() -> tuple[type[Exception], ...]:
    """What packed bytes that end early, or are others, raise."""
    import zstandard

    return OSError, EOFError, zlib.error, lzma.LZMAError, zstandard.ZstdError
