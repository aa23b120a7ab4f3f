"""Starts of jobs: slots taken, the end or the failure planned, what is told on the way."""

from __future__ import annotations

from api_client.models.job import JobState
from localcloud.simulator import happenings as ev
from localcloud.simulator.dice import exponential, uniform
from localcloud.simulator.failures import PLATFORM, drawn
from localcloud.simulator.journal import event_code
from localcloud.simulator.moments import HOUR, SECOND
from localcloud.simulator.plan import NEVER, Attempt, Life
from localcloud.simulator.stage import END, FAIL, HALT, MARK, READY, Stage
from localcloud.simulator.steps import (
    first_new_step,
    moment_of,
    next_save,
    step_at,
    step_millis,
)

_STARTUP, _STARTUP_PER_DOUBLING = 15 * SECOND, 8 * SECOND


class Attempts(Stage):
    """How an attempt begins and goes on."""

    def _start(self, life: Life, places: tuple[int, ...]) -> None:
        number, now = len(life.attempts), self.now
        size = life.slots.bit_length()
        jitter = int(uniform(self.seed, life.number, number, 1) * 10) * SECOND
        ready = now + _STARTUP + size * _STARTUP_PER_DOUBLING + jitter
        attempt = Attempt(number, now, ready, NEVER, NEVER, NEVER, places, life.resume, life.milli)
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
        milli = life.fixed_milli[number] if life.fixed_milli else life.milli
        attempt = Attempt(number, start, start, stop, stop, stop, places, 0, milli)
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
        self.ledger.held(self.now, attempt.milli)
        self.touch(life, attempt)

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
