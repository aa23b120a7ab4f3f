"""Ends of attempts and of jobs: done, stopped, broken, restarted."""

from __future__ import annotations

from api_client.models.job import JobState
from localcloud.simulator import happenings as ev
from localcloud.simulator.attempts import Attempts
from localcloud.simulator.failures import BY_WORD, CAUSES
from localcloud.simulator.moments import SECOND
from localcloud.simulator.plan import Attempt, Life, TenantPlan
from localcloud.simulator.stage import END, FAIL, START
from localcloud.simulator.steps import (
    saved_step,
)
from localcloud.simulator.strikes import Strikes

_GIVEN_STEP = 10.0
_GRACE = 8 * SECOND
_ISOLATION = 12 * SECOND


class Endings(Attempts):
    """How an attempt stops, and what follows."""

    def __init__(self, plan: TenantPlan) -> None:
        super().__init__(plan)
        self.strikes = Strikes(self)

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
            self.give_back(life, attempt)
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

    def give_back(self, life: Life, attempt: Attempt) -> None:
        """The slots of an attempt are free again."""
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
