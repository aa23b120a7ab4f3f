"""Billing: what was charged today and this month, by whom and for what, and what runs now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.getters import query_one

from api_client.models.base import Money, Ref
from api_client.models.billing import Charge, PriceItem
from console.analysis.charged import whole
from console.analysis.spend import GroupBy
from console.present.charges import CHARGE_COLUMNS, charge_row, spend_columns
from console.present.context import PresentContext
from console.present.filters.ast import quote
from console.present.filters.nouns import CHARGE_FIELDS
from console.present.table import Column, Row, Tone
from console.present.units import DASH, money_text, moneys_text
from screens.counting_on import CountingOn
from screens.desk import Desk
from screens.followed import SLICE_SECONDS
from screens.list_view import ListView
from screens.messages import FreshnessChanged
from screens.pace import Pace
from screens.refs import Made
from screens.spend_sums import SpendSums
from screens.widgets.grid import Grid
from screens.widgets.status_bar import Badge, StatusBar

ROWS = "rows"
"""The mode that shows every charge by itself."""

MODES: tuple[str, ...] = (*(each.value for each in GroupBy), ROWS)


class BillingView(ListView):
    """Sums by job, user, pool, ...; Enter on a sum shows its rows, Enter on a row its job."""

    VIEW = "billing"
    FEED = "charges"
    NOUN = "charges"
    FIELDS = CHARGE_FIELDS
    EMPTY_KEY = "common.empty.charges"
    HINTS: ClassVar = ("list.open", "list.view_mode", "global.next_tab", "global.why")

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._figures_pace = Pace()
        self._counting = CountingOn(self, desk.counts.step, self._draw_figures)
        self._summed: SpendSums | None = None
        self._summed_as: object = None
        self._sums_drawn = -1
        self._summing = CountingOn(self, self._step_sums, self._show_sums)

    figures = query_one("#billing-figures", StatusBar)

    def compose(self) -> ComposeResult:
        yield StatusBar(id="billing-figures")
        yield Grid(id="billing-grid")

    def feeds(self) -> Sequence[str]:
        return ("charges", "jobs", "prices", "tenant")

    @property
    def mode(self) -> str:
        """What the charges are summed by, or `rows`."""
        return self.location.detail if self.location.detail in MODES else GroupBy.JOB.value

    @property
    def sums(self) -> bool:
        return self.mode != ROWS

    @property
    def columns_name(self) -> str:
        return f"{self.VIEW}-{'sums' if self.sums else ROWS}"

    def all_columns(self) -> Sequence[Column]:
        return CHARGE_COLUMNS if self.mode == ROWS else spend_columns(GroupBy(self.mode))

    def row(self, item: Charge, ctx: PresentContext) -> Row:
        return charge_row(item, ctx)

    def title(self) -> str:
        return f"{super().title()} · {self.desk.t(f'billing_view.by.{self.mode}')}"

    def draw(self) -> None:
        self._let_go_of_the_other_mode()
        self.desk.counts.follow(self.desk.session.store)
        self._counting.begin()
        super().draw()
        charges, jobs, prices = (self.snapshot(feed) for feed in ("charges", "jobs", "prices"))
        ctx = self.desk.present()
        language = ctx.translator.language
        seen = (charges.version, jobs.version, prices.version, language, ctx.now.date())
        count = len(charges.items) + len(jobs.items)
        self._figures_pace.do(seen, count, self._draw_figures)

    def _let_go_of_the_other_mode(self) -> None:
        """Rows and sums of a large bill are tens of megabytes each, and one of them is shown."""
        if not self.sums:
            self._summed = self._summed_as = None
        elif self.model.total:
            self.model.load({})
            while not self.model.step(SLICE_SECONDS):
                pass
            self._news_seen = (None, -1)

    def _draw_figures(self) -> None:
        self.figures.show(self._figures())

    def _draw_sums(self, ctx: PresentContext) -> None:
        self._drawn = None
        wanted = (self.mode, self._filter, ctx.now.date(), ctx.translator.language)
        if self._summed is None or self._summed_as != wanted:
            by, test = GroupBy(self.mode), self._test(ctx)
            self._summed, self._summed_as = SpendSums(by, UTC, test, ctx), wanted
            self._sums_drawn = -1
        self._summed.update(self.desk.session.store, self.arrangement, ctx)
        self._summing.begin()
        self._show_sums()

    def _step_sums(self) -> bool:
        return self._summed is None or not self.sums or self._summed.step(SLICE_SECONDS)

    def _show_sums(self) -> None:
        """Show what is in order; before everything is counted that is nothing."""
        sums = self._summed
        if sums is None or not self.sums:
            return
        if sums.model.version != self._sums_drawn:
            self._sums_drawn = sums.model.version
            self.grid.set_source(sums.model, changed=())
            self.post_message(FreshnessChanged())
        self._say_notice(self.desk.present(), len(sums.model))

    def _figures(self) -> list[Badge]:
        ctx, counts = self.desk.present(), self.desk.counts
        known = self.snapshot(self.FEED).fetched_at is not None and counts.counted("charges")
        rate = counts.held.spend(ctx.prices).rates if counts.counted("jobs") else ()
        day = ctx.now.astimezone(UTC).date()
        figures = (
            ("today", counts.charges.since(day), 95),
            ("month", counts.charges.since(day.replace(day=1)), 90),
        )
        badges: list[Badge] = []
        for name, sums, weight in figures:
            amount = moneys_text(sums, ctx) if known else DASH
            label = self.desk.t(f"billing_view.{name}")
            badges.append(Badge(f"{label} {amount}", Tone.MONEY, weight=weight))
        amounts = " + ".join(money_text(each, ctx, estimated=True) for each in rate) or DASH
        now = f"{self.desk.t('billing_view.now')} {amounts}/h"
        badges.append(Badge(now, Tone.MONEY, weight=80))
        badges.append(Badge(self.desk.t("billing_view.zone", zone="UTC"), Tone.DIM, weight=30))
        return badges

    # Modes.

    def _go_mode(self, mode: str, filter_text: str = "") -> None:
        self.go("billing", filter=filter_text, detail=mode)

    def do_view_mode(self) -> None:
        self.do_next_tab()

    def do_next_tab(self) -> None:
        self._go_mode(MODES[(MODES.index(self.mode) + 1) % len(MODES)], self.location.filter)

    def do_prev_tab(self) -> None:
        self._go_mode(MODES[MODES.index(self.mode) - 1], self.location.filter)

    def do_open(self) -> None:
        """From a sum to its rows, from a row to its job."""
        chosen = self.cursor_row
        if self.cursor_head is not None:
            super().do_open()
            return
        if chosen is None:
            return
        if self.mode in (ROWS, GroupBy.JOB.value):
            self._open_job(chosen)
            return
        if self.mode == GroupBy.DAY.value:
            self._go_mode(ROWS)
            return
        name = chosen.cells["group"].text
        self._go_mode(GroupBy.JOB.value, f"{self.mode}={quote(name, value=True)}")

    def _open_job(self, row: Row) -> None:
        name = row.cells["job" if self.mode == ROWS else "group"].text
        if name in self.snapshot("jobs").items:
            self.go("job", name)
        else:
            self.say(self.desk.t("billing_view.job_gone", job=name), tone=Tone.DIM)

    def why_lines(self, row: Row) -> list[str]:
        ctx = self.desk.present()
        source = ctx.prices.source if ctx.prices else DASH
        prices = [
            ctx.t("billing_view.price", sku=item.sku, unit=item.unit, price=_price(item, ctx))
            for item in (ctx.prices.items if ctx.prices else ())
        ]
        return [*super().why_lines(row), "", ctx.t("billing_view.why", source=source), *prices]

    @property
    def cursor_item(self) -> Charge | None:
        item = super().cursor_item
        return None if item is None else whole(item)

    def exported(self) -> Sequence[Any]:
        return Made(super().exported(), whole)

    def related(self, item: Charge | None) -> list[Ref]:
        refs = list(self.subjects())
        node = item.tags.get("node") if item is not None else None
        return [*refs, Ref(kind="node", id=node)] if node else refs

    def name_of(self, row: Row) -> str:
        return row.cells["group" if self.sums else "job"].text

    def subjects(self) -> Sequence[Ref]:
        row = self.cursor_row
        of_jobs = self.mode in (ROWS, GroupBy.JOB.value) and self.cursor_head is None
        if row is None or not of_jobs:
            return ()
        return [Ref(kind="job", id=row.cells["job" if self.mode == ROWS else "group"].text)]


def _price(item: PriceItem, ctx: PresentContext) -> str:
    return money_text(Money(amount=item.amount, currency=item.currency), ctx)
