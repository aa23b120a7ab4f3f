"""Cursor paging: await a `Pages` for its first page, iterate it for every item."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

from api_client.errors import BadReply
from api_client.models.base import Page

T = TypeVar("T")

FetchPage = Callable[[str | None], Awaitable[Page[T]]]
"""Reads the page behind a cursor; `None` is the first page."""


class Pages(Generic[T]):
    """A list that arrives page by page.

    `await pages` gives the first `Page`; `async for item in pages` gives every item;
    `async for page in pages.by_page()` gives every page. Nothing is fetched before that.
    """

    def __init__(self, fetch: FetchPage[T]) -> None:
        self._fetch = fetch

    def __await__(self) -> Generator[Any, None, Page[T]]:
        return self._fetch(None).__await__()

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items()

    async def _items(self) -> AsyncIterator[T]:
        async for page in self.by_page():
            for item in page.items:
                yield item

    async def by_page(self, cursor: str | None = None) -> AsyncIterator[Page[T]]:
        """Every page in turn, from the one behind a cursor on.

        Raises:
            BadReply: the server gave a cursor it had given before, which would never end.
        """
        seen: set[str] = set()
        while True:
            page = await self._fetch(cursor)
            yield page
            cursor = page.next_cursor
            if cursor is None:
                return
            if cursor in seen:
                raise BadReply("read the next page", "the server repeated a page cursor")
            seen.add(cursor)

    async def all(self) -> list[T]:
        """Every item in one list."""
        return [item async for item in self]
