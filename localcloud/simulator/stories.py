"""The events of a life in words; which there are, and when, the journal's index says."""

from __future__ import annotations

from api_client.models.base import Ref, rfc3339
from api_client.models.event import FAILURE_REASONS, Event, EventReason, Severity
from api_client.models.job import JobState
from localcloud.simulator import happenings as ev
from localcloud.simulator.failures import CAUSES
from localcloud.simulator.journal import EXTRA_KIND, Extra, FieldValue
from localcloud.simulator.moments import from_moment
from localcloud.simulator.plan import Attempt, Life
from localcloud.simulator.steps import saved_step, step_at
from localcloud.simulator.world import World

_ENDS = {
    JobState.SUCCEEDED: (EventReason.JOB_SUCCEEDED, Severity.INFO),
    JobState.STOPPED: (EventReason.JOB_STOPPED, Severity.INFO),
    JobState.FAILED: (EventReason.JOB_FAILED, Severity.ERROR),
}
_MOST_NAMED = 8
_OF_FAILURES = (ev.RESTORED, ev.RESUMED, ev.DETECTED, ev.GIVEN_UP, ev.ISOLATED)

Said = tuple[str, str, Severity, dict[str, FieldValue]]


def event_id(moment: int, code: int) -> str:
    """Unique, and sorted as events are."""
    return f"{moment:014d}-{code:015x}"


