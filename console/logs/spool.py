"""A bounded place on disk for log bytes that took long to come by: fetched, or unpacked.

What is kept is what was used last. Anybody may delete or empty the file at any time, and the
disk may be full: then the bytes are not there, and whoever wants them reads them again.
"""

from __future__ import annotations

import itertools
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from console import paths
from console.logs.spool_file import SpoolFile

SLOT = 256 * 1024
"""Bytes of a log that come and go together."""

CAPACITY = 1 << 30
"""Bytes on disk at most, of all logs of the process."""

_Key = tuple[int, int]


@dataclass(slots=True)
class _Kept:
    """Bytes [start, end) of one slot's worth of a log, and the sum that proves them."""

    slot: int
    start: int
    end: int
    sum: int


class Spool:
    """The file and what lies where in it; safe in threads."""

    def __init__(self, folder: Path, capacity: int = CAPACITY) -> None:
        self._folder = folder
        self._slots = max(1, capacity // SLOT)
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._file: SpoolFile | None = None
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._free: list[int] = []
        self.problem = ""
        """What the system said when something could not be kept; empty while all is well."""

    def shelf(self) -> Shelf:
        """Room for one log."""
        return Shelf(self, next(self._numbers))

    def close(self) -> None:
        """Take the file away."""
        with self._lock:
            self._forget_all()

    def put(self, log: int, offset: int, data: bytes) -> None:
        """Keep bytes of a log, if there is room on the disk."""
        with self._lock:
            for block, start, piece in _split(offset, data):
                try:
                    self._put((log, block), start, piece)
                except OSError as error:
                    self.problem = error.strerror or str(error)
                    self._forget((log, block))
                    return
            self.problem = ""

    def get(self, log: int, offset: int, length: int) -> bytes:
        """The bytes from an offset on, as many as are kept without a gap."""
        found: list[bytes] = []
        with self._lock:
            while length > 0:
                block, start = divmod(offset, SLOT)
                whole = self._whole((log, block))
                if whole is None:
                    break
                kept, data = whole
                piece = data[start - kept.start :][:length] if start >= kept.start else b""
                if not piece:
                    break
                found.append(piece)
                offset += len(piece)
                length -= len(piece)
        return found[0] if len(found) == 1 else b"".join(found)

    def forget(self, log: int, start: int = 0) -> None:
        """Keep nothing of a log from an offset on."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == log]:
                if (key[1] + 1) * SLOT > start:
                    self._forget(key)
            if not self._kept:
                self._forget_all()

    def _put(self, key: _Key, start: int, data: bytes) -> None:
        file = self._open_file()
        kept = self._kept.get(key)
        if kept is not None and kept.start <= start <= kept.end:
            inside = kept.end - start
            if len(data) <= inside:
                return
            data, start = data[inside:], kept.end
            kept.sum = zlib.crc32(data, kept.sum)
            kept.end += len(data)
        else:
            data = self._joined(key, start, data)
            slot = self._kept[key].slot if key in self._kept else self._free_slot()
            kept = _Kept(slot, start, start + len(data), zlib.crc32(data))
            self._kept[key] = kept
        self._kept.move_to_end(key)
        file.write(kept.slot * SLOT + start, data)

    def _joined(self, key: _Key, start: int, data: bytes) -> bytes:
        """With what is kept behind it, where the two touch."""
        whole = self._whole(key)
        if whole is None or not start <= whole[0].start <= start + len(data):
            return data
        return data + whole[1][start + len(data) - whole[0].start :]

    def _whole(self, key: _Key) -> tuple[_Kept, bytes] | None:
        """What is kept of a block, once it is proved to be what was put there."""
        kept = self._kept.get(key)
        if kept is None or self._file is None:
            return None
        data = self._file.read(kept.slot * SLOT + kept.start, kept.end - kept.start)
        if len(data) != kept.end - kept.start or zlib.crc32(data) != kept.sum:
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return kept, data

    def _free_slot(self) -> int:
        if self._free:
            return self._free.pop()
        if len(self._kept) < self._slots:
            return len(self._kept)
        return self._kept.popitem(last=False)[1].slot

    def _open_file(self) -> SpoolFile:
        """Somebody who deleted the file wants its room back: a new one begins empty."""
        if self._file is not None and self._file.is_deleted:
            self._forget_all()
        if self._file is None:
            self._file = SpoolFile(self._folder)
        return self._file

    def _forget(self, key: _Key) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._free.append(kept.slot)

    def _forget_all(self) -> None:
        self._kept.clear()
        self._free.clear()
        if self._file is not None:
            self._file.close()
            self._file = None


class Shelf:
    """The part of a spool that holds one log."""

    def __init__(self, spool: Spool, log: int) -> None:
        self._spool, self._log = spool, log

    def put(self, offset: int, data: bytes) -> None:
        """Keep bytes, if there is room on the disk."""
        self._spool.put(self._log, offset, data)

    def get(self, offset: int, length: int) -> bytes:
        """The bytes from an offset on, as many as are kept without a gap; perhaps none."""
        return self._spool.get(self._log, offset, length)

    def forget(self, start: int = 0) -> None:
        """Keep nothing from an offset on."""
        self._spool.forget(self._log, start)


def _split(offset: int, data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Block, place in the block, bytes."""
    at = 0
    while at < len(data):
        block, start = divmod(offset + at, SLOT)
        piece = data[at : at + SLOT - start]
        yield block, start, piece
        at += len(piece)


@cache
def shared_spool() -> Spool:
    """The one of this process, in the folder of what may be deleted at any time."""
    return Spool(paths.cache_dir() / "logs")
