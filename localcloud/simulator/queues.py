"""Jobs that wait for slots: priority, then recovering before new, then first come first served.

Large gangs need nodes nobody uses. A gang that has waited long keeps such nodes for itself, so
that small jobs cannot keep it out for ever; they go on filling nodes already in use.
"""

from __future__ import annotations

from bisect import insort

from localcloud.simulator.fleet import SimFleet
from localcloud.simulator.moments import HOUR, MINUTE
from localcloud.simulator.plan import Life

_RESERVES_AFTER = 20 * MINUTE
_PATIENCE = 30 * MINUTE
"""A small job that has waited so long takes an empty node nevertheless."""

_BLOCKS_AFTER = 2 * HOUR
_TRIED = 12

Entry = tuple[int, int, int, int, Life]


class Queue:
    """What waits for one pool."""

    def __init__(self, fleet: SimFleet, pool: int) -> None:
        self._fleet, self._pool = fleet, pool
        self._size = fleet.pools[pool].accelerators
        self.gangs: list[Entry] = []
        self.singles: list[Entry] = []
        self._ranks: dict[int, int] | None = None

    def add(self, life: Life, *, recovering: bool) -> None:
        entry = (-life.priority, 0 if recovering else 1, life.queued, life.number, life)
        insort(self.gangs if life.slots > self._size else self.singles, entry)
        self._ranks = None

    def remove(self, life: Life) -> None:
        for waiting in (self.gangs, self.singles):
            for place, entry in enumerate(waiting):
                if entry[4] is life:
                    del waiting[place]
                    self._ranks = None
                    return

    def __len__(self) -> int:
        return len(self.gangs) + len(self.singles)

    def next(self, now: int) -> tuple[Life, tuple[int, ...]] | None:
        """Take the next job that fits out of the queue, with its places."""
        found = self._from(self.gangs, now, spare=False)
        if found is None:
            head = self.gangs[0] if self.gangs else None
            spare = head is not None and now - head[2] > _RESERVES_AFTER
            found = self._from(self.singles, now, spare=spare)
        return found

    def _from(
        self, waiting: list[Entry], now: int, *, spare: bool
    ) -> tuple[Life, tuple[int, ...]] | None:
        for place in range(min(_TRIED, len(waiting))):
            life = waiting[place][4]
            fair = spare and now - waiting[place][2] < _PATIENCE
            places = self._fleet.find(self._pool, life.workers, life.per_worker, spare_empty=fair)
            if places is not None:
                del waiting[place]
                self._ranks = None
                return life, places
            if now - waiting[place][2] > _BLOCKS_AFTER and life.slots > self._size:
                return None
        return None

    def ahead(self, life: Life) -> int:
        """How many jobs are before this one."""
        if self._ranks is None:
            both = sorted(self.gangs + self.singles)
            self._ranks = {entry[3]: place for place, entry in enumerate(both)}
        return self._ranks.get(life.number, 0)
