"""A log by its path, whatever it is packed in."""

from __future__ import annotations

from pathlib import Path

from console.logs.files import FileSource
from console.logs.source import LogSource


def open_source(path: Path) -> LogSource:
    """The log in a file; one that is packed is read unpacked.

    Raises:
        LogError: it is missing, forbidden, or no file.
    """
    source = FileSource(path)
    return source
