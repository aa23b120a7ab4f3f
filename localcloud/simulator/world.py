"""Plays lives on a fleet: takes arrivals and transitions in the order of their moments.

Everything up to `now` has happened and never changes; what lies ahead is planned, and a command
or a fault plans it anew from now on.
"""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from api_client.models.job import JobState
from localcloud.simulator import happenings as ev
from localcloud.simulator.dice import exponential, uniform
from localcloud.simulator.failures import BY_WORD, CAUSES, PLATFORM, drawn
from localcloud.simulator.fleet import SimFleet
from localcloud.simulator.journal import Journal, event_code
from localcloud.simulator.ledger import Ledger
from localcloud.simulator.moments import HOUR, SECOND, to_moment
from localcloud.simulator.plan import NEVER, Attempt, Life, TenantPlan
from localcloud.simulator.queues import Queue
from localcloud.simulator.retention import Retention
from localcloud.simulator.steps import (
    first_new_step,
    moment_of,
    next_save,
    saved_step,
    step_at,
    step_millis,
)
from localcloud.simulator.strikes import Strikes

# Order of transitions of one moment: slots are given back before they are given out.
END: Final = 0
MEND: Final = 1
FAIL: Final = 2
READY: Final = 3
MARK: Final = 4
HALT: Final = 5
START: Final = 9

_SLICE = 64
_GIVEN_STEP = 10.0
_GRACE = 8 * SECOND
_ISOLATION = 12 * SECOND
_STARTUP, _STARTUP_PER_DOUBLING = 15 * SECOND, 8 * SECOND

Transition = tuple[int, int, int, Life | None, int]


