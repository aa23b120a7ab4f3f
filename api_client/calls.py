"""Calls in the shapes services speak: JSON and byte ranges, made of one read and one write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from api_client.exchange import Query, Reply, decode_json


class Calls(Protocol):
    """What can be asked of an origin that answers `get` and `send`."""

    async def get(
        self,
        path: str,
        *,
        action: str,
        params: Query | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply: ...

    async def send(
        self, method: str, path: str, body: bytes | None = None, *, action: str
    ) -> Reply: ...

    async def get_json(self, path: str, *, action: str, params: Query | None = None) -> Any:
        """Read a JSON document."""
        return decode_json(await self.get(path, action=action, params=params), action)

    async def get_range(
        self,
        path: str,
        start: int,
        end: int | None = None,
        *,
        action: str,
        params: Query | None = None,
    ) -> tuple[bytes, Mapping[str, str]]:
        """Read bytes [start, end) and the headers; a negative start counts from the end.

        Raises:
            RangeNotSatisfiable: nothing is there.
        """
        span = f"bytes={start}" if start < 0 else f"bytes={start}-"
        if end is not None and start >= 0:
            span += str(end - 1)
        reply = await self.get(path, action=action, params=params, headers={"Range": span})
        return reply.content, reply.headers

    async def send_json(self, method: str, path: str, body: Any = None, *, action: str) -> Any:
        """Write once, with a JSON body; `None` where the answer has no body."""
        content = None if body is None else json.dumps(body).encode()
        reply = await self.send(method, path, content, action=action)
        return decode_json(reply, action) if reply.content else None
