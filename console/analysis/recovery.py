"""Events to incidents: each failure with its phases, its outcome and what was lost.

Reads only what `EventReason` documents. The order of the events does not matter, an event seen
twice counts once, and a phase nobody reported stays `None`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from api_client.models.event import (
    Event,
    EventReason,
    FailureCategory,
    Incident,
    RecoveryAction,
)
from api_client.models.job import JobSummary
from console.analysis.event_fields import integer, text
from console.analysis.failure_loss import FailureLoss, failure_loss
from console.analysis.failures import Failure, failures_of
from console.analysis.step_rates import seconds_per_step

if TYPE_CHECKING:
    from api_client.models.prices import PriceList


def incidents(
    events: Iterable[Event],
    *,
    prices: PriceList | None = None,
    jobs: Mapping[str, JobSummary] | None = None,
    now: datetime | None = None,
) -> tuple[Incident, ...]:
    """All incidents in the events, newest first.

    Args:
        prices: what lost accelerator time is valued at; without them lost money is `None`.
        jobs: jobs by name, for sizes and step rates the events do not carry.
        now: how far a recovery that still goes on has lost time; `None` leaves it unknown.
    """
    found: list[tuple[datetime, Incident]] = []
    for name, story in _by_job(events).items():
        job = (jobs or {}).get(name)
        step_seconds = seconds_per_step(story, job)
        before: Failure | None = None
        taken: set[str] = set()
        for failure in failures_of(story):
            loss = failure_loss(
                failure,
                until=failure.waited_until(now),
                before=before,
                job=job,
                step_seconds=step_seconds,
                prices=prices,
            )
            incident = _incident(name, failure, loss, _free_id(name, failure, taken))
            found.append((failure.happened, incident))
            before = failure
    found.sort(key=lambda pair: (pair[0], pair[1].id), reverse=True)
    return tuple(incident for _, incident in found)


def job_of(event: Event) -> str:
    """The name of the job an event tells of; empty where it tells of none.

    The field `job` where there is one, else the subject; a worker's id begins with its job.
    """
    if event.subject.kind not in ("job", "worker"):
        return ""
    return text(event, "job") or event.subject.id.partition("/")[0]


def _by_job(events: Iterable[Event]) -> dict[str, list[Event]]:
    unique = {event.id: event for event in events if job_of(event)}
    stories: defaultdict[str, list[Event]] = defaultdict(list)
    for event in sorted(unique.values(), key=lambda event: (event.time, event.id)):
        stories[job_of(event)].append(event)
    return stories


def _action(failure: Failure) -> RecoveryAction:
    named = text(failure.event, "action")
    if named:
        return RecoveryAction(named)
    if failure.end is not None and failure.end.reason == EventReason.RECOVERY_FAILED:
        return RecoveryAction.FAIL_JOB
    return RecoveryAction.UNKNOWN


def _nodes(failure: Failure) -> tuple[str, ...]:
    named = ",".join(text(event, "node") for event in (failure.event, *failure.reports))
    return tuple(dict.fromkeys(part.strip() for part in named.split(",") if part.strip()))


def _free_id(job: str, failure: Failure, taken: set[str]) -> str:
    """`<job>-<attempt>`; a rank that failed again in the same attempt gets a further number."""
    base = chosen = f"{job}-{failure.attempt}"
    count = 1
    while chosen in taken:
        count += 1
        chosen = f"{base}.{count}"
    taken.add(chosen)
    return chosen


def _incident(job: str, failure: Failure, loss: FailureLoss, incident_id: str) -> Incident:
    event = failure.event
    named = text(event, "category")
    return Incident(
        id=incident_id,
        job=job,
        jobs=(job,),
        nodes=_nodes(failure),
        category=FailureCategory(named) if named else FailureCategory.UNKNOWN,
        cause=text(event, "cause") or event.message,
        action=_action(failure),
        outcome=failure.outcome,
        attempt=failure.attempt,
        rank=integer(event, "rank"),
        exit_code=integer(event, "exit_code"),
        happened=failure.happened,
        detected=event.time,
        isolated=failure.time("isolated"),
        rescheduled=failure.time("rescheduled"),
        restored=failure.time("restored"),
        resumed=failure.time("resumed"),
        failed_step=integer(event, "failed_step"),
        checkpoint_step=loss.checkpoint_step,
        lost_steps=loss.steps,
        lost_accelerator_seconds=loss.accelerator_seconds,
        lost_money=loss.money,
        observed_by=event.observed_by,
    )
