"""The bytes of a log in a file, compressed or not, block by block."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from console.logs.source import BLOCK, LogBroken, LogNotAFile, log_error

_ZSTD = b"\x28\xb5\x2f\xfd"
_OPENERS: tuple[tuple[bytes, Any], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
)
MAGIC = max(len(magic) for magic, _ in _OPENERS)
"""Bytes that tell how a file is packed."""


def blocks_of(path: Path) -> Iterator[bytes]:
    """The content of a log from its start, unpacked where it is packed.

    Raises:
        LogError: it is missing, forbidden, no file, or its packing is broken.
    """
    with open_log(path) as stream:
        while block := stream.read():
            yield block


class LogStream:
    """The bytes of a log one after the other; all there are before it is said to be broken."""

    def __init__(self, stream: Any, path: Path) -> None:
        self._stream, self._path = stream, path
        self._error: LogBroken | None = None

    def read(self) -> bytes:
        """The next block, shorter or empty at the end.

        Raises:
            LogBroken: its packing is broken.
        """
        if self._error is not None:
            raise self._error
        pieces: list[bytes] = []
        left = BLOCK
        try:
            while left and (data := self._stream.read1(left)):
                pieces.append(data)
                left -= len(data)
        except _packing_errors() as error:
            self._error = LogBroken(self._path, str(error))
            if not pieces:
                raise self._error from error
        return b"".join(pieces)


@contextmanager
def open_log(path: Path) -> Iterator[LogStream]:
    """A log to be read from its start, unpacked where it is packed.

    Raises:
        LogError: it is missing, forbidden, or no file.
    """
    with os.fdopen(open_file(path), "rb") as opened:
        try:
            magic = opened.read(MAGIC)
            opened.seek(0)
        except OSError as error:
            raise log_error(path, error) from error
        with _unpacked(opened, magic) as stream:
            yield LogStream(stream, path)


def open_file(path: Path) -> int:
    """A descriptor of a plain file, to be read and closed.

    Raises:
        LogError: it is missing, forbidden, or no file.
    """
    try:
        _check(path, os.stat(path).st_mode)
        # A pipe that takes its place now keeps nobody waiting.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise log_error(path, error) from error
    try:
        _check(path, os.fstat(descriptor).st_mode)
    except LogNotAFile:
        os.close(descriptor)
        raise
    return descriptor


def _check(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise LogNotAFile(path)


def is_packed(magic: bytes) -> bool:
    """Whether a file that starts with these bytes, `MAGIC` of them, has to be unpacked."""
    return magic.startswith((_ZSTD, *(start for start, _ in _OPENERS)))


def _unpacked(opened: IO[bytes], magic: bytes) -> IO[bytes]:
    if magic.startswith(_ZSTD):
        # Loaded for the logs that need it.
        import zstandard

        unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        return unpacker.stream_reader(opened, read_across_frames=True)
    for start, opener in _OPENERS:
        if magic.startswith(start):
            unpacked: IO[bytes] = opener(opened, "rb")
            return unpacked
    return opened


def _packing_errors() -> tuple[type[Exception], ...]:
    """What the unpackers raise; asked for once one of them did."""
    import zstandard

    return OSError, EOFError, MemoryError, zlib.error, lzma.LZMAError, zstandard.ZstdError
