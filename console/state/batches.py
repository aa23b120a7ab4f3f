"""Changes many at a time, from a provider that sends batches and from one that does not."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from api_client.models.watch import Change
from api_client.services import StreamsBatches


async def batches(provider: Any, since: int) -> AsyncGenerator[tuple[Change, ...], None]:
    """Every change after a version, bookmarks included."""
    if isinstance(provider, StreamsBatches):
        several: Any = provider.watch_batches(since)
        async with aclosing(several):
            async for batch in several:
                yield batch
        return
    changes: Any = provider.watch(since)
    async with aclosing(changes):
        async for change in changes:
            yield (change,)
