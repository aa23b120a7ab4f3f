"""The last good state on disk, so that the console opens on it before the network answers."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any

from console.state.history_file import Reader, write_steps
from console.state.snapshot import Snapshot
from console.state.store import Store

_LOG = logging.getLogger(__name__)

_SAFE = re.compile(r"[^A-Za-z0-9_.-]")

_LARGE = 2_000
"""Items from which on a feed is kept less often."""

_LARGE_GAP = 30.0
_REST = 100.0
"""Seconds without writing for each second that writing took."""

_CLOSE_SECONDS = 0.03
"""How long leaving may take: what is not kept by then was kept a while ago."""

Notice = Callable[[str], None]


class History:
    """Keeps the last good snapshot of some feeds in one folder.

    Args:
        models: feed key -> type of its items; other feeds are not kept.
        gap_seconds: least time between two writings of a small feed.
        most: feed key -> items above which it is not kept.
        notice: told in one sentence when a file is damaged or cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        models: Mapping[str, type[Any]],
        *,
        gap_seconds: float = 5.0,
        most: Mapping[str, int] | None = None,
        notice: Notice = _LOG.warning,
    ) -> None:
        self._folder = folder
        self._store = store
        self._models = dict(models)
        self._gap = gap_seconds
        self._most = most or {}
        self._notice = notice
        self._kept: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._dirty: dict[str, None] = {}
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._told: set[str] = set()
        self._unsubscribe: Callable[[], None] | None = None

    def load(self) -> None:
        """Put the newest of what is on disk into the store, marked `from_disk`.

        The rest of a long list follows in slices while the loop runs.
        """
        self._load(self._models)

    def load_more(self, models: Mapping[str, type[Any]]) -> None:
        """Keep more feeds, and put what is on disk of them into the store."""
        self._models |= models
        self._load(models)

    def _load(self, keys: Iterable[str]) -> None:
        for key in keys:
            if self._store.snapshot(key).fetched_at is None:
                reader = self._open(key)
                if reader is not None and not self._take_first(key, reader):
                    reader.close()

    def start(self) -> None:
        """Begin to keep what arrives."""
        self._unsubscribe = self._store.subscribe(None, self._changed)
        self._tasks.append(asyncio.create_task(self._keep_on(), name="history"))

    async def close(self) -> None:
        """Write what is short and not written yet, then keep nothing more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        deadline = perf_counter() + _CLOSE_SECONDS
        by_size = sorted(self._models, key=lambda key: len(self._store.snapshot(key).items))
        for key in by_size:
            snapshot = self._store.snapshot(key)
            if key in self._kept and len(snapshot.items) > _LARGE:
                continue  # Kept in this run, and too long to be kept again on the way out.
            self._kept.pop(key, None)  # When it was last confirmed is worth a short writing.
            if self._is_good(key, snapshot):
                self._write_at_once(key, deadline)

    # Reading.

    def _open(self, key: str) -> Reader | None:
        try:
            return Reader(self._file(key), self._models[key])
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            self._tell_damaged(key, error)
            return None

    def _take_first(self, key: str, reader: Reader) -> bool:
        """Show the first slice; true where more follow."""
        if not reader.wanted or not self._is_few(key, reader.count):
            return False
        try:
            items = reader.items_of(reader.next_line())
        except (OSError, ValueError) as error:
            self._tell_damaged(key, error)
            return False
        head, more = reader.head, not reader.done
        total = reader.count if more else head.total
        self._store.put(
            key,
            Snapshot(
                items=MappingProxyType(dict(items)),
                fetched_at=head.fetched_at,
                from_disk=True,
                total=total,
            ),
        )
        if more:
            self._tasks.append(
                asyncio.create_task(self._take_rest(key, reader), name=f"load {key}")
            )
        return more

    async def _take_rest(self, key: str, reader: Reader) -> None:
        table = self._store.table(key)
        head = reader.head
        try:
            while not reader.done:
                items = reader.items_of(await asyncio.to_thread(reader.next_line))
                if table.confirmed or not self._store.snapshot(key).from_disk:
                    return
                for item_id, item in items.items():
                    if table.get(item_id) is None:
                        table.put(item_id, item)
                if self._store.snapshot(key).fetched_at == head.fetched_at:
                    total = head.total if reader.done else reader.count
                    self._store.publish(key, head.fetched_at, total=total, from_disk=True)
        except (OSError, ValueError) as error:
            self._tell_damaged(key, error)
        finally:
            reader.close()

    # Writing.

    def _changed(self, key: str, snapshot: Snapshot[Any]) -> None:
        if not self._is_good(key, snapshot):
            return
        self._dirty[key] = None
        self._due.setdefault(key, asyncio.get_running_loop().time() + self._gap)
        self._wake.set()

    def _is_good(self, key: str, snapshot: Snapshot[Any]) -> bool:
        """Whether a snapshot is a whole, confirmed reading that is not on disk."""
        good = snapshot.fetched_at is not None and not snapshot.from_disk
        good = good and self._is_few(key, len(snapshot.items))
        kept = self._kept.get(key) == snapshot.version
        return key in self._models and good and not kept and self._store.is_whole(key)

    def _is_few(self, key: str, count: int) -> bool:
        return count <= self._most.get(key, count)

    async def _keep_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            key = min(self._dirty, key=lambda key: self._due[key])
            wait = self._due[key] - loop.time()
            if wait > 0:
                await asyncio.sleep(min(wait, self._gap))
                continue
            del self._dirty[key]
            if not self._dirty:
                self._wake.clear()
            snapshot = self._store.snapshot(key)
            if self._is_good(key, snapshot):
                took = await self._write(key, snapshot)
                large = len(snapshot.items) > _LARGE
                gap = max(_LARGE_GAP, _REST * took) if large else self._gap
                self._due[key] = loop.time() + gap

    async def _write(self, key: str, snapshot: Snapshot[Any]) -> float:
        """Write in slices; returns the seconds it took away from the loop."""
        took, began = 0.0, perf_counter()
        try:
            for work in write_steps(self._file(key), key, snapshot):
                took += perf_counter() - began
                await (asyncio.sleep(0) if work is None else asyncio.to_thread(work))
                began = perf_counter()
            self._kept[key] = snapshot.version
        except OSError as error:
            self._tell_once(key, f"the last state of {key} cannot be kept: {error.strerror}")
        return took + perf_counter() - began

    def _write_at_once(self, key: str, deadline: float) -> None:
        snapshot = self._store.snapshot(key)
        steps = write_steps(self._file(key), key, snapshot)
        try:
            for work in steps:
                if work is not None:
                    work()
                if perf_counter() > deadline:
                    steps.close()
                    return
            self._kept[key] = snapshot.version
        except OSError as error:
            self._tell_once(key, f"the last state of {key} cannot be kept: {error.strerror}")

    def _tell_damaged(self, key: str, error: Exception) -> None:
        why = "is damaged" if isinstance(error, ValueError) else f"cannot be read: {error}"
        self._notice(f"the kept state of {key} {why}; it is left out until the next answer")

    def _tell_once(self, key: str, sentence: str) -> None:
        if key not in self._told:
            self._told.add(key)
            self._notice(sentence)

    def _file(self, key: str) -> Path:
        return self._folder / f"{_SAFE.sub('_', key)}.json"
