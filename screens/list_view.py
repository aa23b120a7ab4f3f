"""A view that is one list of one feed: rows, filter, marks, and what it says when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
from console.text import visible
from screens.base import View
from screens.desk import Desk
from screens.freshness import freshness
from screens.list_columns import choose_columns, wanted_columns
from screens.list_export import save_list
from screens.messages import FilterChanged
from screens.navigation import Location
from screens.object_dialogs import go_to_one, row_lines, show_lines, show_raw
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
        self._shown: Mapping[str, Any] = {}
        self._kept: Sequence[Any] = ()

    def compose(self) -> ComposeResult:
        yield Grid(id=f"{self.VIEW}-grid")

    # What a subclass says.

    def row(self, item: Any, ctx: PresentContext) -> Row:
        """One item as a row."""
        raise TypeError(f"{type(self).__name__} does not say how its rows look")

    def rows(self, items: Sequence[Any], ctx: PresentContext) -> list[Row]:
        """The rows of the items that pass the filter."""
        return [self.row(item, ctx) for item in items]

    @property
    def sums(self) -> bool:
        """Whether a row stands for several items."""
        return False

    def all_columns(self) -> Sequence[Column]:
        """Every column there is, in its natural order."""
        return self.COLUMNS

    @property
    def columns_name(self) -> str:
        """The name the person's choice of columns is kept under."""
        return self.VIEW

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
        self.grid.marks_rows = bool(self.KIND)
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
        rows = self.rows(kept, ctx)
        self._kept = kept
        self._shown = {} if self.sums else dict(zip((row.key for row in rows), kept, strict=True))
        self.grid.set_rows(rows)
        self.grid.set_notice(*self._notice(snapshot, len(everything), ctx))

    def counts(self) -> str:
        """`12` or, filtered, `5 / 12`."""
        total = sum(1 for _ in self.items())
        return f"{len(self._kept)} / {total}" if self._filter else str(total)

    def name_columns(self) -> None:
        columns = self.columns()
        self.grid.set_columns(columns, {each.id: self.desk.t(each.title_key) for each in columns})

    def columns(self) -> Sequence[Column]:
        """The columns in the order the person set, else as they come."""
        return wanted_columns(self.desk, self.columns_name, self.all_columns())

    def _notice(self, snapshot: Snapshot[Any], total: int, ctx: PresentContext) -> tuple[str, Tone]:
        state = freshness(snapshot, self.desk)
        if snapshot.error is not None or snapshot.loading or snapshot.from_disk:
            return state.text, state.tone
        if self._kept:
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

    @property
    def silent_verbs(self) -> Collection[str]:
        opens = self.OPENS or type(self).do_open is not ListView.do_open
        silent = {
            "open": not opens,
            "into": not opens,
            "describe": not opens,
            "raw": self.sums,
            "related": type(self).related is ListView.related,
            "problems_only": not self.PROBLEMS,
            "money": not any(column.money for column in self.columns()),
        }
        return {*super().silent_verbs, *(verb for verb, is_so in silent.items() if is_so)}

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

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor."""
        key = self.grid.cursor_key
        return next((row for row in self.grid.rows if row.key == key), None)

    def name_of(self, row: Row) -> str:
        """What a dialog about a row calls its object."""
        return visible(row.key)

    def why_lines(self, row: Row) -> list[str]:
        """Why the object of a row is as it is, and where its figures come from."""
        return row_lines(self.all_columns(), row, self)

    def do_why(self) -> None:
        row = self.cursor_row
        if row is not None:
            show_lines(
                self, self.desk.t("screen.why_title", name=self.name_of(row)), self.why_lines(row)
            )

    def related(self, item: Any) -> Sequence[Ref]:
        """The objects nearest to one of these."""
        return ()

    def do_related(self) -> None:
        if self.grid.cursor_key:
            t = self.desk.t
            refs = list(dict.fromkeys(self.related(self.cursor_item)))
            go_to_one(self, refs, t("screen.choose_related"), t("screen.nothing_related"))

    def do_raw(self) -> None:
        item, row = self.cursor_item, self.cursor_row
        if item is not None and row is not None:
            show_raw(self, self.name_of(row), item)

    def do_columns(self) -> None:
        before = set(self._column_ids())

        def chosen(ids: Sequence[str]) -> None:
            added = {*ids} - before
            if any(column.money and column.id in added for column in self.all_columns()):
                # Whoever picks a column of money wants to see it.
                self.grid.show_money = True
            self.retranslate()

        choose_columns(self, self.columns_name, self.all_columns(), chosen)

    def _column_ids(self) -> list[str]:
        return [column.id for column in self.columns()]

    def do_save(self) -> None:
        rows = self.grid.rows
        objects = list(self._kept) if self.sums else [self._shown[row.key] for row in rows]
        save_list(self, self.grid, self.grid.columns, objects)

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
        return self._shown.get(self.grid.cursor_key or "")
