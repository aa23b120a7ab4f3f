"""What of a filter a server can do first, so that less travels. The filter still runs here."""

from __future__ import annotations

from api_client.models.event import EventReason
from api_client.models.job import JobState
from api_client.services import EventQuery, JobQuery
from console.present.filters.ast import Comparison, Filter, Operator
from console.present.filters.match import ME

_KINDS = frozenset({"job", "worker", "node", "pool", "tenant"})
_FAILURES = frozenset(
    reason.casefold()
    for reason in (
        EventReason.FAILURE_DETECTED,
        EventReason.GANG_ISOLATED,
        EventReason.RECOVERY_FAILED,
    )
)
"""What there is of failures alone: a list about failures leaves none of it out."""


def server_hint(chosen: Filter, me: str = "") -> JobQuery:
    """A query whose answer holds every job the filter lets pass, and often many more.

    Owners are sent as written and in lower case, names in lower case: servers compare exactly,
    people do not.
    """
    states: frozenset[JobState] | None = None
    owners: tuple[str, ...] = ()
    name = ""
    for term in chosen.terms:
        if not isinstance(term, Comparison) or term.negated:
            continue
        if term.field == "state" and term.operator is Operator.EQUAL:
            wanted = frozenset(JobState(value) for value in term.values)
            states = wanted if states is None else states & wanted
        elif term.field == "owner" and term.operator is Operator.EQUAL and not owners:
            owners = _owners(term.values, me)
        elif term.field == "name" and len(term.values) == 1 and not name:
            if term.operator in (Operator.EQUAL, Operator.CONTAINS):
                name = term.values[0].casefold()
    # A server may show words of its own for UNKNOWN; and no state at all means every state.
    if not states or JobState.UNKNOWN in states:
        states = frozenset()
    return JobQuery(
        states=tuple(state for state in JobState if state in states),
        owners=owners,
        name_contains=name,
    )


def _owners(values: tuple[str, ...], me: str) -> tuple[str, ...]:
    meant = [me if value.casefold() == ME and me else value for value in values]
    if "" in meant:
        return ()
    return tuple(dict.fromkeys(name for each in meant for name in (each, each.casefold())))


def event_hint(chosen: Filter) -> EventQuery:
    """A query whose answer holds every event the filter lets pass, and often many more.

    Subjects are sent as written: servers compare exactly.
    """
    kind = subject = ""
    failures = False
    for term in chosen.terms:
        if not isinstance(term, Comparison) or term.negated or term.operator is not Operator.EQUAL:
            continue
        value = term.values[0].casefold() if len(term.values) == 1 else ""
        if term.field == "kind" and value in _KINDS:
            kind = value
        elif term.field == "subject" and value and not subject:
            before, slash, rest = term.values[0].partition("/")
            named = slash and before.casefold() in _KINDS
            kind, subject = (before.casefold(), rest) if named else (kind, term.values[0])
        elif term.field == "reason" and _FAILURES.issuperset(map(str.casefold, term.values)):
            failures = True
    return EventQuery(subject_kind=kind, subject_id=subject, about="failures" if failures else "")
