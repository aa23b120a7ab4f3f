"""Saved views of a list: opened, kept under a name, shared as a string; and how it was left."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from console.lists.arrangement import Arrangement, Sort, Width
from console.lists.kept import LeftLists, find_view, named_views, save_view
from console.lists.query import QueryError, parse_query, query_text
from console.present.filters.ast import FilterError
from console.present.filters.parse import parse
from console.present.filters.wording import error_text
from console.present.table import Column, Tone
from console.problems import ConfigError
from console.text import visible
from screens.list_columns import kept_widths, wanted_columns
from screens.list_groups import GroupedList
from screens.messages import CopyText
from screens.navigation import Location
from screens.widgets.menu_dialog import MenuDialog, MenuItem
from screens.widgets.path_dialog import PathDialog

_SAVE, _COPY, _USUAL = "\x00save", "\x00copy", "\x00usual"
_LETTERS = "abcdefghijlmnopqrtvwxyz"


class SavedList(GroupedList):
    """A list that can be kept as a view and comes back the way it was left."""

    _came_back = False
    _opened = ""

    @property
    def columns_name(self) -> str:
        """The name the person's choice of columns is kept under."""
        return self.VIEW

    # Coming and going.

    def open(self, location: Location) -> None:
        if self.NOUN and not self._came_back:
            self._came_back = True
            self.arrangement = self._sane(LeftLists().get(self.NOUN))
        if location.arranged and location.arranged != self._opened:
            self._opened = location.arranged
            self._take(location.arranged)
        elif not location.arranged:
            self._opened = ""
        super().open(location)
        self._show_order()

    def _take(self, query: str) -> None:
        try:
            arrangement = parse_query(query, self.NOUN)
        except QueryError as error:
            self._complain(error)
            return
        if arrangement.noun == self.NOUN:
            self.arrangement = self._sane(arrangement).but(filter="")

    def _sane(self, arrangement: Arrangement) -> Arrangement:
        """Without the columns that there are no longer."""
        known = {column.id for column in self.all_columns()}
        fields = self.FIELDS.fields if self.FIELDS is not None else {}
        columns = tuple(width for width in arrangement.columns if width.column in known)
        sort = arrangement.sort if arrangement.sort.column in {*known, *fields} else Sort()
        group = arrangement.group if arrangement.group in fields else ""
        return arrangement.but(columns=columns, sort=sort, group=group)

    def _show_order(self) -> None:
        sort = self.arrangement.sort
        if not self.sums:
            self.grid.show_sort(sort.column or None, sort.descending)

    def rearrange(self, arrangement: Arrangement) -> None:
        super().rearrange(arrangement)
        self._remember()

    def _remember(self) -> None:
        if self.NOUN:
            self.run_worker(self._keep_left(self.arrangement), group="left")

    async def _keep_left(self, arrangement: Arrangement) -> None:
        try:
            await asyncio.to_thread(LeftLists().keep, arrangement)
        except OSError as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)

    # Columns.

    def view_columns(self, every: Sequence[Column]) -> Sequence[Column]:
        """The columns of the view that is open; none where it names none."""
        by_id = {column.id: column for column in every}
        widths = self.arrangement.columns
        given = {width.column: width.cells for width in widths if width.cells is not None}
        self.grid.column_widths = given if widths else kept_widths(self.desk, self.columns_name)
        return [by_id[width.column] for width in widths if width.column in by_id]

    def own_columns(self) -> None:
        """Show the columns the person chose for this list instead of a view's."""
        self.arrangement = self.arrangement.but(columns=())
        self._remember()

    def _columns_now(self) -> tuple[Width, ...]:
        every = self.all_columns()
        shown = self.view_columns(every) or wanted_columns(self.desk, self.columns_name, every)
        given = self.grid.column_widths
        if not given and [each.id for each in shown] == [each.id for each in every]:
            return ()
        return tuple(Width(column.id, given.get(column.id)) for column in shown)

    # Views.

    def arranged_now(self) -> Arrangement:
        """What a saved view of this list would say."""
        return self.arrangement.but(
            noun=self.NOUN, filter=self._filter, columns=self._columns_now()
        )

    @property
    def silent_verbs(self) -> Collection[str]:
        silent = {*super().silent_verbs}
        return silent if self.NOUN else silent | {"save_view", "copy_view"}

    def do_views(self) -> None:
        """Choose a view of this list, keep one, copy one, or take everything back."""
        if not self.NOUN:
            self.say(self.desk.t("lists.views.only_lists"), tone=Tone.WARNING)
            return
        t = self.desk.t
        items = [
            MenuItem("s", _SAVE, t("lists.views.save")),
            MenuItem("k", _COPY, t("lists.views.copy")),
            MenuItem("u", _USUAL, t("lists.views.usual")),
        ]
        mine = [name for name, text in named_views().items() if text.startswith(self.NOUN)]
        letters = iter(each for each in _LETTERS if each not in "sku")
        items += [MenuItem(next(letters, " "), name, name) for name in mine]
        self.app.push_screen(MenuDialog(t("lists.views.title"), items), self._chosen)

    def _chosen(self, value: str | None) -> None:
        if value == _SAVE:
            self.do_save_view()
        elif value == _COPY:
            self.do_copy_view()
        elif value == _USUAL:
            self.open_view(Arrangement(self.NOUN))
        elif value is not None:
            self.open_named(value)

    def open_named(self, text: str) -> None:
        """Open a view of this list by its name or its query; say what is wrong with it."""
        try:
            arrangement = find_view(text, self.NOUN)
            if self.FIELDS is not None:
                parse(arrangement.filter, self.FIELDS)
        except QueryError as error:
            self._complain(error)
        except FilterError as error:
            why = error_text(error, self.desk.present())
            self.say(self.desk.t("lists.error.filter", why=why), tone=Tone.FAILED)
        else:
            self.open_view(arrangement)
            self.say(self.desk.t("lists.views.opened", name=visible(text)), tone=Tone.DIM)

    def open_view(self, arrangement: Arrangement) -> None:
        """Show the list as a view says."""
        self.arrangement = self._sane(arrangement).but(filter="")
        self.name_columns()
        self._show_order()
        self._set_filter(arrangement.filter)
        self._remember()

    def _complain(self, error: QueryError) -> None:
        values = {name: visible(value) for name, value in error.values.items()}
        key = f"{error.key}_near" if values.get("near") else error.key
        self.say(self.desk.t(key, **values), tone=Tone.FAILED)

    def do_copy_view(self) -> None:
        """Put the list as one string on the clipboard; `qd` and `:view` take it."""
        self.post_message(CopyText(query_text(self.arranged_now())))

    def do_save_view(self) -> None:
        """Ask for a name and keep the list under it."""
        t = self.desk.t

        def check(name: str) -> str:
            return t("lists.views.replace", name=name) if name in named_views() else ""

        title = t("lists.views.name")
        hint = f"{t('lists.views.hint')}\n{query_text(self.arranged_now())}"
        self.app.push_screen(PathDialog(title, hint, "", check), self._named)

    def _named(self, name: str | None) -> None:
        if name is not None:
            self.save_as(name)

    def save_as(self, name: str) -> None:
        """Keep the list as a view of that name."""
        try:
            save_view(name, self.arranged_now())
        except QueryError as error:
            self._complain(error)
        except ConfigError as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)
        else:
            self.say(self.desk.t("lists.views.kept", name=name, noun=self.NOUN), tone=Tone.OK)
