"""History before the recent days of a large tenant, played while the tenant is already served."""

from __future__ import annotations

from collections import deque

from api_client.models.job import JobState
from localcloud.simulator.collector import without_collector
from localcloud.simulator.plan import TenantPlan
from localcloud.simulator.world import World

_NOTE = "stopped for the planned maintenance of the whole tenant"


class Archive:
    """Plays an older world bit by bit and then makes it a part of the recent one."""

    def __init__(self, plan: TenantPlan | None, world: World) -> None:
        self._world = world
        self._older = None if plan is None else World(plan)
        self._ending = 0
        self.boundary = world.plan.first_number
        """Lives with lower numbers are older."""
        self.begin = world.plan.begin
        """What happened before this moment is in the archive."""

    @property
    def pending(self) -> bool:
        """Whether something older is still to come."""
        return self._older is not None

    def advance(self, seconds: float | None = None) -> None:
        """Play on for so long in real time, or to the end."""
        older = self._older
        if older is None:
            return
        with without_collector():
            if not self._ending and not older.advance(older.history_end, seconds):
                return
            # Each takes a while of its own: one a call, so that nobody waits for all of them.
            endings = (_maintain, World.settle, self._join)
            while self._ending < len(endings):
                endings[self._ending](older)
                self._ending += 1
                if seconds is not None:
                    return

    def _join(self, older: World) -> None:
        _join(self._world, older)
        self._older = None


def _maintain(older: World) -> None:
    """Everything stops, and every node is repaired."""
    for life in list(older.active.values()):
        attempt = life.attempts[-1] if life.holding else None
        life.epoch += 1
        older.queues[life.pool].remove(life)
        if attempt is not None:
            attempt.halt = min(attempt.halt, older.now)
            attempt.detect = attempt.end = older.now
            attempt.cause = attempt.cause if attempt.halt < older.now else -1
            attempt.note, attempt.closed = _NOTE, JobState.STOPPED
            older.give_back(life, attempt)
        life.said = _NOTE
        older.finish(life, attempt, JobState.STOPPED)
    for node in older.fleet.nodes:
        if node.repair:
            node.repair = older.now
            older.strikes.mend(node.index)


def _join(world: World, older: World) -> None:
    recent, names = dict(world.lives), dict(world.by_name)
    world.lives.clear()
    world.lives.update(older.lives)
    world.lives.update(recent)
    world.by_name.update(older.by_name)
    world.by_name.update(names)
    world.begin, world.last_older = older.begin, older.last_number
    world.journal.prepend(older.journal)
    world.ledger.prepend(older.ledger)
    world.retention.prepend(older.retention)
    for node, before in zip(world.fleet.nodes, older.fleet.nodes, strict=True):
        node.past = deque([*before.past, *node.past], maxlen=node.past.maxlen)
