"""A view that is one list of one feed: rows, filter, marks, and what it says when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one

from api_client.models.base import Ref
from console.present.context import PresentContext
from console.present.filters.fields import FieldSet
from console.present.filters.match import matcher
from console.present.filters.parse import parse
from console.present.table import Column, Row, Tone
from console.state.snapshot import Snapshot
from screens.base import View
from screens.desk import Desk
from screens.freshness import freshness
from screens.messages import FilterChanged
from screens.navigation import Location
from screens.widgets.grid import Grid


class ListView(View):
    """A list. A subclass gives the feed, the columns, the row of an item and its fields."""

    FEED: ClassVar[str] = ""
    KIND: ClassVar[str] = ""
    OPENS: ClassVar[str] = ""
    COLUMNS: ClassVar[Sequence[Column]] = ()
    FIELDS: ClassVar[FieldSet[Any] | None] = None
    EMPTY_KEY: ClassVar[str] = ""
    PROBLEMS: ClassVar[str] = ""
    """The filter `!` turns on: what is wrong here."""

    grid = query_one("Grid", Grid)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = 0
        self._wide = False

    def compose(self) -> ComposeResult:
        yield Grid(id=f"{self.VIEW}-grid")

    # What a subclass says.

    def row(self, item: Any, ctx: PresentContext) -> Row:
        """One item as a row."""
        raise TypeError(f"{type(self).__name__} does not say how its rows look")

    def rows(self, items: Sequence[Any], ctx: PresentContext) -> list[Row]:
        """The rows of the items that pass the filter."""
        return [self.row(item, ctx) for item in items]

    def items(self) -> Iterable[Any]:
        """The items before any filter, in their natural order."""
        return self.snapshot(self.FEED).items.values()

    def feeds(self) -> Sequence[str]:
        return (self.FEED,)

    def ref(self, key: str) -> Ref:
        """The reference of the object a row stands for."""
        return Ref(kind=self.KIND, id=key)

    # Drawing.

    def open(self, location: Location) -> None:
        super().open(location)
        if location.key:
            self.grid.select(location.key)

    def draw(self) -> None:
        ctx = self.desk.present()
        snapshot = self.snapshot(self.FEED)
        everything = list(self.items())
        kept = (
            [item for item in everything if self._test(ctx)(item)] if self._filter else everything
        )
        self._shown = len(kept)
        self.grid.set_rows(self.rows(kept, ctx))
        self.grid.set_notice(*self._notice(snapshot, len(everything), ctx))

    def counts(self) -> str:
        """`12` or, filtered, `5 / 12`."""
        total = sum(1 for _ in self.items())
        return f"{self._shown} / {total}" if self._filter else str(total)

    def name_columns(self) -> None:
        columns = self.columns()
        self.grid.set_columns(columns, {each.id: self.desk.t(each.title_key) for each in columns})

    def columns(self) -> Sequence[Column]:
        """The columns in the order the person set, else as they come."""
        wanted = self.desk.settings.columns.get(self.VIEW)
        if not wanted:
            return self.COLUMNS
        by_id = {column.id: column for column in self.COLUMNS}
        return [by_id[name] for name in wanted if name in by_id]

    def _notice(self, snapshot: Snapshot[Any], total: int, ctx: PresentContext) -> tuple[str, Tone]:
        state = freshness(snapshot, self.desk)
        if snapshot.error is not None or snapshot.loading or snapshot.from_disk:
            return state.text, state.tone
        if self._shown:
            return "", Tone.DIM
        if self._filter and total:
            return ctx.t("common.empty.filtered", filter=self._filter), Tone.DIM
        return ctx.t(self.EMPTY_KEY), Tone.DIM

    # The filter.

    @property
    def _filter(self) -> str:
        return self.location.filter

    def _test(self, ctx: PresentContext) -> Callable[[Any], bool]:
        if self.FIELDS is None or not self._filter:
            return lambda item: True
        return matcher(parse(self._filter, self.FIELDS), self.FIELDS, ctx)

    def fields(self) -> FieldSet[Any] | None:
        return self.FIELDS

    def apply_filter(self, text: str) -> None:
        if self.FIELDS is not None:
            parse(text, self.FIELDS)
        self._set_filter(text)

    def _set_filter(self, text: str) -> None:
        text = text.strip()
        self.location = Location(self.location.view, self.location.key, text, self.location.detail)
        self.post_message(FilterChanged(text))
        self.draw()

    def _toggle_term(self, term: str) -> None:
        """Add a term to the filter, or take it away where it is there."""
        terms = self._filter.split()
        if term in terms:
            terms.remove(term)
        else:
            terms.append(term)
        self._set_filter(" ".join(terms))

    def clear_one_step(self) -> bool:
        if self._filter:
            self._set_filter("")
            return True
        if self.grid.marks:
            self.grid.clear_marks()
            return True
        return False

    # What actions are about, and the actions every list has.

    def subjects(self) -> Sequence[Ref]:
        if not self.KIND:
            return ()
        marks = self.grid.marks
        if marks:
            return [self.ref(row.key) for row in self.grid.rows if row.key in marks]
        return [self.ref(self.grid.cursor_key)] if self.grid.cursor_key else ()

    def focus_main(self) -> None:
        self.grid.focus()

    def handler(self, verb: str) -> Callable[[], None] | None:
        return super().handler(verb) or getattr(self.grid, f"action_{verb}", None)

    def do_open(self) -> None:
        if self.grid.cursor_key and self.OPENS:
            self.go(self.OPENS, self.grid.cursor_key)

    def do_into(self) -> None:
        self.do_open()

    def do_describe(self) -> None:
        self.do_open()

    def do_problems_only(self) -> None:
        if self.PROBLEMS:
            self._toggle_term(self.PROBLEMS)

    def do_money(self) -> None:
        self.grid.show_money = not self.grid.show_money
        self.name_columns()
        self.draw()

    @on(Grid.RowChosen)
    def _row_chosen(self, event: Grid.RowChosen) -> None:
        event.stop()
        self.do_open()

    @property
    def cursor_item(self) -> Any | None:
        """The object under the cursor."""
        items: Mapping[str, Any] = self.snapshot(self.FEED).items
        return items.get(self.grid.cursor_key or "")
