"""Plays lives on a fleet: takes arrivals and transitions in the order of their moments.

Everything up to `now` has happened and never changes; what lies ahead is planned, and a command
or a fault plans it anew from now on.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable

from api_client.models.job import JobState
from localcloud.simulator import happenings as ev
from localcloud.simulator.endings import Endings
from localcloud.simulator.journal import event_code
from localcloud.simulator.plan import NEVER, Life, TenantPlan
from localcloud.simulator.stage import END, FAIL, HALT, MARK, MEND, READY, START, Transition

_SLICE = 64


class World(Endings):
    """One tenant, from its begin to now."""

    def __init__(self, plan: TenantPlan) -> None:
        super().__init__(plan)
        self._do: dict[int, Callable[[Life], None]] = {
            END: self._end,
            FAIL: self._fail,
            READY: self._ready,
            MARK: self._mark,
            HALT: self._halt,
            START: self._start_as_given,
        }

    def advance(self, target: int, seconds: float | None = None) -> bool:
        """Play up to a moment, at most so long in real time; true once it is reached."""
        deadline = None if seconds is None else time.perf_counter() + seconds
        heap, count = self._heap, 0
        while True:
            due = heap[0][0] if heap else NEVER
            arrival = self._next.submit if self._next is not None else NEVER
            moment = arrival if arrival <= due else due
            if moment > target:
                break
            if moment > self.now:
                self.now = moment
            if arrival <= due:
                self._arrive()
            else:
                self._play(heapq.heappop(heap))
            count += 1
            if deadline is not None and not count % _SLICE and time.perf_counter() > deadline:
                return False
        self.now = max(self.now, target)
        return True

    def play_history(self) -> None:
        """Play everything before the tenant opens, then number what changes from here on."""
        self.advance(self.history_end)
        for life in list(self.active.values()):
            if life.holding:
                self._say_marks(life, life.attempts[-1], self.now)
        self.settle()
        for life in self.active.values():
            if life.holding and life.state is JobState.RUNNING:
                self._plan_mark(life, life.attempts[-1])

    def settle(self) -> None:
        """Bring the events of the history in order."""
        self.journal.settle()

    def _play(self, transition: Transition) -> None:
        _, kind, _, life, epoch = transition
        if kind == MEND:
            self.strikes.mend(epoch)
        elif life is not None and epoch == life.epoch:
            self._do[kind & 15](life)

    def _arrive(self) -> None:
        life = self._next
        assert life is not None
        self._next = next(self._arrivals, None)
        if life.name in self.by_name:
            life.name = f"{life.name}-{self.last_number + 1}"[-63:]
        self.admit(life)

    def admit(self, life: Life) -> None:
        """A job is submitted now."""
        self.last_number += 1
        life.number = self.last_number
        life.state, life.queued = JobState.QUEUED, life.submit
        self.lives[life.number] = self.by_name[life.name] = self.active[life.number] = life
        code = event_code(life.number, 0, ev.CREATED)
        self.journal.event(self.now, code)
        self.journal.event(self.now, code | ev.QUEUED << 8)
        self.journal.job(life)
        given, life.ended = life.ended, None
        if not life.placed_as_given:
            self.enqueue(life, recovering=False)
        elif life.fixed:
            self.push(life.fixed[0][0], START, life)
        elif given is not None:
            self.push(given, END, life)
