"""What every `ls` shares: the filter, sorting, columns, and the two ways of printing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import click

from console.cli.commands import option
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.output import plain_value, print_json, print_table
from console.present.context import PresentContext
from console.present.filters import Filter, FilterError, error_text, matcher, parse
from console.present.filters.fields import FieldSet
from console.present.table import Cell, Column, Row
from console.problems import nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How a list is asked for on the command line."""

    words: tuple[str, ...]
    sort: str
    limit: int | None
    columns: str
    wide: bool


@dataclass(frozen=True, slots=True)
class Noun(Generic[T]):
    """A listable noun: its filter fields, its columns, and how one object becomes a row."""

    name: str
    fields: FieldSet[T]
    columns: Sequence[Column]
    row: Callable[[T, PresentContext], Row]


def list_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every list; the function is given a `ListOptions` as `asked`."""

    def wrapped(cli: Cli, **given: Any) -> Any:
        asked = ListOptions(
            tuple(given.pop("words")),
            given.pop("sort"),
            given.pop("limit"),
            given.pop("columns"),
            given.pop("wide"),
        )
        return function(cli, asked=asked, **given)

    wrapped.__name__ = function.__name__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for add in (
        option("--wide", "-w", is_flag=True),
        option("--columns", metavar="A,B,…", default=""),
        option("--limit", type=click.IntRange(min=1), metavar="N"),
        option("--sort", metavar="COLUMN", default=""),
        click.argument("words", nargs=-1, metavar="[FILTER]..."),
    ):
        wrapped = add(wrapped)
    return wrapped


def chosen_filter(words: Sequence[str], fields: FieldSet[Any], ctx: PresentContext) -> Filter:
    """The filter the words make, one string or several.

    Raises:
        Stop: it cannot be read; the sentence says where, and what is close.
    """
    try:
        return parse(" ".join(words), fields)
    except FilterError as error:
        raise Stop(error_text(error, ctx), USAGE) from None


def matching(items: Iterable[T], chosen: Filter, noun: Noun[T], ctx: PresentContext) -> list[T]:
    """The items a filter lets pass."""
    test = matcher(chosen, noun.fields, ctx)
    return [item for item in items if test(item)]


def show_list(
    cli: Cli,
    items: Sequence[T],
    noun: Noun[T],
    asked: ListOptions,
    ctx: PresentContext,
    *,
    as_json: Callable[[T], Any] = plain_value,
) -> None:
    """Print a list: a table, or the domain objects as JSON."""
    columns = _columns(noun, asked, cli)
    pairs = [(item, noun.row(item, ctx)) for item in items]
    if asked.sort:
        pairs = _sorted(pairs, noun, asked.sort, cli)
    pairs = pairs[: asked.limit]
    if cli.json:
        print_json([as_json(item) for item, _ in pairs])
    elif not pairs:
        words = " ".join(asked.words)
        if words:
            cli.tell("common.empty.filtered", filter=words)
        else:
            cli.tell(f"common.empty.{noun.name}")
    else:
        print_table(cli, columns, [row for _, row in pairs], ctx, wide=asked.wide)


def _columns(noun: Noun[T], asked: ListOptions, cli: Cli) -> Sequence[Column]:
    if not asked.columns:
        return noun.columns
    return [_column(noun, name.strip(), cli) for name in asked.columns.split(",") if name.strip()]


def _column(noun: Noun[T], name: str, cli: Cli) -> Column:
    known = {column.id: column for column in noun.columns}
    name = noun.fields.aliases.get(name, name) if name not in known else name
    if name not in known:
        close = nearest(name, known)
        text = cli.t("cli.error.column", word=name, known=", ".join(known))
        raise Stop(f"{text} {cli.t('cli.error.nearest', word=close)}" if close else text, USAGE)
    return known[name]


def _sorted(pairs: list[tuple[T, Row]], noun: Noun[T], sort: str, cli: Cli) -> list[tuple[T, Row]]:
    """By one column, `-column` for the other way round; what is not known comes last."""
    column = _column(noun, sort.lstrip("-"), cli)

    def value(pair: tuple[T, Row]) -> float | str | None:
        cell = pair[1].cells.get(column.id, Cell(""))
        return cell.sort

    known = [pair for pair in pairs if value(pair) is not None]
    unknown = [pair for pair in pairs if value(pair) is None]
    # A column holds figures or texts; the text of a figure would be compared as text.
    known.sort(
        key=lambda pair: (isinstance(value(pair), str), value(pair)), reverse=sort.startswith("-")
    )
    return known + unknown
