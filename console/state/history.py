"""The last good state on disk, so that the console opens on it before the network answers."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from api_client.models.base import UtcDatetime
from api_client.models.slim import Slim, from_json, to_json
from console.state.snapshot import Snapshot
from console.state.store import Store
from console.toml_file import write_atomic

_LOG = logging.getLogger(__name__)

_VERSION = 1
_SAFE = re.compile(r"[^A-Za-z0-9_.-]")

Notice = Callable[[str], None]


class _Head(Slim):
    version: int
    key: str
    fetched_at: UtcDatetime
    total: int | None = None


class History:
    """Keeps the last good snapshot of some feeds in one folder.

    Args:
        models: feed key -> type of its items; other feeds are not kept.
        gap_seconds: least time between two rounds of writing.
        notice: told in one sentence when a file is damaged or cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        models: Mapping[str, type[Any]],
        *,
        gap_seconds: float = 5.0,
        notice: Notice = _LOG.warning,
    ) -> None:
        self._folder = folder
        self._store = store
        self._models = models
        self._gap = gap_seconds
        self._notice = notice
        self._dirty: dict[str, Snapshot[Any]] = {}
        self._task: asyncio.Task[None] | None = None
        self._told: set[str] = set()
        self._unsubscribe: Callable[[], None] | None = None

    def load(self) -> None:
        """Put what is on disk into the store, marked `from_disk`."""
        for key in self._models:
            if self._store.snapshot(key).fetched_at is None:
                snapshot = self._read(key)
                if snapshot is not None:
                    self._store.put(key, snapshot)

    def start(self) -> None:
        """Begin to keep what arrives."""
        self._unsubscribe = self._store.subscribe(None, self._changed)

    async def close(self) -> None:
        """Write what is not written yet, then keep nothing more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for key in self._models:
            self._changed(key, self._store.snapshot(key), schedule=False)
        await self._write_all()

    def _changed(self, key: str, snapshot: Snapshot[Any], *, schedule: bool = True) -> None:
        good = snapshot.fetched_at is not None and not snapshot.from_disk
        if key not in self._models or not good or snapshot.error is not None:
            return
        self._dirty[key] = snapshot
        if schedule and self._task is None:
            self._task = asyncio.create_task(self._later(), name="history")

    async def _later(self) -> None:
        await asyncio.sleep(self._gap)
        self._task = None
        await self._write_all()

    async def _write_all(self) -> None:
        dirty, self._dirty = self._dirty, {}
        for key, snapshot in dirty.items():
            try:
                await asyncio.to_thread(self._write, key, snapshot)
            except OSError as error:
                self._tell_once(key, f"the last state of {key} cannot be kept: {error.strerror}")

    def _tell_once(self, key: str, sentence: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self._notice(sentence)

    def _file(self, key: str) -> Path:
        return self._folder / f"{_SAFE.sub('_', key)}.json"

    def _write(self, key: str, snapshot: Snapshot[Any]) -> None:
        assert snapshot.fetched_at is not None
        head = _Head(
            version=_VERSION, key=key, fetched_at=snapshot.fetched_at, total=snapshot.total
        )
        items = to_json(list(snapshot.items.values()))
        names = to_json(list(snapshot.items))
        write_atomic(self._file(key), b"\n".join((to_json(head), names, items)))

    def _read(self, key: str) -> Snapshot[Any] | None:
        try:
            head, names, items = self._file(key).read_bytes().split(b"\n", 2)
            return self._decode(key, head, names, items)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            why = "is damaged" if isinstance(error, ValueError) else f"cannot be read: {error}"
            self._notice(f"the kept state of {key} {why}; it is left out until the next answer")
            return None

    def _decode(self, key: str, head: bytes, names: bytes, items: bytes) -> Snapshot[Any] | None:
        about = from_json(head, _Head)
        if about.version != _VERSION:
            return None
        ids = from_json(names, list[str])
        kind: Any = list[self._models[key]]  # type: ignore[name-defined]
        objects: list[Any] = from_json(items, kind)
        return Snapshot(
            items=MappingProxyType(dict(zip(ids, objects, strict=True))),
            fetched_at=about.fetched_at,
            from_disk=True,
            total=about.total,
        )
