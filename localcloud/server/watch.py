"""The watch: changes as server-sent events, from a version on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Literal

from api_client.models.slim import to_json
from api_client.models.watch import Change, ChangeOp
from localcloud.engine.errors import VersionExpired
from localcloud.server.backend import TenantBackend
from localcloud.server.context import ServerState

BOOKMARK_SECONDS = 10.0
_AT_ONCE = 500
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
    state: ServerState, version: int, changes: list[Change]
) -> AsyncIterator[str]:
    """Changes as they happen; a reader that falls too far behind is cut off."""
    moved = asyncio.Event()
    unsubscribe = state.cloud.subscribe(moved.set)
    stopping = asyncio.create_task(state.stopping.wait())
    try:
        yield f"retry: {_RETRY_MILLISECONDS}\n\n"
        if not changes:
            yield _line(_bookmark(version))
        while not state.stopping.is_set():
            for change in changes:
                yield _line(change)
                version = change.resource_version
            moved.clear()
            try:
                changes = state.cloud.changes_since(version, _AT_ONCE)
            except VersionExpired:
                # The reader asks again from its last id and is answered 410 then.
                return
            if not changes and not await _wait(moved, stopping):
                version = max(version, state.cloud.resource_version)
                yield _line(_bookmark(version))
    finally:
        stopping.cancel()
        unsubscribe()


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


def _line(change: Change) -> str:
    return f"id: {change.resource_version}\nevent: change\ndata: {to_json(change).decode()}\n\n"
