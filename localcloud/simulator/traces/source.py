"""Opening a trace: compression, byte order marks, separators, rows with their line numbers."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import stat
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TextIO, cast

from localcloud.simulator.traces.record import TraceError

_LONGEST_FIELD = 16 * 1024 * 1024
_SNIFFED = 65_536
_FOREIGN = (
    (b"\x28\xb5\x2f\xfd", "is packed with Zstandard: unpack it first, `zstd -d`"),
    (b"PK\x03\x04", "is a ZIP archive: unpack it first"),
    (b"7z\xbc\xaf", "is a 7z archive: unpack it first"),
    (b"PAR1", "is Parquet: write it as CSV first"),
    (b"SQLite format 3\0", "is an SQLite database: write its table as CSV first"),
    (b"version https://git-lfs", "is a pointer of Git LFS, not the file itself: `git lfs pull`"),
)
_TAR, _TAR_AT = b"ustar", 257


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table and the number of its last line."""

    number: int
    cells: Sequence[str]


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """The text of a file, unpacked where it is compressed with gzip, bzip2 or xz.

    Raises:
        TraceError: it cannot be read, here or while it is being read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder" if path.is_dir() else "a pipe or device: save it as a file first"
            raise TraceError(path, f"is {what}")
        with path.open("rb") as raw:
            buffered = io.BufferedReader(cast(io.RawIOBase, _unpacked(raw)))
            start = buffered.peek(512)
            _refuse_foreign(path, start)
            encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
            yield io.TextIOWrapper(buffered, encoding, errors="replace", newline="")
    except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise TraceError(path, f"cannot be read: {why}") from error


def _unpacked(raw: io.BufferedReader) -> IO[bytes]:
    start = raw.peek(6)
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    if start.startswith(b"BZh"):
        return cast(IO[bytes], bz2.BZ2File(raw))
    if start.startswith(b"\xfd7zXZ"):
        return cast(IO[bytes], lzma.LZMAFile(raw))
    return raw


def _refuse_foreign(path: Path, start: bytes) -> None:
    why = next((words for magic, words in _FOREIGN if start.startswith(magic)), "")
    if start[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        why = "is a tar archive: unpack it first, `tar -xf`"
    if why:
        raise TraceError(path, why)


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


def header_line(start: str) -> str:
    """The first line of a text that is not blank and no remark beginning with `#`."""
    lines = [line for line in start.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("#")), lines[0])


def separator(header: str) -> str:
    """What parts the columns of a header: the most frequent of the usual ones, else blanks."""
    if "|#" in header:
        return "|#"
    best = max((",", "|", "\t", ";"), key=header.count)
    return best if best in header or " " not in header.strip() else " "


def rows(path: Path, text: TextIO, between: str) -> Iterator[Line]:
    """The rows of a table, blank lines left out.

    Raises:
        TraceError: the quoting is broken beyond reading.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=between, skipinitialspace=True)
    try:
        while True:
            first = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if between == " ":
                cells = [cell for cell in cells if cell]
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            if lines.over and "\n" in cells[-1] and not lines.last.rstrip().endswith('"'):
                raise TraceError(path, "a quote is opened here and never closed", line=first)
            yield Line(reader.line_num, cells)
    except csv.Error as error:
        raise TraceError(path, str(error), line=reader.line_num) from error


class _Lines:
    """Lines of a text; remembers the last one."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.last = ""
        self.over = False

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.last = line
            yield line
        self.over = True
