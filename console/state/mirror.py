"""One list of a server, mirrored from pages and changes that may repeat or come out of order."""

from __future__ import annotations

from typing import Any

from api_client.models.base import Page
from api_client.models.watch import Change, ChangeOp
from console.state.bounds import Bound
from console.state.live_table import LiveTable
from console.state.slices import Slices

_GONE_KEPT = 10_000
"""Deletions remembered, so that what is older than they are cannot bring the object back."""

_EVERY = 64
"""Items between two looks at the clock."""


class Mirror:
    """Applies pages and changes to a table; the newer version of an object wins.

    A listing begins a new life: versions heard of before it count for nothing, because a server
    that started anew counts from the start.

    Args:
        field: the attribute that is an item's id.
        bound: how many items are kept.
    """

    def __init__(self, table: LiveTable[Any], field: str, bound: Bound) -> None:
        self._table = table
        self._field = field
        self._bound = bound
        self._versions: dict[str, int] = {}
        self._gone: dict[str, int] = {}
        self._heard: set[str] | None = None
        self._server_total: int | None = None
        self._hidden = 0
        self._let_go = False
        self.whole = False
        """True once a listing has ended: nothing is missing but what was let go."""

    @property
    def total(self) -> int | None:
        """How many the server has, while not all of them are here."""
        here = len(self._table)
        if not self.whole:
            return self._server_total if (self._server_total or 0) > here else None
        return here + self._hidden if self._hidden else None

    def begin(self) -> None:
        """A listing begins."""
        self._heard = set()
        self._gone.clear()
        self._server_total = None
        self._let_go = False

    async def take_page(self, page: Page[Any], slices: Slices) -> bool:
        """Take a page over, except where something newer has been heard since the listing began.

        False where all of it had been heard of before.
        """
        heard = len(self._heard or ())
        self._server_total = page.total if page.total is not None else self._server_total
        read_at = page.resource_version or 0
        for number, item in enumerate(page.items):
            if number % _EVERY == 0:
                await slices.breathe()
            self._take(str(getattr(item, self._field)), item, item.resource_version or read_at)
        return len(self._heard or ()) > heard

    async def finish(self, slices: Slices, *, left_out: bool) -> None:
        """The listing has ended: what it did not name is gone.

        Args:
            left_out: the listing was cut short because enough is here.
        """
        heard = self._heard or set()
        for number, item_id in enumerate(list(self._table.view)):
            if number % _EVERY == 0:
                await slices.breathe()
            # What was deleted meanwhile may have come back from the last state on disk.
            if item_id not in heard or item_id in self._gone:
                self._table.remove(item_id)
                self._versions.pop(item_id, None)
        self._heard = None
        self.whole = self._table.confirmed = True
        cut = left_out or self._let_go
        self._hidden = max(0, (self._server_total or 0) - len(self._table)) if cut else 0

    def change(self, change: Change) -> None:
        """Apply one change; a repeated or overtaken one does nothing."""
        item_id, version = change.id, change.resource_version
        if change.op is ChangeOp.DELETE:
            item = self._table.get(item_id)
            if item is None or not self._counts(item_id):
                self._remove(item_id, max(version, self._gone.get(item_id, 0)))
            elif version >= self._version_of(item_id, item):
                self._remove(item_id, version)
        elif change.op is ChangeOp.PUT and change.item is not None:
            # What an object says of itself holds against the line it came under.
            self._take(str(getattr(change.item, self._field)), change.item, version)

    async def prune(self, slices: Slices) -> None:
        """Let the oldest go where there are too many."""
        if not self._bound.exceeded(len(self._table)):
            return
        self._let_go = True
        surplus = await self._bound.surplus(self._table.view, slices)
        for number, item_id in enumerate(surplus):
            if number % _EVERY == 0:
                await slices.breathe()
            self._table.remove(item_id)
            self._versions.pop(item_id, None)
            if self._heard is None:
                self._hidden += 1

    def _take(self, item_id: str, item: Any, version: int) -> None:
        if self._counts(item_id) and self._overtaken(item_id, version):
            return
        self._gone.pop(item_id, None)
        self._table.put(item_id, item)
        # The string that stays: an equal item from before is kept in place of this one.
        item_id = str(getattr(self._table.get(item_id), self._field))
        if self._heard is not None:
            self._heard.add(item_id)
        if item.resource_version == version:
            self._versions.pop(item_id, None)
        else:
            self._versions[item_id] = version

    def _remove(self, item_id: str, version: int) -> None:
        self._table.remove(item_id)
        self._versions.pop(item_id, None)
        self._gone.pop(item_id, None)
        self._gone[item_id] = version
        if len(self._gone) > _GONE_KEPT:
            del self._gone[next(iter(self._gone))]
        if self._heard is not None:
            self._heard.add(item_id)

    def _counts(self, item_id: str) -> bool:
        """Whether what is known of an object belongs to this life of the server."""
        return self._heard is None or item_id in self._heard

    def _overtaken(self, item_id: str, version: int) -> bool:
        gone = self._gone.get(item_id)
        if gone is not None:
            return version <= gone
        item = self._table.get(item_id)
        # Without versions, the first page that names an object is the newest word on it.
        return item is not None and version <= self._version_of(item_id, item)

    def _version_of(self, item_id: str, item: Any) -> int:
        version: int = self._versions.get(item_id, item.resource_version)
        return version
