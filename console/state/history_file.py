"""The file a feed's last good items are kept in: written and read in slices, newest first.

The first line says what it is, the second names every item, and each line after that holds the
items of a slice. A reader that wants the names alone, as shell completion does, stops there.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from api_client.models.base import UtcDatetime
from api_client.models.slim import Slim, from_json, to_json
from console.analysis.charged import whole
from console.state.snapshot import Snapshot

VERSION = 2
SLICE = 250
"""Items of a line: a few milliseconds of work."""

Work = Callable[[], object]
"""Waits for the disk; may be done in a thread."""

_AGES = {"jobs": "created", "events": "time"}
"""What says which items of a feed are the newest, which are looked at first."""


class Head(Slim):
    """What a file says of itself."""

    version: int
    key: str
    fetched_at: UtcDatetime
    total: int | None = None


class Reader:
    """One file being read.

    Raises:
        FileNotFoundError: nothing is kept.
        OSError: it cannot be read.
        ValueError: it is damaged.
    """

    def __init__(self, path: Path, kind: type[Any]) -> None:
        self._kind: Any = list[kind]  # type: ignore[valid-type]
        self._file: BinaryIO = path.open("rb")
        try:
            self.head = from_json(self._file.readline(), Head)
            wanted = self.head.version == VERSION
            self._names: list[str] = from_json(self._file.readline(), list[str]) if wanted else []
        except BaseException:
            self.close()
            raise
        self._read = 0

    @property
    def wanted(self) -> bool:
        """Whether the file is of a form this version reads."""
        return self.head.version == VERSION

    @property
    def count(self) -> int:
        """Items in the file."""
        return len(self._names)

    @property
    def done(self) -> bool:
        """Whether every item has been read."""
        return self._read >= len(self._names)

    def next_line(self) -> bytes:
        """The next items as they are written; reads the disk."""
        return b"[]" if self.done else self._file.readline()

    def items_of(self, line: bytes) -> Mapping[str, Any]:
        """The items of a line by id.

        Raises:
            ValueError: the file is damaged.
        """
        if self.done:
            return {}
        objects: list[Any] = from_json(line, self._kind)
        names = self._names[self._read : self._read + len(objects)]
        if not objects:
            raise ValueError("items are missing")
        self._read += len(objects)
        return dict(zip(names, objects, strict=True))

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


def write_steps(
    path: Path, key: str, snapshot: Snapshot[Any]
) -> Generator[Work | None, None, None]:
    """Write a snapshot in slices, yielding what waits for the disk; the old file stays until the
    last one.

    Raises:
        OSError: it cannot be written.
    """
    assert snapshot.fetched_at is not None
    names, items = list(snapshot.items), list(snapshot.items.values())
    yield None
    order = yield from _newest_first(key, items)
    yield None
    names = [names[place] for place in order]
    yield None
    head = Head(version=VERSION, key=key, fetched_at=snapshot.fetched_at, total=snapshot.total)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield partial(file.write, to_json(head) + b"\n" + msgspec.json.encode(names) + b"\n")
            for start in range(0, len(order), SLICE):
                yield partial(
                    file.write,
                    _encoded([whole(items[place]) for place in order[start : start + SLICE]]),
                )
        yield partial(os.replace, temporary, path)  # Letting a large old file go takes a while.
    finally:
        with suppress(FileNotFoundError):
            os.unlink(temporary)


def _encoded(items: Sequence[Any]) -> bytes:
    plain = isinstance(items[0], Slim)
    return (msgspec.json.encode(items) if plain else to_json(list(items))) + b"\n"


def _newest_first(key: str, items: Sequence[Any]) -> Generator[None, None, Sequence[int]]:
    """Places of the items in the order they are written."""
    field = _AGES.get(key)
    if field is None:
        return range(len(items))
    ages: list[float] = []
    places = iter(items)
    while piece := list(itertools.islice(places, 4 * SLICE)):
        ages += [-getattr(item, field).timestamp() for item in piece]
        yield
    return sorted(range(len(items)), key=ages.__getitem__)
