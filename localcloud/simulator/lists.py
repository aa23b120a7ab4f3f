"""Pages of everything that is listed, and what changed since a version."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain

from api_client.models.base import Page
from api_client.models.compute import NodeSummary
from api_client.models.event import Event
from api_client.models.job import JobState, JobSummary
from api_client.models.watch import Change, ChangeOp
from localcloud.engine.cursors import read_cursor, write_cursor
from localcloud.simulator.journal import EVENT, GONE, JOB
from localcloud.simulator.moments import to_moment
from localcloud.simulator.plan import Life
from localcloud.simulator.stories import Stories
from localcloud.simulator.views import Views
from localcloud.simulator.world import World

_OLDEST = -(1 << 62)


class Lists:
    """Reads the world as it is now."""

    def __init__(self, world: World, views: Views) -> None:
        self._world, self._views = world, views
        self._stories = Stories(world)

    # jobs and nodes

    def jobs(
        self,
        states: Sequence[JobState],
        owners: Sequence[str],
        name_contains: str,
        cursor: str | None,
        limit: int,
    ) -> Page[JobSummary]:
        """Jobs, newest first."""
        world = self._world
        before = read_cursor(cursor)
        first = world.last_number if before is None else min(before - 1, world.last_number)
        wanted = _Wanted(states, owners, name_contains)
        found: list[Life] = []
        oldest, recent = world.oldest(), world.plan.first_number
        numbers = chain(
            range(first, max(oldest, recent) - 1, -1),
            range(min(first, world.last_older), oldest - 1, -1),
        )
        for number in numbers:
            life = world.lives.get(number)
            if life is None or life.dropped or not wanted.fits(life):
                continue
            found.append(life)
            if len(found) > limit:
                break
        return Page[JobSummary](
            items=tuple(map(self._views.summary, found[:limit])),
            next_cursor=write_cursor(found[limit - 1].number) if len(found) > limit else None,
            total=wanted.count(world),
            resource_version=world.journal.version,
        )

    def nodes(self, cursor: str | None, limit: int) -> Page[NodeSummary]:
        """Nodes in the order of their numbers."""
        nodes = self._world.fleet.nodes
        start = read_cursor(cursor) or 0
        return Page[NodeSummary](
            items=tuple(map(self._views.node, nodes[start : start + limit])),
            next_cursor=write_cursor(start + limit) if start + limit < len(nodes) else None,
            total=len(nodes),
            resource_version=self._world.journal.version,
        )

    # events

    def events(
        self,
        kind: str,
        subject: str,
        since: datetime | None,
        cursor: str | None,
        limit: int,
        *,
        newest_first: bool,
    ) -> Page[Event]:
        """Events oldest first, or the other way round."""
        start = _OLDEST if since is None else to_moment(since)
        told, total = self._told(kind, subject, start, read_cursor(cursor), newest_first)
        found: list[tuple[int, Event]] = []
        for position, moment, code in told:
            event = self._stories.event(moment, code)
            if event is not None and (not kind or event.kind == kind):
                found.append((position, event))
                if len(found) > limit:
                    break
        return Page[Event](
            items=tuple(event for _, event in found[:limit]),
            next_cursor=write_cursor(found[limit - 1][0]) if len(found) > limit else None,
            total=total,
            resource_version=self._world.journal.version,
        )

    def _told(
        self, kind: str, subject: str, start: int, cursor: int | None, newest_first: bool
    ) -> tuple[Iterator[tuple[int, int, int]], int | None]:
        """Position, moment and code of events that may fit, and their number where it is known."""
        if subject or kind in ("node", "pool", "tenant"):
            story = self._story(kind, subject, start)
            listed = [(place, *each) for place, each in enumerate(story)]
            total: int | None = len(listed)
        else:
            listed, total = [], None
        if subject or kind in ("node", "pool", "tenant"):
            if newest_first:
                listed.reverse()
                return iter([e for e in listed if cursor is None or e[0] < cursor]), total
            return iter([e for e in listed if cursor is None or e[0] > cursor]), total
        journal = self._world.journal
        low = bisect_left(journal.moments, start)
        total = len(journal.moments) - low if not kind else None
        return self._all(low, cursor, newest_first), total

    def _all(
        self, low: int, cursor: int | None, newest_first: bool
    ) -> Iterator[tuple[int, int, int]]:
        journal = self._world.journal
        offset = journal.dropped
        if newest_first:
            top = len(journal.moments) if cursor is None else cursor - offset
            places = range(min(top, len(journal.moments)) - 1, low - 1, -1)
        else:
            bottom = low if cursor is None else max(low, cursor + 1 - offset)
            places = range(bottom, len(journal.moments))
        for place in places:
            yield place + offset, journal.moments[place], journal.codes[place]

    def _story(self, kind: str, subject: str, start: int) -> list[tuple[int, int]]:
        """Moments and codes of the events of one subject, or of all nodes."""
        journal, world = self._world.journal, self._world
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

    # changes

    def changes_since(self, version: int, limit: int) -> list[Change]:
        """The latest state of what changed after a version, in the order of versions.

        Raises:
            VersionExpired: changes since then are no longer remembered.
        """
        found: list[Change] = []
        for entry in self._world.journal.since(version):
            change = self._change(*entry)
            if change is not None:
                found.append(change)
                if len(found) == limit:
                    break
        return found

    def _change(self, version: int, kind: int, number: int) -> Change | None:
        """`None` where a later change has overtaken it."""
        world = self._world
        if kind == EVENT:
            return self._event_change(version, number)
        if kind == GONE:
            name = world.journal.gone_name(number)
            if name is None:
                return None
            return Change(resource_version=version, op=ChangeOp.DELETE, kind="job", id=name)
        if kind == JOB:
            life = world.lives.get(number)
            if life is None or life.version != version or life.dropped:
                return None
            return Change(
                resource_version=version,
                op=ChangeOp.PUT,
                kind="job",
                id=life.name,
                job=self._views.summary(life),
            )
        node = world.fleet.nodes[number]
        if node.version != version:
            return None
        return Change(
            resource_version=version,
            op=ChangeOp.PUT,
            kind="node",
            id=node.name,
            node=self._views.node(node),
        )

    def _event_change(self, version: int, position: int) -> Change | None:
        journal = self._world.journal
        place = position - journal.dropped
        if place < 0:
            return None
        event = self._stories.event(journal.moments[place], journal.codes[place], version)
        if event is None:
            return None
        return Change(
            resource_version=version, op=ChangeOp.PUT, kind="event", id=event.id, event=event
        )


class _Wanted:
    """What a list of jobs is narrowed to."""

    def __init__(
        self, states: Sequence[JobState], owners: Sequence[str], name_contains: str
    ) -> None:
        self._states, self._owners = frozenset(states), frozenset(owners)
        self._part = name_contains
        self._all = not (states or owners or name_contains)

    def fits(self, life: Life) -> bool:
        if self._all:
            return True
        return (
            (not self._states or life.state in self._states)
            and (not self._owners or life.owner in self._owners)
            and self._part in life.name
        )

    def count(self, world: World) -> int:
        """How many listed jobs fit."""
        if self._all:
            return world.retention.listed + len(world.active)
        return sum(not life.dropped and self.fits(life) for life in world.lives.values())
