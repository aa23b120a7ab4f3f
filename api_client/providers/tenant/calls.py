"""Calls of the Tenant API: paths in, domain models out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from api_client.errors import BadReply
from api_client.exchange import Query, Reply
from api_client.models.base import Page
from api_client.models.slim import Malformed, Slim, to_json
from api_client.paging import Pages
from api_client.providers.tenant.wire import read
from api_client.transport import Transport

T = TypeVar("T")
M = TypeVar("M", bound=Slim)


class TenantCalls:
    """Reads, writes and lists decoded into domain models."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    async def read(
        self, kind: type[T], path: str, *, action: str, params: Query | None = None
    ) -> T:
        """One object."""
        reply = await self.transport.get(path, action=action, params=params)
        return decode(kind, reply, action)

    async def write(self, kind: type[T], method: str, path: str, body: Any, *, action: str) -> T:
        """Send once and decode the object that comes back."""
        content = b"{}" if body is None else to_json(body)
        reply = await self.transport.send(method, path, content, action=action)
        return decode(kind, reply, action)

    def pages(self, kind: type[M], path: str, params: Query, *, action: str) -> Pages[M]:
        """A list behind cursors."""
        page_type: Any = Page[kind]  # type: ignore[valid-type]

        async def fetch(cursor: str | None) -> Page[M]:
            page: Page[M] = await self.read(
                page_type, path, action=action, params={**params, "cursor": cursor}
            )
            return page

        fetch_page: Callable[[str | None], Awaitable[Page[M]]] = fetch
        return Pages(fetch_page)


def decode(kind: type[T], reply: Reply, action: str) -> T:
    """Read a model from a reply.

    Raises:
        BadReply: the reply is not of that shape; says where.
    """
    try:
        return read(reply.content, kind)
    except Malformed as error:
        raise BadReply(
            action,
            f"the answer is wrong at {error.place or 'its start'}: {error.why}",
            provider="tenant",
            request_id=reply.request_id,
        ) from error
