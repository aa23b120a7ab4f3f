"""Pages of everything that is listed, and what changed since a version."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from api_client.models.base import Page
from api_client.models.compute import NodeSummary
from api_client.models.event import Event
from api_client.models.job import JobState, JobSummary
from api_client.models.watch import Change, ChangeOp
from localcloud.engine.cursors import read_cursor, write_cursor
from localcloud.simulator.event_lists import EventLists, EventsWanted
from localcloud.simulator.journal import EVENT, GONE, JOB
from localcloud.simulator.plan import Life
from localcloud.simulator.stories import Stories
from localcloud.simulator.views import Views
from localcloud.simulator.world import World


class Lists:
    """Reads the world as it is now."""

    def __init__(self, world: World, views: Views) -> None:
        self._world, self._views = world, views
        self._stories = Stories(world)
        self._events = EventLists(world, self._stories)

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

    def events(self, wanted: EventsWanted, cursor: str | None, limit: int) -> Page[Event]:
        """Events oldest first, or the other way round."""
        return self._events.page(wanted, cursor, limit)

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
