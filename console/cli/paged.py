"""Lists that are read page by page: only as much as is shown, or printed as it comes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from api_client.models.base import Page
from api_client.paging import Pages
from console.cli.context import Cli
from console.cli.listing import ListOptions, Noun, list_columns, show_list
from console.cli.output import JsonList, TableLines, plain_value
from console.cli.progress import Progress, told
from console.present.context import PresentContext
from console.present.filters import Filter, matcher

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """What was read for a list.

    Attributes:
        items: everything that came, in the order it came.
        whole: whether that is all there is.
    """

    items: tuple[T, ...]
    whole: bool


async def show_pages(
    cli: Cli,
    pages: Pages[T],
    noun: Noun[T],
    chosen: Filter,
    asked: ListOptions,
    ctx: PresentContext,
    *,
    turned: bool = False,
) -> Reading[T]:
    """Print the items of the pages that the filter lets pass; the rest is not even read.

    Args:
        turned: the pages come in the opposite of the order they are shown in.
    """
    test = matcher(chosen, noun.fields, ctx)
    if asked.limit is None and not asked.arranged and not turned:
        return await _as_it_comes(cli, pages, noun, test, asked, ctx)
    most = None if asked.arranged else asked.limit
    everything: list[T] = []
    found: list[T] = []
    total: int | None = None
    whole = True
    with Progress(cli) as progress:
        async for page in told(pages, progress):
            total = page.total if page.total is not None else total
            everything.extend(page.items)
            found.extend(item for item in page.items if test(item))
            if most is not None and (len(found) > most or len(found) == most and _more(page)):
                whole = not _more(page)
                break
    known = len(found) if whole else total if not chosen and total is not None else None
    more = not whole or (most is not None and len(found) > most)
    shown = found[:most]
    show_list(cli, shown[::-1] if turned else shown, noun, asked, ctx, total=known, more=more)
    return Reading(tuple(everything), whole)


def _more(page: Page[Any]) -> bool:
    return page.next_cursor is not None


async def _as_it_comes(
    cli: Cli,
    pages: Pages[T],
    noun: Noun[T],
    test: Callable[[T], bool],
    asked: ListOptions,
    ctx: PresentContext,
) -> Reading[T]:
    """Every page is printed before the next one is read; nothing of a long list is kept."""
    columns = list_columns(cli, noun, asked)
    table = TableLines(cli, columns, ctx, wide=asked.wide)
    json = JsonList() if cli.json else None
    kept: list[T] = []
    count = read = 0
    with Progress(cli, quiet=sys.stdout.isatty()) as progress:
        async for items in _items(told(pages, progress)):
            read += len(items)
            kept = [*kept, *items] if read <= KEPT else []
            found = [item for item in items if test(item)]
            count += len(found)
            if json is not None:
                json.write([plain_value(item) for item in found])
            else:
                table.write([noun.row(item, ctx) for item in found])
    if json is not None:
        json.end()
    elif not count:
        show_list(cli, [], noun, asked, ctx)
    return Reading(tuple(kept), read <= KEPT)


async def _items(pages: AsyncIterator[Page[T]]) -> AsyncIterator[tuple[T, ...]]:
    async for page in pages:
        yield tuple(page.items)


KEPT = 10_000
"""Items of a list that are remembered for completion; more are printed and forgotten."""
