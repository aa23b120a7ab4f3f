"""The sums of charges as a list: counted, sorted and shown in slices, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, tzinfo
from typing import Any

from api_client.models.billing import Charge
from console.analysis.spend import GroupBy
from console.analysis.spend_tally import SpendSum, SpendTally
from console.lists.arrangement import Arrangement
from console.lists.model import ListKind, ListModel
from console.present.charges import spend_row
from console.present.context import PresentContext
from console.present.table import Row
from console.state.store import Store
from screens.followed import Followed


class SpendSums:
    """One way of summing charges: what by, and which of them."""

    def __init__(
        self,
        by: GroupBy,
        zone: tzinfo,
        test: Callable[[Charge], bool],
        ctx: PresentContext,
    ) -> None:
        self.tally = SpendTally(by, zone, test)
        self._followed: Followed[Charge] = Followed("charges", self.tally)
        natural = _day if by is GroupBy.DAY else _cost
        self.model: ListModel[SpendSum] = ListModel(ListKind(self._row, natural=natural), ctx)
        self._arrangement = Arrangement()

    def _row(self, item: SpendSum, ctx: PresentContext) -> Row:
        return spend_row(self.tally.group(item), ctx)

    def update(self, store: Store, arrangement: Arrangement, ctx: PresentContext) -> None:
        """Take note of what changed; `step` counts it."""
        self._followed.update(store)
        self.model.present(ctx)
        if arrangement.sort != self._arrangement.sort:
            self._arrangement = Arrangement(sort=arrangement.sort)
            self.model.arrange(self._arrangement, ctx)

    def step(self, seconds: float) -> bool:
        """Count, then put in order, for at most about so long; true when nothing is left."""
        if not self._followed.step(seconds):
            return False
        if self.tally.changed:
            # The share of every group is another.
            self.model.forget_rows()
            if self.model.total:
                self.model.apply(self.tally.sums, self.tally.changed)
            else:
                self.model.load(self.tally.sums)
            self.tally.changed = set()
        return self.model.step(seconds)

    @property
    def ready(self) -> bool:
        """Whether the sums are figures: every charge was counted."""
        return self._followed.ready


def _cost(item: Any) -> float:
    return -float(item.cost)


def _day(item: Any) -> float:
    return float(date.fromisoformat(item.name).toordinal())
