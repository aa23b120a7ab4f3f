"""The file of a spool: its own process's alone, and gone with it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import weakref
from pathlib import Path

_PREFIX = "spool-"


class SpoolFile:
    """One file, deleted by `close`, with the object, or at the end of the process.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        self._descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
        # Held while we live: who sweeps sees whose files are left over.
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._close = weakref.finalize(self, _remove, self._descriptor, Path(name))

    @property
    def is_deleted(self) -> bool:
        """Whether somebody took it away."""
        return os.fstat(self._descriptor).st_nlink == 0

    def write(self, place: int, data: bytes) -> None:
        """Put bytes at a place.

        Raises:
            OSError: the disk is full, or broken.
        """
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, place)
            place += written
            view = view[written:]

    def read(self, place: int, length: int) -> bytes:
        """The bytes at a place, fewer where the file was cut; none where the disk is broken."""
        try:
            return os.pread(self._descriptor, length, place)
        except OSError:
            return b""

    def close(self) -> None:
        """Delete it."""
        self._close()


def _remove(descriptor: int, path: Path) -> None:
    os.close(descriptor)
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Delete what a process left that was killed."""
    for path in folder.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
            finally:
                os.close(descriptor)
