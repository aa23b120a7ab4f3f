"""Reads the daemon's own log from its end."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from localcloud.server.home import DaemonError

_POLL_SECONDS = 0.2
_LONGEST_LINE = 1000


def last_lines(path: Path, count: int) -> list[str]:
    """The last lines, reading no more of the file than they can take.

    Raises:
        DaemonError: there is no log.
    """
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - count * _LONGEST_LINE))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        raise DaemonError(f"there is no log at {path}: {error.strerror}", exit_code=3) from error
    return text.splitlines()[-count:]


def follow_lines(path: Path) -> Iterator[str]:
    """Lines written from now on, over rotations of the file."""
    file = open(path, encoding="utf-8", errors="replace")
    file.seek(0, 2)
    part = ""
    try:
        while True:
            part += file.readline()
            if part.endswith("\n"):
                yield part.rstrip("\n")
                part = ""
            elif path.exists() and path.stat().st_ino != _inode(file.fileno()):
                file.close()
                file = open(path, encoding="utf-8", errors="replace")
            else:
                time.sleep(_POLL_SECONDS)
    finally:
        file.close()


def _inode(descriptor: int) -> int:
    return os.fstat(descriptor).st_ino
