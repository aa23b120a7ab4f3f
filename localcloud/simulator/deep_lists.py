"""Lists that reach back into history which is still being played.

A page that gets there plays a little more of it, holds nothing and gives a new cursor: whoever
reads all pages reads everything, and nobody waits for the whole at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api_client.models.base import Page
from api_client.models.billing import Charge
from api_client.models.event import Event
from api_client.models.job import JobState, JobSummary
from api_client.models.slim import replace
from localcloud.engine.cursors import read_cursor, write_cursor
from localcloud.simulator.archive import Archive
from localcloud.simulator.bills import Bills
from localcloud.simulator.event_lists import EventsWanted
from localcloud.simulator.journal import FIRST_POSITION
from localcloud.simulator.lists import Lists

_SLICE = 0.04
_AGAIN = 1 << 50
"""Cursors of events from here on say: what is older was not there yet."""


class DeepLists:
    """Pages of jobs, events and charges, whether or not the archive is joined."""

    def __init__(self, archive: Archive, lists: Lists, bills: Bills) -> None:
        self._archive, self._lists, self._bills = archive, lists, bills

    def jobs(
        self,
        states: Sequence[JobState],
        owners: Sequence[str],
        name_contains: str,
        cursor: str | None,
        limit: int,
    ) -> Page[JobSummary]:
        """Jobs, newest first; how many there are is not known before the archive is joined."""
        before = read_cursor(cursor)
        pending = self._archive.pending
        if pending and before is not None and before <= self._archive.boundary:
            self._archive.advance(_SLICE)
        page = self._lists.jobs(states, owners, name_contains, cursor, limit)
        if not self._archive.pending:
            return page
        if page.next_cursor is None:
            next_before = min(before or _AGAIN, self._archive.boundary + 1) - 1
            page = replace(page, next_cursor=write_cursor(next_before))
        return replace(page, total=None)

    def events(self, wanted: EventsWanted, cursor: str | None, limit: int) -> Page[Event]:
        """Events oldest first, or the other way round."""
        kind, newest_first, since = wanted.kind, wanted.newest_first, wanted.since
        number = read_cursor(cursor)
        again = number is not None and number >= _AGAIN
        # A subject's story is answered as far as it is known: it is asked for again soon.
        early = not wanted.subject and (since is None or since < self._archive.begin)
        whole = not newest_first or bool(kind)
        if self._archive.pending and early and (again or (cursor is None and whole)):
            self._archive.advance(_SLICE)
        if self._archive.pending and early and whole:
            return Page[Event](items=(), next_cursor=write_cursor(max(number or 0, _AGAIN) + 1))
        if again:
            cursor = write_cursor(FIRST_POSITION) if newest_first and not kind else None
        page = self._lists.events(wanted, cursor, limit)
        if self._archive.pending and early:
            following = page.next_cursor or write_cursor(max(number or 0, _AGAIN) + 1)
            page = replace(page, next_cursor=following, total=None)
        return page

    def charges(
        self,
        start: datetime | None,
        end: datetime | None,
        resource_name: str,
        cursor: str | None,
        limit: int,
    ) -> Page[Charge]:
        """Charges day by day, the oldest first."""
        early = start is None or start < self._archive.begin
        if self._archive.pending and early:
            self._archive.advance(_SLICE)
        if self._archive.pending and early:
            again = (read_cursor(cursor) or 0) + 1
            return Page[Charge](items=(), next_cursor=write_cursor(again))
        return self._bills.charges(start, end, resource_name, cursor, limit)
