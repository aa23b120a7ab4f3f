"""Pages of events, read from the journal's index; an event is made only when it is listed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from api_client.models.base import Page
from api_client.models.event import Event
from localcloud.engine.cursors import read_cursor, write_cursor
from localcloud.simulator import happenings as ev
from localcloud.simulator.moments import to_moment
from localcloud.simulator.plan import Life
from localcloud.simulator.stories import Stories
from localcloud.simulator.world import World

_OLDEST = -(1 << 62)
_STRETCH = 1 << 16
"""Entries of the index that are looked at together."""

_MAY_TELL = sum(
    1 << kind
    for kind in (
        ev.STARTING,
        ev.RESTORED,
        ev.RESUMED,
        ev.DETECTED,
        ev.GIVEN_UP,
        ev.ISOLATED,
        ev.ENDED,
        ev.EXTRA,
    )
)
"""Kinds of events that may tell of a failure, as bits."""

_Place = tuple[int, int, int]
"""Position, moment and code."""


@dataclass(frozen=True, slots=True)
class EventsWanted:
    """What a list of events is narrowed to; empty means everything."""

    kind: str = ""
    subject: str = ""
    since: datetime | None = None
    newest_first: bool = False
    about_failures: bool = False

    @property
    def few(self) -> bool:
        """Whether only the stories of some subjects are wanted, not everything that happened."""
        return bool(self.subject) or self.kind in ("node", "pool", "tenant")


class EventLists:
    """Reads the journal as it is now."""

    def __init__(self, world: World, stories: Stories) -> None:
        self._world, self._stories = world, stories

    def page(self, wanted: EventsWanted, cursor: str | None, limit: int) -> Page[Event]:
        """Events oldest first, or the other way round."""
        start = _OLDEST if wanted.since is None else to_moment(wanted.since)
        told, total = self._told(wanted, start, read_cursor(cursor))
        found: list[tuple[int, Event]] = []
        for position, moment, code in told:
            if wanted.about_failures and not self._stories.tells_of_failure(code):
                continue
            event = self._stories.event(moment, code)
            if event is not None and (not wanted.kind or event.kind == wanted.kind):
                found.append((position, event))
                if len(found) > limit:
                    break
        return Page[Event](
            items=tuple(event for _, event in found[:limit]),
            next_cursor=write_cursor(found[limit - 1][0]) if len(found) > limit else None,
            total=None if wanted.about_failures else total,
            resource_version=self._world.journal.version,
        )

    def _told(
        self, wanted: EventsWanted, start: int, cursor: int | None
    ) -> tuple[Iterator[_Place], int | None]:
        """Events that may fit, and their number where it is known."""
        if wanted.few:
            listed = [(at, *each) for at, each in enumerate(self._story(wanted, start))]
            total = len(listed)
            if wanted.newest_first:
                listed.reverse()
                return iter([e for e in listed if cursor is None or e[0] < cursor]), total
            return iter([e for e in listed if cursor is None or e[0] > cursor]), total
        journal = self._world.journal
        low, high = bisect_left(journal.moments, start), len(journal.moments)
        whole = high - low if not wanted.kind else None
        if cursor is not None and wanted.newest_first:
            high = min(high, cursor - journal.dropped)
        elif cursor is not None:
            low = max(low, cursor + 1 - journal.dropped)
        if wanted.about_failures:
            return self._failures(low, high, wanted.newest_first), whole
        places = range(high - 1, low - 1, -1) if wanted.newest_first else range(low, high)
        return map(self._place, places), whole

    def _place(self, place: int) -> _Place:
        journal = self._world.journal
        return place + journal.dropped, journal.moments[place], journal.codes[place]

    def _failures(self, low: int, high: int, newest_first: bool) -> Iterator[_Place]:
        """What may tell of failures between two places, found without making the others."""
        starts = range(low, max(low, high), _STRETCH)
        for start in reversed(starts) if newest_first else starts:
            codes = np.frombuffer(self._world.journal.codes, dtype=np.int64)
            codes = codes[start : min(start + _STRETCH, high)]
            found = np.nonzero(_MAY_TELL >> (codes >> 8 & 15) & 1)[0].tolist()
            # The index cannot grow as long as something looks into it.
            del codes
            for offset in reversed(found) if newest_first else found:
                yield self._place(start + offset)

    def _story(self, wanted: EventsWanted, start: int) -> list[tuple[int, int]]:
        """Moments and codes of the events of one subject, or of all nodes."""
        journal, world = self._world.journal, self._world
        kind, subject = wanted.kind, wanted.subject
        if kind and subject:
            codes = list(journal.by_subject.get((kind, subject), ()))
        else:
            codes = [
                code
                for (each, name), known in journal.by_subject.items()
                if (not kind or each == kind) and (not subject or name == subject)
                for code in known
            ]
        found = [(journal.extras[code].moment, code) for code in codes]
        life = world.by_name.get(subject) if kind in ("", "job") else None
        if life is not None:
            found += self._of_life(life)
        return sorted(each for each in found if each[0] >= start)

    def _of_life(self, life: Life) -> list[tuple[int, int]]:
        journal = self._world.journal
        until = life.ended if life.ended is not None else self._world.now
        low = bisect_left(journal.moments, life.submit)
        high = bisect_left(journal.moments, until + 1)
        return journal.of_number(life.number, low, high)
