"""What of a filter a server can do first, so that less travels. The filter still runs here."""

from __future__ import annotations

from api_client.models.job import JobState
from api_client.services import JobQuery
from console.present.filters.ast import Comparison, Filter, Operator
from console.present.filters.match import ME


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
