"""Opening a trace: compression, byte order marks, separators, rows with their line numbers."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO

from localcloud.simulator.traces.record import TraceError

_LONGEST_FIELD = 16 * 1024 * 1024
_SNIFFED = 65_536


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table and the number of its last line."""

    number: int
    cells: Sequence[str]


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The text of a file, unpacked where it is compressed with gzip.

    Raises:
        TraceError: it cannot be read, here or while it is being read.
    """
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            plain = gzip.GzipFile(fileobj=raw) if packed else raw
            buffered: IO[bytes] = io.BufferedReader(plain)
            start = buffered.peek(4)[:4]  # type: ignore[attr-defined]
            encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            yield io.TextIOWrapper(buffered, encoding, errors="replace", newline="")
    except (OSError, EOFError, zlib.error) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise TraceError(path, f"cannot be read: {why}") from error


def first_text(path: Path) -> str:
    """The beginning of the file's text, without blanks before it.

    Raises:
        TraceError: it cannot be read, or there is nothing in it.
    """
    with open_text(path) as text:
        start = text.read(_SNIFFED).lstrip()
    if not start:
        raise TraceError(path, "is empty")
    if "\x00" in start[:1024]:
        raise TraceError(path, "is not text")
    return start


def separator(header: str) -> str:
    """What parts the columns of a header: the most frequent of the usual ones."""
    if "|#" in header:
        return "|#"
    return max((",", "|", "\t", ";"), key=header.count)


def rows(path: Path, text: TextIO, between: str) -> Iterator[Line]:
    """The rows of a table, blank lines left out; lines beginning with `#` before the first too.

    Raises:
        TraceError: the quoting is broken beyond reading.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(text, delimiter=between, skipinitialspace=True)
    begun = False
    try:
        for cells in reader:
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            if not begun and cells[0].startswith("#") and len(cells) == 1:
                continue
            begun = True
            yield Line(reader.line_num, cells)
    except csv.Error as error:
        raise TraceError(path, str(error), line=reader.line_num) from error
