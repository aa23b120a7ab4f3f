"""How far a long reading is, on standard error, for a person who waits."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Final, TypeVar

from api_client.models.base import Page
from api_client.paging import Pages
from console.cli.context import Cli

T = TypeVar("T")

_QUIET: Final = 1.0
"""Seconds in which nobody asks what is going on."""
_EVERY: Final = 0.2


class Progress:
    """One line that is written over itself, and gone at the end.

    Nothing is written in the first second, nor where standard error is no terminal.

    Args:
        quiet: never write, because the output itself shows how far it is.
    """

    def __init__(self, cli: Cli, *, quiet: bool = False) -> None:
        smart = os.environ.get("TERM", "") not in ("", "dumb")
        self._cli = cli
        self._wanted = smart and not quiet and not cli.plain and sys.stderr.isatty()
        self._next = time.monotonic() + _QUIET
        self._there = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.clear()

    def tell(self, count: int, total: int | None = None) -> None:
        """So many have been read, of so many where that is known."""
        now = time.monotonic()
        if not self._wanted or now < self._next:
            return
        self._next = now + _EVERY
        known = total is not None and total >= count
        key = "cli.progress.of" if known else "cli.progress.read"
        words = self._cli.t(key, count=f"{count:,}", total=f"{total or 0:,}")
        sys.stderr.write(f"\r\x1b[K{words}")
        sys.stderr.flush()
        self._there = True

    def clear(self) -> None:
        """Take the line away, before something else is written."""
        if self._there:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._there = False


async def told(pages: Pages[T], progress: Progress) -> AsyncIterator[Page[T]]:
    """Every page, told as it comes."""
    count, total = 0, None
    async for page in pages.by_page():
        count += len(page.items)
        total = page.total if page.total is not None else total
        progress.tell(count, total)
        yield page


async def read_all(cli: Cli, pages: Pages[T]) -> list[T]:
    """Every item, with the progress of it."""
    found: list[T] = []
    with Progress(cli) as progress:
        async for page in told(pages, progress):
            found.extend(page.items)
    return found
