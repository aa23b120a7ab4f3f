"""The watch: changes as server-sent events, from a version on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from functools import partial
from typing import Literal

from api_client.models.slim import to_json
from api_client.models.watch import Change, ChangeOp
from localcloud.engine.errors import VersionExpired
from localcloud.server.backend import TenantBackend
from localcloud.server.context import ServerState

BOOKMARK_SECONDS = 10.0
_AT_ONCE = 500
_AT_ONCE_IN_BATCHES = 2000
_GATHER_SECONDS = 0.02
"""After a batch, the next one gathers what happens in so long; the first is never held back."""
_RETRY_MILLISECONDS = 500


def first_changes(cloud: TenantBackend, version: int) -> list[Change]:
    """Changes after a version, before anything is sent.

    Raises:
        VersionExpired: it is too old, or from another life of this cloud.
    """
    if version > cloud.resource_version:
        raise VersionExpired(version, cloud.resource_version)
    return cloud.changes_since(version, _AT_ONCE)


async def watch_lines(
    state: ServerState, version: int, changes: list[Change], *, batch: int | None = None
) -> AsyncGenerator[bytes, None]:
    """Changes as they happen; a reader that falls too far behind is cut off.

    Args:
        batch: most changes sent in one event; `None` sends each in an event of its own.
    """
    moved = asyncio.Event()
    unsubscribe = state.cloud.subscribe(moved.set)
    stopping = asyncio.create_task(state.stopping.wait())
    at_once = _AT_ONCE if batch is None else _AT_ONCE_IN_BATCHES
    write = _one_by_one if batch is None else partial(_in_batches, batch)
    try:
        yield f"retry: {_RETRY_MILLISECONDS}\n\n".encode()
        if not changes:
            yield write([_bookmark(version)])
        while not state.stopping.is_set():
            if changes:
                version = changes[-1].resource_version
                yield write(changes)
                behind = len(changes) >= at_once
                if batch is not None and not behind and await _ended(stopping, _GATHER_SECONDS):
                    return
            moved.clear()
            try:
                changes = state.cloud.changes_since(version, at_once)
            except VersionExpired:
                # The reader asks again from its last id and is answered 410 then.
                return
            if not changes and not await _wait(moved, stopping):
                version = max(version, state.cloud.resource_version)
                yield write([_bookmark(version)])
    finally:
        stopping.cancel()
        unsubscribe()


def latest_of_each(changes: list[Change]) -> list[Change]:
    """Only the last change of each object, in the order of their versions."""
    latest: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = (change.kind, change.id)
        latest.pop(key, None)
        latest[key] = change
    return list(latest.values())


async def _ended(stopping: asyncio.Task[Literal[True]], seconds: float) -> bool:
    done, _ = await asyncio.wait({stopping}, timeout=seconds)
    return bool(done)


async def _wait(moved: asyncio.Event, stopping: asyncio.Task[Literal[True]]) -> bool:
    """True when something moved, false when it is time for a bookmark."""
    waiting = asyncio.create_task(moved.wait())
    try:
        done, _ = await asyncio.wait(
            {waiting, stopping}, timeout=BOOKMARK_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        return bool(done)
    finally:
        waiting.cancel()


def _bookmark(version: int) -> Change:
    return Change(resource_version=version, op=ChangeOp.BOOKMARK, kind="")


def _one_by_one(changes: list[Change]) -> bytes:
    return b"".join(
        b"id: %d\nevent: change\ndata: %b\n\n" % (change.resource_version, to_json(change))
        for change in changes
    )


def _in_batches(size: int, changes: list[Change]) -> bytes:
    some = latest_of_each(changes)
    parts = [some[at : at + size] for at in range(0, len(some), size)]
    return b"".join(
        b"id: %d\nevent: changes\ndata: %b\n\n" % (part[-1].resource_version, to_json(part))
        for part in parts
    )
