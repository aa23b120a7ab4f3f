"""A log by its path, whatever it is packed in."""

from __future__ import annotations

from pathlib import Path

from console.logs.compressed import CompressedSource
from console.logs.files import FileSource
from console.logs.source import LogSource
from console.logs.spool import Spool, shared_spool
from console.logs.stored import MAGIC, is_packed


def open_source(path: Path, spool: Spool | None = None) -> LogSource:
    """The log in a file; one that is packed is read unpacked.

    Args:
        spool: keeps what was unpacked; the one of the process where none is given.

    Raises:
        LogError: it is missing, forbidden, or no file.
    """
    source = FileSource(path)
    if is_packed(source.read_now(0, MAGIC)):
        return CompressedSource(path, spool or shared_spool())
    return source
