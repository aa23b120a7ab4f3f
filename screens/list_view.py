"""A view that is one list of one feed: what its rows are, and the actions every list has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar

from textual import on

from api_client.models.base import Ref
from console.present.table import Column, Row
from console.text import visible
from screens.list_columns import choose_columns, wanted_columns
from screens.list_export import save_list
from screens.list_saved import SavedList
from screens.object_dialogs import go_to_one, row_lines, show_lines, show_raw
from screens.refs import Made, Refs
from screens.widgets.grid import Grid


class ListView(SavedList):
    """A list. A subclass gives the feed, the columns, the row of an item and its fields."""

    OPENS: ClassVar[str] = ""
    PROBLEMS: ClassVar[str] = ""
    """The filter `!` turns on: what is wrong here."""

    # Columns.

    def name_columns(self) -> None:
        columns = self.columns()
        self.grid.set_columns(columns, {each.id: self.desk.t(each.title_key) for each in columns})

    def columns(self) -> Sequence[Column]:
        """The columns of the saved view, else those the person chose, else as they come."""
        every = self.all_columns()
        return self.view_columns(every) or wanted_columns(self.desk, self.columns_name, every)

    # The filter.

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

    def ref(self, key: str) -> Ref:
        """The reference of the object a row stands for."""
        return Ref(kind=self.KIND, id=key)

    def subjects(self) -> Sequence[Ref]:
        if not self.KIND:
            return ()
        return Refs(self.KIND, self.chosen_keys())

    def chosen_keys(self) -> Sequence[str]:
        """Keys of what is marked, in order, else of what the cursor is on; of a group its members.

        A mark or a cursor on the line of a group means everything that stands under it.
        """
        marks = self.grid.marks
        heads = [head for key in marks if (head := self.model.head(key)) is not None]
        if not marks:
            key, head = self.grid.cursor_key, self.cursor_head
            return head.members if head is not None else [key] if key is not None else ()
        under = {key for head in heads for key in head.members}
        return [key for key in self.model.ids if key in marks or key in under]

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
        if self.cursor_head is not None:
            self.do_fold()
        elif self.grid.cursor_key and self.OPENS:
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
        return self.grid.cursor_row

    def name_of(self, row: Row) -> str:
        """What a dialog about a row calls its object."""
        return visible(row.key)

    def why_lines(self, row: Row) -> list[str]:
        """Why the object of a row is as it is, and where its figures come from."""
        return row_lines(self.all_columns(), row, self)

    def do_why(self) -> None:
        row, head = self.cursor_row, self.cursor_head
        if head is not None:
            title = self.desk.t("screen.why_title", name=visible(self.head_name(head)))
            show_lines(self, title, self.head_lines(head))
        elif row is not None:
            show_lines(
                self, self.desk.t("screen.why_title", name=self.name_of(row)), self.why_lines(row)
            )

    def related(self, item: Any) -> Sequence[Ref]:
        """The objects nearest to one of these."""
        return ()

    def do_related(self) -> None:
        if self.grid.cursor_key and (self.sums or self.cursor_item is not None):
            t = self.desk.t
            refs = list(dict.fromkeys(self.related(self.cursor_item)))
            go_to_one(self, refs, t("screen.choose_related"), t("screen.nothing_related"))

    def do_raw(self) -> None:
        item, row = self.cursor_item, self.cursor_row
        if item is not None and row is not None:
            show_raw(self, self.name_of(row), item)

    def do_columns(self) -> None:
        before = {column.id for column in self.columns()}

        def chosen(ids: Collection[str]) -> None:
            added = {*ids} - before
            if any(column.money and column.id in added for column in self.all_columns()):
                # Whoever picks a column of money wants to see it.
                self.grid.show_money = True
            self.own_columns()
            self.retranslate()

        choose_columns(self, self.columns_name, self.all_columns(), self.grid, chosen)

    def do_save(self) -> None:
        save_list(self, self)

    def do_money(self) -> None:
        self.grid.show_money = not self.grid.show_money
        self.name_columns()
        self.draw()

    def exported(self) -> Sequence[Any]:
        """The objects of what is shown, in order."""
        if self.sums:
            return self.kept_items()
        items = (self.model.item(key) for key in self.model.ids)
        return [item for item in items if item is not None]

    def exported_rows(self) -> Sequence[Row]:
        """The rows of what is shown, folded or not, as it is now."""
        if self.sums:
            return self.grid.rows
        ctx = self.desk.present()
        return Made(self.exported(), lambda item: self.row(item, ctx))

    @on(Grid.RowChosen)
    def _row_chosen(self, event: Grid.RowChosen) -> None:
        event.stop()
        self.do_open()

    @property
    def cursor_item(self) -> Any | None:
        """The object under the cursor."""
        return self.model.item(self.grid.cursor_key or "")