class World:
    """One tenant, from its begin to now."""

    def __init__(self, plan: TenantPlan) -> None:
        self.plan = plan
        self.seed = plan.seed
        self.begin = to_moment(plan.begin)
        self.now = self.begin
        self.history_end = to_moment(plan.start)
        self.fleet = SimFleet(plan.fleet, self.begin)
        self.journal = Journal()
        self.ledger = Ledger(plan.prices)
        self.lives: dict[int, Life] = {}
        self.by_name: dict[str, Life] = {}
        self.active: dict[int, Life] = {}
        self.queues = [Queue(self.fleet, pool) for pool in range(len(plan.fleet.pools))]
        self.retention = Retention(
            self.lives, self.by_name, self.journal, self.ledger,
            kept=plan.kept_jobs, days=plan.kept_days,
        )  # fmt: skip
        self.strikes = Strikes(self)
        self.last_number = 0
        self._heap: list[Transition] = []
        self._order = 0
        self._arrivals: Iterator[Life] = iter(plan.lives)
        self._next = next(self._arrivals, None)
        self._mends: deque[tuple[int, int]] = deque()
        self._do: dict[int, Callable[[Life], None]] = {
            END: self._end, FAIL: self._fail, READY: self._ready, MARK: self._mark,
            HALT: self._halt, START: self._start_as_given,
        }  # fmt: skip

    # playing

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

    def oldest(self) -> int:
        """The lowest number a life may have."""
        return next(iter(self.lives), self.last_number + 1)

    def play_history(self) -> None:
        """Play everything before the tenant opens, then number what changes from here on."""
        self.advance(self.history_end)
        for life in list(self.active.values()):
            if life.holding:
                self._say_marks(life, life.attempts[-1], self.now)
        self.journal.settle()
        for life in self.active.values():
            if life.holding and life.state is JobState.RUNNING:
                self._plan_mark(life, life.attempts[-1])

    def _play(self, transition: Transition) -> None:
        _, kind, _, life, epoch = transition
        if kind == MEND:
            self.strikes.mend(epoch)
        elif life is not None and epoch == life.epoch:
            self._do[kind & 15](life)

    def push(self, moment: int, kind: int, life: Life) -> None:
        """Plan a transition; it is void once the life is planned anew."""
        self._order += 1
        heapq.heappush(self._heap, (moment, kind, self._order, life, life.epoch))

    def push_mend(self, moment: int, ticket: int) -> None:
        self._order += 1
        heapq.heappush(self._heap, (moment, MEND, self._order, None, ticket))

    # arrivals

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

    # attempts

    def _start(self, life: Life, places: tuple[int, ...]) -> None:
        number, now = len(life.attempts), self.now
        size = life.slots.bit_length()
        jitter = int(uniform(self.seed, life.number, number, 1) * 10) * SECOND
        ready = now + _STARTUP + size * _STARTUP_PER_DOUBLING + jitter
        attempt = Attempt(number, now, ready, NEVER, NEVER, NEVER, places, life.resume)
        self._hold(life, attempt)
        self._plan_halt(life, attempt)
        life.state = JobState.STARTING
        self._say(life, ev.STARTING)
        self.push(ready if ready < attempt.halt else attempt.halt, READY, life)

    def _start_as_given(self, life: Life) -> None:
        number = len(life.attempts)
        start, end = life.fixed[number]
        stop = NEVER if end is None else end
        places = self.fleet.find_anywhere(life.pool, life.slots)
        attempt = Attempt(number, start, start, stop, stop, stop, places, 0)
        self._hold(life, attempt)
        life.state = JobState.RUNNING
        self._say(life, ev.STARTING)
        self._say(life, ev.RUNNING)
        if end is not None:
            self.push(end, END, life)

    def _hold(self, life: Life, attempt: Attempt) -> None:
        life.attempts.append(attempt)
        self.fleet.take(life.number, attempt.places)
        life.holding, life.said = True, ""
        self.ledger.held(self.now, life.milli)
        self.touch(life, attempt)

    def touch(self, life: Life, attempt: Attempt) -> None:
        """Publish a job and the nodes it is on."""
        if self.journal.bulk:
            return
        self.journal.job(life)
        for place in attempt.places:
            self.journal.node(self.fleet.nodes[place >> self.fleet.shift])

    def _plan_halt(self, life: Life, attempt: Attempt) -> None:
        """The planned end, or the failure of the platform that comes before it."""
        steps = max(1, life.work_steps - attempt.first_step)
        # Whole seconds, rounded up: what is metered is whole.
        work = -(-steps * step_millis(life) // SECOND) * SECOND
        attempt.halt = attempt.ready + work
        rate = self.plan.faults_per_accelerator_hour * life.slots
        if rate:
            wait = exponential(HOUR / rate, self.seed, life.number, attempt.number, 2)
            broken = attempt.start + int(wait) // SECOND * SECOND
            if attempt.ready < broken < attempt.halt:
                chance = uniform(self.seed, life.number, attempt.number, 3)
                self.set_break(life, attempt, drawn(PLATFORM, chance), broken)
        if attempt.cause < 0 and life.user_cause >= 0:
            self.set_break(life, attempt, life.user_cause, attempt.halt)

    def set_break(
        self, life: Life, attempt: Attempt, cause: int, moment: int, place: int = -1
    ) -> None:
        """An attempt breaks at a moment, in one of its places."""
        attempt.halt, attempt.cause = moment, cause
        attempt.detect = moment + CAUSES[cause].detect
        chance = uniform(self.seed, life.number, attempt.number, 4)
        attempt.broken = place if place >= 0 else int(chance * max(1, len(attempt.places)))

    def _ready(self, life: Life) -> None:
        attempt = life.attempts[-1]
        life.state = JobState.RUNNING
        before = life.attempts[-2] if len(life.attempts) > 1 else None
        if before is not None and before.cause >= 0 and not before.fatal:
            self._say(life, ev.RESTORED)
        self._say(life, ev.RUNNING)
        self.journal.job(life)
        if attempt.cause >= 0:
            self.push(attempt.detect, FAIL, life)
        else:
            self.push(attempt.halt, HALT, life)
        if not self.journal.bulk:
            self._plan_mark(life, attempt)

    def _plan_mark(self, life: Life, attempt: Attempt) -> None:
        """Plan the next thing worth an event while the attempt works."""
        due = next_save(life, attempt, self.now)
        resumed = first_new_step(life, attempt) if attempt.number else None
        if resumed is not None and resumed > self.now and (due is None or resumed < due[0]):
            due = (resumed, 0)
        if due is not None:
            self.push(due[0], MARK, life)

    def _mark(self, life: Life) -> None:
        attempt = life.attempts[-1]
        if attempt.number and self.now == first_new_step(life, attempt):
            self._say(life, ev.RESUMED)
        else:
            self._say(life, ev.SAVED, self._ordinal(life, attempt, self.now))
        self._plan_mark(life, attempt)

    def _ordinal(self, life: Life, attempt: Attempt, moment: int) -> int:
        every = life.checkpoint_steps
        return step_at(life, attempt, moment) // every - attempt.first_step // every

    def _say_marks(self, life: Life, attempt: Attempt, until: int) -> None:
        """While history is played, what an attempt saved is told once it is over."""
        resumed = first_new_step(life, attempt) if attempt.number else None
        if resumed is not None and resumed <= until:
            self.journal.event(resumed, event_code(life.number, attempt.number, ev.RESUMED))
        every = life.checkpoint_steps
        if not every:
            return
        first, until = attempt.first_step // every, min(until, attempt.halt - 1)
        code = event_code(life.number, attempt.number, ev.SAVED)
        for step in range((first + 1) * every, step_at(life, attempt, until) + 1, every):
            self.journal.event(
                moment_of(life, attempt, step), code | min(255, step // every - first)
            )

    # ends

    def _halt(self, life: Life) -> None:
        attempt = life.attempts[-1]
        attempt.detect = attempt.halt
        if life.final is JobState.STOPPED:
            self.stop(life, attempt, f"stopped by {life.owner}")
        else:
            attempt.end = attempt.halt
            self._end(life)

    def stop(self, life: Life, attempt: Attempt, note: str) -> None:
        """The workers are asked to stop now; they take a moment."""
        life.epoch += 1
        attempt.halt = attempt.detect = min(attempt.halt, self.now)
        attempt.cause = -1
        attempt.note = note
        attempt.end = self.now + _GRACE
        attempt.closed = JobState.STOPPED
        life.state, life.said = JobState.STOPPING, note
        self._say(life, ev.STOPPING)
        self.journal.job(life)
        self.push(attempt.end, END, life)

    def restart(self, life: Life, attempt: Attempt, note: str) -> None:
        """The gang stops now and waits for slots anew."""
        life.epoch += 1
        life.resume = saved_step(life, attempt, self.now) or 0
        attempt.halt = attempt.detect = min(attempt.halt, self.now)
        attempt.cause, attempt.note, attempt.restart = -1, note, True
        attempt.end = self.now + _GRACE
        life.state, life.said = JobState.RECOVERING, note
        self.journal.job(life)
        self.push(attempt.end, END, life)

    def break_now(self, life: Life, cause: int, place: int = -1) -> None:
        """A running attempt breaks now and is known to in due time."""
        attempt = life.attempts[-1]
        if life.placed_as_given:
            self._unfix(life)
        life.epoch += 1
        self.set_break(life, attempt, cause, self.now, place)
        self.push(attempt.detect, FAIL, life)

    def revive(self, life: Life) -> None:
        """An ended job waits for slots again; its own error is taken to be corrected."""
        if life.placed_as_given:
            self._unfix(life)
        last = life.attempts[-1] if life.attempts else None
        life.resume = (saved_step(life, last, self.now) or 0) if last is not None else 0
        life.work_seconds = max(life.work_seconds, int(life.total_steps * life.step_seconds))
        life.resume = min(life.resume, life.work_steps - 1)
        life.final, life.user_cause, life.backoff_used = JobState.SUCCEEDED, -1, 0
        life.state, life.ended, life.said, life.reason = JobState.QUEUED, None, "", ""
        life.epoch += 1
        life.queued = self.now
        self.retention.restarted(life)
        self.active[life.number] = life
        self.journal.job(life)
        self.enqueue(life, recovering=False)

    def _unfix(self, life: Life) -> None:
        """What a trace gives no longer holds: from now on the job is placed as any other."""
        left = sum(end - start for start, end in life.fixed if end is not None)
        life.placed_as_given, life.step_seconds = False, _GIVEN_STEP
        life.work_seconds = max(int(_GIVEN_STEP), left // SECOND)

    def _fail(self, life: Life) -> None:
        attempt = life.attempts[-1]
        cause = CAUSES[attempt.cause]
        attempt.end = self.now + _ISOLATION
        if not cause.repair:
            life.backoff_used += 1
            attempt.fatal = 0 <= life.backoff_limit < life.backoff_used
        self._resume_from(life, attempt)
        self._say(life, ev.DETECTED)
        if attempt.fatal:
            attempt.closed = JobState.FAILED
            self._say(life, ev.GIVEN_UP)
        life.state = JobState.STOPPING if attempt.fatal else JobState.RECOVERING
        life.said = self.strikes.cause_text(life, attempt)
        self.journal.job(life)
        if cause.repair:
            self.strikes.strike_place(life, attempt)
        self.push(attempt.end, END, life)

    def _resume_from(self, life: Life, attempt: Attempt) -> None:
        saved = saved_step(life, attempt, attempt.halt) or 0
        if attempt.cause == BY_WORD["checkpoint-corrupt"] and saved:
            saved = max(0, saved - life.checkpoint_steps)
        life.resume = min(saved, life.work_steps - 1)

    def _end(self, life: Life) -> None:
        attempt = life.attempts[-1] if life.holding else None
        if attempt is not None:
            self._give_back(life, attempt)
        if attempt is not None and attempt.cause >= 0:
            self._say(life, ev.ISOLATED)
        if attempt is not None and not attempt.fatal and (attempt.cause >= 0 or attempt.restart):
            life.queued = self.now
            self.journal.job(life)
            self.enqueue(life, recovering=True)
        elif life.placed_as_given and len(life.attempts) < len(life.fixed):
            life.state = JobState.RECOVERING
            self.journal.job(life)
            self.push(life.fixed[len(life.attempts)][0], START, life)
        else:
            self.finish(life, attempt)
        self.place(life.pool)

    def _give_back(self, life: Life, attempt: Attempt) -> None:
        self.fleet.release(life.number, attempt.places)
        life.holding = False
        self.ledger.released(self.now, life, attempt)
        if self.journal.bulk:
            self._say_marks(life, attempt, min(attempt.halt, self.now))
        else:
            self.touch(life, attempt)
        self.strikes.emptied(attempt)

    def finish(self, life: Life, attempt: Attempt | None, state: JobState | None = None) -> None:
        """The job ends now, as planned where no state is given."""
        if state is None:
            state = life.final if attempt is None or attempt.closed is None else attempt.closed
        life.state, life.ended = state, self.now
        life.word = life.native if life.native and state is life.final else state.value
        if attempt is not None:
            attempt.closed = state
            if life.reason and not attempt.note:
                attempt.note = life.reason
            if not life.said:
                life.said = attempt.note
        else:
            life.said = life.said or life.reason
        self._say(life, ev.ENDED)
        self.active.pop(life.number, None)
        self.retention.ended(life)
        self.journal.job(life)

    def _say(self, life: Life, kind: int, ordinal: int = 0) -> None:
        attempt = max(0, len(life.attempts) - 1)
        self.journal.event(self.now, event_code(life.number, attempt, kind, ordinal))
