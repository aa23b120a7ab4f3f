"""Groups, folds and arrays of a list, by key."""

from __future__ import annotations

from collections.abc import Callable, Collection

from console.lists.arrangement import Folds
from console.lists.groups import MANY_GROUPS
from console.lists.lines import Head
from console.present.context import PresentContext
from console.present.heads import group_word, head_row, states_text
from console.present.table import Row, Tone
from screens.list_base import ListBase
from screens.widgets.menu_dialog import MenuDialog, MenuItem

_LETTERS = "abcdefghijlmnoprstuvwxyz"
_NONE = ""


class GroupedList(ListBase):
    """A list whose rows can stand in groups, and whose groups can be folded."""

    def head_row(self, head: Head, ctx: PresentContext) -> Row:
        """Its name, how many there are, their states and their accelerators."""
        return head_row(
            head.key,
            self.head_name(head),
            head.tally.count,
            self.grid.columns,
            ctx,
            states=head.tally.states,
            amount=head.tally.amount,
            folded=head.folded,
            depth=head.depth,
        )

    def head_name(self, head: Head) -> str:
        """What a group is called; of an array the stem its members share."""
        if head.array:
            return f"{head.name}*"
        return group_word(self.arrangement.group, head.name, self.desk.present())

    def head_lines(self, head: Head) -> list[str]:
        """A group in words."""
        ctx = self.desk.present()
        return [f"{head.tally.count:,}", *states_text(head.tally.states, "job", ctx).split(", ")]

    @property
    def cursor_head(self) -> Head | None:
        """The group or array under the cursor."""
        return self.model.head(self.grid.cursor_key or "")

    @property
    def silent_verbs(self) -> Collection[str]:
        silent = {*super().silent_verbs}
        if self.sums or self.FIELDS is None:
            silent |= {"group", "fold", "fold_all", "arrays"}
        if not self.ARRAYS:
            silent.add("arrays")
        return silent

    def handler(self, verb: str) -> Callable[[], None] | None:
        if verb == "out" and not self.model.heads:
            return None
        return super().handler(verb)

    def do_group(self) -> None:
        """Choose the column whose values the rows stand under."""
        t, now = self.desk.t, self.arrangement.group
        items = [MenuItem("0", _NONE, t("lists.group.none") + self._now(not now))]
        fields = self.FIELDS.fields if self.FIELDS is not None else {}
        columns = [column for column in self.all_columns() if column.id in fields]
        for letter, column in zip(_LETTERS, columns, strict=False):
            title = t(column.title_key) + self._now(column.id == now)
            items.append(MenuItem(letter, column.id, title))

        def chosen(column: str | None) -> None:
            if column is not None:
                self.rearrange(self.arrangement.but(group=column, folds=Folds()))

        self.app.push_screen(MenuDialog(t("lists.group.title"), items), chosen)

    def _now(self, is_so: bool) -> str:
        return f" ({self.desk.t('lists.group.now')})" if is_so else ""

    def do_fold(self) -> None:
        """Fold the group the cursor is in, or unfold it."""
        head = self._head_above()
        if head is None:
            self.say(self.desk.t("lists.group.none_here", keys=self._keys("group")), tone=Tone.DIM)
        else:
            self._turn(head)

    def do_out(self) -> None:
        """To the line of the group the cursor is in; from there, fold it."""
        head = self._head_above()
        if head is not None and not (head.folded and self.cursor_head is head):
            self._turn(head)

    def do_fold_all(self) -> None:
        """Fold every group; where all are folded, unfold them."""
        groups = [head for head in self.model.heads if not head.array]
        if not self.model.heads:
            self.do_fold()
            return
        arrangement = self.arrangement
        if groups:
            closed = any(not head.folded for head in groups)
            arrangement = arrangement.but(folds=Folds(closed))
        else:
            closed = any(not head.folded for head in self.model.heads)
            arrangement = arrangement.but(array_folds=Folds(closed))
        self.rearrange(arrangement)

    def do_arrays(self) -> None:
        """Put the members of each array under one row, or give each its own again."""
        on = not self.arrangement.arrays
        self.rearrange(self.arrangement.but(arrays=on, array_folds=Folds(True)))
        key = "arrays_on" if on else "arrays_off"
        if on and not self.model.heads and self._working is None:
            key = "no_arrays"
        self.say(self.desk.t(f"lists.group.{key}", keys=self._keys("fold")), tone=Tone.DIM)

    def _keys(self, verb: str) -> str:
        return " ".join(self.desk.keymap.shown(f"list.{verb}"))

    def _head_above(self) -> Head | None:
        """The head whose line the cursor is on, or under."""
        head = self.cursor_head
        if head is not None:
            return head
        key = self.grid.cursor_key
        return None if key is None else self.model.head_of(key)

    def _turn(self, head: Head) -> None:
        """Fold or unfold; the cursor goes to the line that stays."""
        self.grid.select(head.key)
        arrangement = self.arrangement
        if head.array:
            folds = arrangement.array_folds.turned(head.array, True)
            arrangement = arrangement.but(array_folds=folds)
        else:
            many = sum(not each.array for each in self.model.heads) > MANY_GROUPS
            arrangement = arrangement.but(folds=arrangement.folds.turned(head.name, many))
        self.rearrange(arrangement)
