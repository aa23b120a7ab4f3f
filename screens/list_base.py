"""What a list shows: the objects of a feed through a model that works between two keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.timer import Timer

from console.lists.arrangement import Arrangement, Sort
from console.lists.lines import Head
from console.lists.model import ListKind, ListModel
from console.present.context import PresentContext
from console.present.filters.ast import Comparison, FilterError
from console.present.filters.fields import FieldSet
from console.present.filters.match import matcher
from console.present.filters.parse import parse
from console.present.filters.values import Kind
from console.present.table import Column, Row, Tone
from console.state.snapshot import Snapshot
from console.state.store import Store
from screens.base import View
from screens.desk import Desk
from screens.freshness import freshness
from screens.list_items import ShownItems
from screens.messages import FilterChanged, FreshnessChanged
from screens.navigation import Location
from screens.widgets.grid import Grid

SLICE_SECONDS = 0.005
"""How long a list works at a time; then keys and painting have their turn."""

PAUSE_SECONDS = 0.002

REORDER_SECONDS = 1.0
"""A long list puts what moved in order so often; rows themselves change at once."""

AGING_SECONDS = 5.0
"""How often a filter that speaks of ages is asked again."""

_SHORT = 2000
"""Lines up to which what moved is put in order at once."""

_AGES = frozenset({Kind.DURATION, Kind.TIME})


class ListBase(View):
    """A list. A subclass gives the feed, the columns, the row of an item and its fields."""

    FEED: ClassVar[str] = ""
    NOUN: ClassVar[str] = ""
    """What saved views call it."""
    KIND: ClassVar[str] = ""
    COLUMNS: ClassVar[Sequence[Column]] = ()
    FIELDS: ClassVar[FieldSet[Any] | None] = None
    EMPTY_KEY: ClassVar[str] = ""
    ARRAYS: ClassVar[bool] = False
    """Whether objects can be members of an array."""

    grid = query_one("Grid", Grid)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        kind = ListKind(self.row, self.FIELDS, self.natural(), self.head_row, self.ARRAYS)
        self.model: ListModel[Any] = ListModel(kind, desk.present())
        self.arrangement = Arrangement(self.NOUN)
        self._shown: Mapping[str, Any] = ShownItems(self.model)
        self._news_seen: tuple[Store | None, int] = (None, -1)
        self._aging = False
        self._drawn: object = None
        self._working: Timer | None = None
        self._arranged_at = self._reordered_at = float("-inf")

    def compose(self) -> ComposeResult:
        yield Grid(id=f"{self.VIEW}-grid")

    # What a subclass says.

    def row(self, item: Any, ctx: PresentContext) -> Row:
        """One item as a row; its key is the item's in the feed."""
        raise TypeError(f"{type(self).__name__} does not say how its rows look")

    def head_row(self, head: Head, ctx: PresentContext) -> Row:
        """The row of a group or of an array."""
        return Row(head.key, depth=head.depth)

    def natural(self) -> Callable[[Any], float] | None:
        """What items are ordered by where nobody asked for an order; rising."""
        return None

    @property
    def sums(self) -> bool:
        """Whether a row stands for several items whose like no feed has."""
        return False

    def items(self) -> Iterable[Any]:
        """The items before any filter."""
        return self.snapshot(self.FEED).items.values()

    def feeds(self) -> Sequence[str]:
        return (self.FEED,)

    def all_columns(self) -> Sequence[Column]:
        """Every column there is, in its natural order."""
        return self.COLUMNS

    # Drawing.

    def open(self, location: Location) -> None:
        self.grid.marks_rows = bool(self.KIND)
        super().open(location)
        if location.key:
            self.grid.select(location.key)

    def on_resize(self) -> None:
        if self._news_seen[0] is not None:
            # Columns are as wide as what is seen needs, and now other rows are.
            self._drawn = None
            self.call_after_refresh(self.draw)

    def leave(self) -> None:
        super().leave()
        if self._working is not None:
            self._working.stop()
            self._working = None

    def draw(self) -> None:
        ctx = self.desk.present()
        if self.sums:
            self._draw_sums(ctx)
            return
        self.model.present(ctx)
        news = self._take_news()
        self._arrange(ctx)
        self._work(news)

    def _draw_sums(self, ctx: PresentContext) -> None:
        """Draw the rows of a list that `sums`."""
        raise TypeError(f"{type(self).__name__} does not say how its sums look")

    def kept_items(self) -> list[Any]:
        """The items that pass the filter, in no order."""
        test = self._test(self.desk.present())
        return [item for item in self.items() if test(item)]

    def _take_news(self) -> Collection[str] | None:
        """Hand the model what changed since it was last drawn."""
        store, snapshot = self.desk.session.store, self.snapshot(self.FEED)
        before, version = self._news_seen
        self._news_seen = (store, snapshot.version)
        if before is not store:
            self.model.load(snapshot.items)
            return None
        changed: Collection[str] | None = ()
        if version != snapshot.version:
            changed = store.changed_since(self.FEED, version)
        if changed is None and not self.model.total:
            self.model.load(snapshot.items)
        else:
            self.model.apply(snapshot.items, changed)
        return changed

    def _arrange(self, ctx: PresentContext) -> None:
        wanted = self.arrangement.but(filter=self._filter, columns=())
        now = time.monotonic()
        shown = self.model.arrangement
        if wanted != shown or wanted.array_folds != shown.array_folds:
            try:
                self.model.arrange(wanted, ctx)
            except FilterError:
                # The way here named a filter that this list cannot read: it says so when typed.
                self.model.arrange(wanted.but(filter=""), ctx)
            self._aging = self._speaks_of_ages()
            self._arranged_at = now
            self._reordered_at = float("-inf")
        elif self._aging and now - self._arranged_at > AGING_SECONDS:
            self.model.again(ctx)
            self._arranged_at = now

    def _speaks_of_ages(self) -> bool:
        if self.FIELDS is None:
            return False
        fields = self.FIELDS.fields
        terms = parse(self.model.arrangement.filter, self.FIELDS).terms
        return any(
            isinstance(term, Comparison) and fields[term.field].kind in _AGES for term in terms
        )

    def _work(self, news: Collection[str] | None = ()) -> None:
        """Work for a moment, show how far it is, and come back where something is left."""
        now = time.monotonic()
        due = self._reordered_at + REORDER_SECONDS
        reorder = len(self.model) <= _SHORT or now >= due
        done = self.model.step(SLICE_SECONDS, reorder=reorder)
        if reorder and done:
            self._reordered_at = now
        self._show_list(news)
        if self._working is not None:
            self._working.stop()
            self._working = None
        if not done:
            self._working = self.set_timer(PAUSE_SECONDS, self._work_on)
        elif self.model.moved:
            self._working = self.set_timer(max(PAUSE_SECONDS, due - now), self._work_on)

    def _work_on(self) -> None:
        self._working = None
        if self.display:
            self._work()

    def _show_list(self, news: Collection[str] | None) -> None:
        ctx = self.desk.present()
        drawn = (self.model.version, int(ctx.now.timestamp()) // 5, ctx.translator.language)
        if drawn == self._drawn and news is not None and not news:
            self._say_notice(ctx, len(self.model))
            return
        moved = not isinstance(self._drawn, tuple) or self._drawn[0] != drawn[0]
        self._drawn = drawn
        lost = self.model.lost(self.grid.marks) if moved else ()
        self.grid.set_source(self.model, changed=lost)
        self._say_notice(ctx, len(self.model))
        if moved:
            self.post_message(FreshnessChanged())

    def _say_notice(self, ctx: PresentContext, shown: int) -> None:
        snapshot = self.snapshot(self.FEED)
        self.grid.set_notice(*self._notice(snapshot, len(snapshot.items), ctx, shown))

    def _notice(
        self, snapshot: Snapshot[Any], total: int, ctx: PresentContext, shown: int | None = None
    ) -> tuple[str, Tone]:
        state = freshness(snapshot, self.desk)
        if snapshot.error is not None or snapshot.loading or snapshot.from_disk:
            return state.text, state.tone
        if len(self.model) if shown is None else shown:
            return "", Tone.DIM
        if total and self._working is not None:
            return ctx.t("lists.sorting"), Tone.DIM
        if self._filter and total:
            return ctx.t("common.empty.filtered", filter=self._filter), Tone.DIM
        return ctx.t(self.EMPTY_KEY), Tone.DIM

    def counts(self) -> str:
        """`12`; filtered `5 / 12`; not all here yet `5,000 of 13,482`; and what is marked."""
        t, snapshot = self.desk.t, self.snapshot(self.FEED)
        here = len(snapshot.items)
        text = f"{here:,}"
        if snapshot.total is not None and snapshot.total > here:
            text = t("lists.counting", n=text, total=f"{snapshot.total:,}")
        if self._filter:
            shown = len(self.grid.rows) if self.sums else len(self.model.ids)
            text = f"{shown:,} / {text}"
        marks = self.grid.marks
        return f"{text} · {t('lists.marked', n=f'{len(marks):,}')}" if marks else text

    # The filter and the order.

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

    @on(Grid.SortChanged)
    def _sort_changed(self, event: Grid.SortChanged) -> None:
        event.stop()
        sort = Sort(event.column or "", event.descending and bool(event.column))
        self.rearrange(self.arrangement.but(sort=sort))

    def rearrange(self, arrangement: Arrangement) -> None:
        """Show the list another way from now on."""
        self.arrangement = arrangement
        self.draw()
