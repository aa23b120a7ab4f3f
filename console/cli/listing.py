"""What every `ls` shares: the filter, sorting, columns, and the two ways of printing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Any, Final, Generic, TypeVar

import click

from console.cli.commands import option
from console.cli.context import Cli, Stop
from console.cli.exits import USAGE
from console.cli.list_views import asked_view, complete_views
from console.cli.output import plain_value, print_json, print_table
from console.lists.arrangement import Arrangement, Sort
from console.lists.lines import Head
from console.lists.model import ListKind, ListModel
from console.lists.query import QueryError, column_text, read_columns, sort_text
from console.present.context import PresentContext
from console.present.filters import Filter, FilterError, error_text, matcher, parse
from console.present.filters.fields import FieldSet
from console.present.heads import group_word, head_row
from console.present.table import Column, Row
from console.problems import nearest

T = TypeVar("T")

SHOWN: Final = 200
"""Lines of a table where nobody said how many; JSON is whole."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """How a list is asked for on the command line."""

    words: tuple[str, ...]
    sort: str
    limit: int | None
    """`None` is without one."""
    columns: str
    wide: bool
    view: Arrangement = Arrangement()
    """The saved view that was asked for."""
    everything: bool = False
    """Whether `--all` was said."""

    @property
    def page(self) -> int:
        """How many objects to read at once: no more than will be shown, where that is known."""
        return 1000 if self.limit is None or self.arranged or self.words else min(1000, self.limit)

    @property
    def arranged(self) -> bool:
        """Whether the first lines can only be known once everything has been read."""
        return bool(self.sort or self.view.group or self.view.arrays)


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
        view = asked_view(cli, given.pop("view"), given.pop("group"))
        limit, everything = given.pop("limit"), given.pop("everything")
        if limit is None and not everything and not cli.json:
            limit = SHOWN
        asked = ListOptions(
            tuple(filter(None, (view.filter, *given.pop("words")))),
            given.pop("sort") or sort_text(view.sort),
            limit,
            given.pop("columns") or ",".join(map(column_text, view.columns)),
            given.pop("wide"),
            view,
            everything,
        )
        return function(cli, asked=asked, **given)

    wrapped.__name__ = function.__name__
    wrapped.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
    for add in (
        option("--wide", "-w", is_flag=True),
        option("--columns", metavar="A,B,…", default=""),
        option("--all", "everything", is_flag=True),
        option("--limit", type=click.IntRange(min=1), metavar="N"),
        option("--view", metavar="NAME|QUERY", default="", shell_complete=complete_views),
        option("--group", metavar="COLUMN", default=""),
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
    total: int | None = None,
    more: bool = False,
) -> None:
    """Print a list: a table, or the domain objects as JSON; and say what is not shown.

    Args:
        more: there are more than these items, `total` of them where that is known.
    """
    columns = list_columns(cli, noun, asked)
    model = _arranged(cli, items, noun, asked, columns, ctx)
    found = [item for key in model.ids[: asked.limit] if (item := model.item(key)) is not None]
    if cli.json:
        print_json([as_json(item) for item in found])
    elif not found:
        words = " ".join(asked.words)
        if words:
            cli.tell("common.empty.filtered", filter=words)
        else:
            cli.tell(f"common.empty.{noun.name}")
    else:
        lines = len(model) if asked.limit is None else min(len(model), asked.limit)
        print_table(cli, columns, [model.row(at) for at in range(lines)], ctx, wide=asked.wide)
        if model.heads:
            shown = sum(model.head(model.key(at)) is None for at in range(lines))
            say_cut(cli, shown, len(items), cut=lines < len(model))
            return
    if more or len(found) < len(items):
        say_cut(cli, len(found), total if more else len(items))


def say_cut(cli: Cli, shown: int, total: int | None, *, cut: bool = True) -> None:
    """Say how many there are where not all of them are shown."""
    if cut and total is None:
        cli.tell("cli.cut.some", shown=f"{shown:,}")
    elif cut:
        cli.tell("cli.cut.of", shown=f"{shown:,}", total=f"{total:,}")


def _arranged(
    cli: Cli,
    items: Sequence[T],
    noun: Noun[T],
    asked: ListOptions,
    columns: Sequence[Column],
    ctx: PresentContext,
) -> ListModel[T]:
    """The items sorted and grouped as the screens do it."""

    def head(each: Head, ctx: PresentContext) -> Row:
        name = f"{each.name}*" if each.array else group_word(asked.view.group, each.name, ctx)
        tally = each.tally
        return head_row(
            each.key,
            name,
            tally.count,
            columns,
            ctx,
            states=tally.states,
            amount=tally.amount,
            folded=each.folded,
            depth=each.depth,
        )

    view = asked.view.but(filter="", columns=())
    if asked.sort:
        column = _column(noun, asked.sort.removeprefix("-"), cli)
        view = view.but(sort=Sort(column.id, asked.sort.startswith("-")))
    if view.group and noun.fields.get(view.group) is None:
        raise Stop(_unknown(cli, view.group, noun.fields.fields), USAGE)
    kind = ListKind(noun.row, noun.fields, head_row=head, arrays=noun.name == "jobs")
    model = ListModel(kind, ctx)
    model.arrange(view, ctx)
    model.load({_key(at, item, noun): item for at, item in enumerate(items)})
    model.step(inf)
    return model


def _key(at: int, item: T, noun: Noun[T]) -> str:
    """Arrays go by name; what else has the same key twice must still be shown twice."""
    return str(getattr(item, "name", at)) if noun.name in ("jobs", "nodes") else str(at)


def list_columns(cli: Cli, noun: Noun[T], asked: ListOptions) -> Sequence[Column]:
    """The columns that were asked for, else all of the noun. Raises `Stop` for one that is none."""
    try:
        widths = read_columns(asked.columns)
    except QueryError as error:
        raise Stop(cli.t(error.key, **error.values), USAGE) from None
    columns = [(_column(noun, width.column, cli), width.cells) for width in widths]
    return [
        column if cells is None else replace(column, min_width=cells, max_width=cells)
        for column, cells in columns
    ] or noun.columns


def _column(noun: Noun[T], name: str, cli: Cli) -> Column:
    known = {column.id: column for column in noun.columns}
    name = noun.fields.aliases.get(name, name) if name not in known else name
    if name not in known:
        raise Stop(_unknown(cli, name, known), USAGE)
    return known[name]


def _unknown(cli: Cli, name: str, known: Iterable[str]) -> str:
    close = nearest(name, known)
    text = cli.t("cli.error.column", word=name, known=", ".join(known))
    return f"{text} {cli.t('cli.error.nearest', word=close)}" if close else text