class Stories:
    """Makes events from the numbers of the index."""

    def __init__(self, world: World) -> None:
        self._world = world

    def event(self, moment: int, code: int, version: int = 0) -> Event | None:
        """`None` where what it told of is forgotten."""
        if code >> 8 & 15 == EXTRA_KIND:
            extra = self._world.journal.extras.get(code)
            return None if extra is None else _of_extra(extra, version)
        life = self._world.lives.get(code >> 20)
        if life is None:
            return None
        reason, message, severity, fields = self._said(life, moment, code)
        return Event(
            id=event_id(moment, code),
            time=from_moment(moment),
            kind="job",
            severity=severity,
            subject=Ref(kind="job", id=life.name),
            reason=reason,
            message=message,
            fields=fields,
            resource_version=version,
        )

    def tells_of_failure(self, code: int) -> bool:
        """Whether incidents are read from an event; the end of a job that never failed is not."""
        kind, number = code >> 8 & 15, code >> 12 & 255
        if kind == EXTRA_KIND:
            extra = self._world.journal.extras.get(code)
            return extra is not None and extra.reason in FAILURE_REASONS
        if kind in _OF_FAILURES:
            return True
        life = self._world.lives.get(code >> 20)
        if life is None:
            return False
        if kind == ev.ENDED:
            return any(attempt.cause >= 0 for attempt in life.attempts)
        return kind == ev.STARTING and _recovers(life, number)

    def _said(self, life: Life, moment: int, code: int) -> Said:
        kind, number = code >> 8 & 15, code >> 12 & 255
        name = life.name
        if kind == ev.CREATED:
            return _info(EventReason.JOB_CREATED, f"{life.owner} submitted {name}.", by=life.owner)
        if kind == ev.QUEUED:
            return _info(EventReason.JOB_QUEUED, f"{name} waits for slots.", by=life.owner)
        attempt = life.attempts[number] if number < len(life.attempts) else None
        if kind == ev.ENDED or attempt is None:
            return self._ended(life, attempt)
        if kind in (ev.STARTING, ev.RESTORED, ev.RUNNING, ev.RESUMED):
            return self._going(life, attempt, kind)
        if kind == ev.SAVED:
            step = self._saved(life, attempt, code & 255)
            message = f"{name} saved the checkpoint of step {step}."
            return _info(
                EventReason.CHECKPOINT_SAVED, message, attempt=number, checkpoint_step=step
            )
        return self._broken(life, attempt, kind)

    @staticmethod
    def _saved(life: Life, attempt: Attempt, ordinal: int) -> int:
        every = max(1, life.checkpoint_steps)
        return (attempt.first_step // every + ordinal) * every

    def _going(self, life: Life, attempt: Attempt, kind: int) -> Said:
        number, name = attempt.number, life.name
        if kind == ev.STARTING:
            nodes = self._nodes(attempt)
            recovers = _recovers(life, number)
            reason = EventReason.GANG_RESCHEDULED if recovers else EventReason.JOB_STARTING
            message = f"{name} starts on {nodes}, attempt {number}."
            return _info(reason, message, attempt=number, nodes=nodes)
        if kind == ev.RESTORED:
            message = f"The workers of {name} run again, attempt {number}."
            return _info(
                EventReason.CHECKPOINT_RESTORED,
                message,
                attempt=number,
                checkpoint_step=attempt.first_step or None,
            )
        if kind == ev.RUNNING:
            return _info(EventReason.JOB_RUNNING, f"{name} runs.", attempt=number)
        step = attempt.first_step + 1
        message = f"{name} makes new steps again, first step {step}."
        return _info(EventReason.TRAINING_RESUMED, message, attempt=number, step=step)

    def _nodes(self, attempt: Attempt) -> str:
        fleet = self._world.fleet
        places = attempt.places[:_MOST_NAMED]
        names = ", ".join(fleet.nodes[place >> fleet.shift].name for place in places)
        more = len(attempt.places) - len(places)
        return f"{names} and {more} more" if more else names

    def _broken(self, life: Life, attempt: Attempt, kind: int) -> Said:
        number, name = attempt.number, life.name
        if kind == ev.STOPPING:
            return _info(EventReason.JOB_STOPPING, f"{name}: {attempt.note}.", attempt=number)
        if kind == ev.ISOLATED:
            message = f"Every worker of attempt {number} of {name} is stopped."
            return _info(EventReason.GANG_ISOLATED, message, attempt=number)
        cause = self._world.strikes.cause_text(life, attempt)
        if kind == ev.GIVEN_UP:
            why = f"{cause}; backoff limit {life.backoff_limit} is used up"
            fields: dict[str, FieldValue] = {"attempt": number, "cause": why}
            message = f"{name} is not restarted: {why}."
            return EventReason.RECOVERY_FAILED, message, Severity.ERROR, fields
        return self._detected(life, attempt, cause)

    def _detected(self, life: Life, attempt: Attempt, cause: str) -> Said:
        what, world = CAUSES[attempt.cause], self._world
        node = world.strikes.broken_node(life, attempt)
        pool = world.fleet.pools[life.pool]
        fields: dict[str, FieldValue] = {
            "category": what.category.value,
            "cause": cause,
            "node": node.name if node else None,
            "rank": world.strikes.broken_rank(life, attempt),
            "exit_code": what.exit_code,
            "failed_step": step_at(life, attempt, attempt.halt) if life.work_seconds else None,
            "checkpoint_step": saved_step(life, attempt, attempt.halt),
            "accelerators": life.slots,
            "attempt": attempt.number,
            "action": "FAIL_JOB" if attempt.fatal else what.action.value,
            "happened": rfc3339(from_moment(attempt.halt)),
            "code": what.code or None,
            "accelerator_model": pool.model,
            "quota_type": "SPOT" if life.spot else "RESERVED",
        }
        message = f"{life.name} failed: {cause}."
        return EventReason.FAILURE_DETECTED, message, Severity.ERROR, fields

    def _ended(self, life: Life, attempt: Attempt | None) -> Said:
        closed = attempt.closed if attempt is not None else None
        state = closed or (life.state if life.state.ended else JobState.STOPPED)
        reason, severity = _ENDS.get(state, _ENDS[JobState.STOPPED])
        why = life.said if attempt is None else attempt.note
        if attempt is not None and attempt.fatal and not why:
            why = self._world.strikes.cause_text(life, attempt)
        message = f"{life.name} {state.value.lower()}{f': {why}' if why else ''}."
        exit_code = CAUSES[attempt.cause].exit_code if attempt and attempt.cause >= 0 else None
        fields: dict[str, FieldValue] = {
            "attempt": attempt.number if attempt else 0,
            "exit_code": 0 if state is JobState.SUCCEEDED else exit_code,
        }
        return reason, message, severity, fields


def _recovers(life: Life, number: int) -> bool:
    """Whether an attempt follows one that broke and was not the last by rule."""
    before = life.attempts[number - 1] if 0 < number <= len(life.attempts) else None
    return before is not None and before.cause >= 0 and not before.fatal


def _info(reason: str, message: str, **fields: FieldValue) -> Said:
    return reason, message, Severity.INFO, fields


def _of_extra(extra: Extra, version: int) -> Event:
    return Event(
        id=event_id(extra.moment, extra.code),
        time=from_moment(extra.moment),
        kind=extra.subject_kind,
        severity=extra.severity,
        subject=Ref(kind=extra.subject_kind, id=extra.subject_id),
        reason=extra.reason,
        message=extra.message,
        fields=extra.fields,
        resource_version=version,
    )
