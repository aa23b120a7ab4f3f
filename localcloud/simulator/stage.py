"""What a world stands on: fleet, queues, records, and the heap of what is planned."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Final

from localcloud.simulator.dice import uniform
from localcloud.simulator.failures import CAUSES
from localcloud.simulator.fleet import SimFleet
from localcloud.simulator.journal import Journal, event_code
from localcloud.simulator.ledger import Ledger
from localcloud.simulator.moments import to_moment
from localcloud.simulator.plan import Attempt, Life, TenantPlan
from localcloud.simulator.queues import Queue
from localcloud.simulator.retention import Retention

# Order of transitions of one moment: slots are given back before they are given out.
END: Final = 0
MEND: Final = 1
FAIL: Final = 2
READY: Final = 3
MARK: Final = 4
HALT: Final = 5
START: Final = 9

Transition = tuple[int, int, int, Life | None, int]


class Stage:
    """Everything up to `now` has happened and never changes; what lies ahead is planned."""

    def __init__(self, plan: TenantPlan) -> None:
        self.plan = plan
        self.seed = plan.seed
        self.begin = to_moment(plan.begin)
        self.now = self.begin
        self.history_end = to_moment(plan.start)
        self.fleet = SimFleet(plan.fleet, self.begin)
        self.journal = Journal(extras_after=plan.first_number)
        self.ledger = Ledger(plan.prices)
        self.lives: dict[int, Life] = {}
        self.by_name: dict[str, Life] = {}
        self.active: dict[int, Life] = {}
        self.queues = [Queue(self.fleet, pool) for pool in range(len(plan.fleet.pools))]
        self.retention = Retention(
            self.lives, self.by_name, self.journal, self.ledger,
            kept=plan.kept_jobs, days=plan.kept_days,
        )  # fmt: skip
        self.last_older = 0
        """The highest number of a life from an archive; those between are nobody's."""
        self.last_number = plan.first_number - 1
        self._heap: list[Transition] = []
        self._order = 0
        self._arrivals: Iterator[Life] = iter(plan.lives)
        self._next = next(self._arrivals, None)

    def push(self, moment: int, kind: int, life: Life) -> None:
        """Plan a transition; it is void once the life is planned anew."""
        self._order += 1
        heapq.heappush(self._heap, (moment, kind, self._order, life, life.epoch))

    def push_mend(self, moment: int, ticket: int) -> None:
        self._order += 1
        heapq.heappush(self._heap, (moment, MEND, self._order, None, ticket))

    def touch(self, life: Life, attempt: Attempt) -> None:
        """Publish a job and the nodes it is on."""
        if self.journal.bulk:
            return
        self.journal.job(life)
        for place in attempt.places:
            self.journal.node(self.fleet.nodes[place >> self.fleet.shift])

    def set_break(
        self, life: Life, attempt: Attempt, cause: int, moment: int, place: int = -1
    ) -> None:
        """An attempt breaks at a moment, in one of its places."""
        attempt.halt, attempt.cause = moment, cause
        attempt.detect = moment + CAUSES[cause].detect
        chance = uniform(self.seed, life.number, attempt.number, 4)
        attempt.broken = place if place >= 0 else int(chance * max(1, len(attempt.places)))

    def _say(self, life: Life, kind: int, ordinal: int = 0) -> None:
        attempt = max(0, len(life.attempts) - 1)
        self.journal.event(self.now, event_code(life.number, attempt, kind, ordinal))

    def enqueue(self, life: Life, *, recovering: bool) -> None:
        """Wait for slots; starts at once where there are some."""
        life.unfit = not self._could_fit(life)
        if not life.unfit:
            self.queues[life.pool].add(life, recovering=recovering)
            self.place(life.pool)

    def _could_fit(self, life: Life) -> bool:
        pool = self.fleet.pools[life.pool]
        if life.per_worker == 0:
            return True
        return pool.accelerators // life.per_worker * pool.nodes >= life.workers

    def place(self, pool: int) -> None:
        """Start whatever fits now."""
        queue = self.queues[pool]
        while len(queue) and (found := queue.next(self.now)) is not None:
            self._start(*found)

    def oldest(self) -> int:
        """The lowest number a life may have."""
        return next(iter(self.lives), self.last_number + 1)

    def _start(self, life: Life, places: tuple[int, ...]) -> None:
        raise NotImplementedError
