"""Finds the failures in one job's events and gives each the events that belong to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from api_client.models.event import Event, EventReason, IncidentOutcome, RecoveryAction
from console.analysis.event_fields import integer, moment, text

PHASES = {
    EventReason.GANG_ISOLATED: "isolated",
    EventReason.GANG_RESCHEDULED: "rescheduled",
    EventReason.CHECKPOINT_RESTORED: "restored",
    EventReason.TRAINING_RESUMED: "resumed",
}
"""The phase each reason ends."""

_ENDS = {
    EventReason.RECOVERY_FAILED: IncidentOutcome.FAILED,
    EventReason.JOB_FAILED: IncidentOutcome.FAILED,
    EventReason.JOB_STOPPED: IncidentOutcome.STOPPED,
    EventReason.JOB_SUCCEEDED: IncidentOutcome.RECOVERED,
}


@dataclass(slots=True)
class Failure:
    """One failure, the reports of it, its phases and what ended it."""

    event: Event
    attempt: int
    reports: list[Event] = field(default_factory=list)
    """Further reports of the same failure: another rank of the gang died of it."""
    phases: dict[str, Event] = field(default_factory=dict)
    end: Event | None = None
    """What ended the job before it came back."""
    next: Failure | None = None

    @property
    def happened(self) -> datetime:
        """The last moment the job was known to be well, else when the failure was detected."""
        return moment(self.event, "happened") or self.event.time

    @property
    def steps_known(self) -> bool:
        """Whether the job says its steps; one that does not is back when its workers run."""
        return integer(self.event, "failed_step") is not None

    @property
    def restarts_gang(self) -> bool:
        """Whether its recovery makes a new attempt; a rank alone is restarted in the same one."""
        return text(self.event, "action") != RecoveryAction.RESTART_WORKER

    def time(self, phase: str) -> datetime | None:
        """When a phase ended."""
        event = self.phases.get(phase)
        return None if event is None else event.time

    @property
    def back(self) -> datetime | None:
        """When the job made its first new step, or, without steps to resume, ran again."""
        return self.time("resumed") or (None if self.steps_known else self.time("restored"))

    @property
    def outcome(self) -> IncidentOutcome:
        """How it ended; a recovery that the next failure cut short ends as that one did."""
        if self.back is not None:
            return IncidentOutcome.RECOVERED
        if self.end is not None:
            return _ENDS[self.end.reason]
        return self.next.outcome if self.next is not None else IncidentOutcome.RECOVERING

    def waited_until(self, now: datetime | None) -> datetime | None:
        """When the job went on or gave up; `now` while it waits, `None` where nobody knows."""
        if self.back is not None:
            return self.back
        if self.end is not None:
            recovered = self.outcome is IncidentOutcome.RECOVERED
            return self.time("restored") if recovered else self.end.time
        return self.next.happened if self.next is not None else now


def failures_of(story: Iterable[Event]) -> list[Failure]:
    """The failures of one job, oldest first. `story` is the job's events in time order."""
    events = list(story)
    failures = _opened(events)
    for event in events:
        if event.reason in PHASES:
            _add_phase(failures, event)
        elif event.reason in _ENDS:
            _add_end(failures, event)
    return failures


def _opened(story: list[Event]) -> list[Failure]:
    """One failure for each report, except where a report tells of the failure before.

    A second report of the same attempt counts anew only once workers had run again in between.
    """
    failures: list[Failure] = []
    ran_since = False
    for event in story:
        if event.reason in (EventReason.CHECKPOINT_RESTORED, EventReason.TRAINING_RESUMED):
            ran_since = True
        if event.reason != EventReason.FAILURE_DETECTED:
            continue
        attempt = integer(event, "attempt")
        last = failures[-1] if failures else None
        if last is not None and attempt in (None, last.attempt) and not ran_since:
            last.reports.append(event)
            continue
        if attempt is None:
            attempt = 0 if last is None else last.attempt + 1
        failure = Failure(event, attempt)
        if last is not None:
            last.next = failure
        failures.append(failure)
        ran_since = False
    return failures


def _add_phase(failures: list[Failure], event: Event) -> None:
    owner = _owner(failures, event)
    if owner is None or (owner.end is not None and owner.end.time < event.time):
        # What follows the end of the job is a person's restart, not its recovery.
        return
    known = owner.phases.get(PHASES[event.reason])
    if known is None or (event.time, event.id) < (known.time, known.id):
        owner.phases[PHASES[event.reason]] = event


def _owner(failures: list[Failure], event: Event) -> Failure | None:
    """The failure a phase belongs to: the last one before it whose attempt allows it."""
    earlier = _before(failures, event)
    attempt = integer(event, "attempt")
    if attempt is not None:
        earlier = [failure for failure in earlier if _fits(failure, event.reason, attempt)]
    return earlier[-1] if earlier else None


def _fits(failure: Failure, reason: str, attempt: int) -> bool:
    """Its own attempt is isolated; the other phases carry the attempt that replaces it."""
    if reason == EventReason.GANG_ISOLATED:
        return failure.attempt == attempt
    return failure.attempt < attempt or (failure.attempt == attempt and not failure.restarts_gang)


def _before(failures: list[Failure], event: Event) -> list[Failure]:
    """The failures told before an event; identities order what shares a moment."""
    told = (event.time, event.id)
    return [failure for failure in failures if (failure.event.time, failure.event.id) <= told]


def _add_end(failures: list[Failure], event: Event) -> None:
    """An end closes the failure it follows, unless the job had come back from it."""
    earlier = _before(failures, event)
    if earlier and earlier[-1].end is None and earlier[-1].back is None:
        earlier[-1].end = event
