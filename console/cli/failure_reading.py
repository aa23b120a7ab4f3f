"""Incidents for the command line: only as many failures, and only those jobs, as are needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from api_client.errors import NotFound
from api_client.models.event import Event, EventReason, Incident
from api_client.models.job import JobState, JobSummary
from api_client.services import EventQuery, JobQuery
from console.analysis.recovery import incidents, job_of
from console.cli.opening import Open
from console.cli.progress import Progress, read_all, told
from console.state.listing import EVENT_DAYS

_ONE_BY_ONE: Final = 400
"""So many jobs are read one by one; from more on a list is faster."""

Wanted = Callable[[Incident], bool]


@dataclass(frozen=True, slots=True)
class FoundIncidents:
    """Incidents, newest first.

    Attributes:
        whole: whether there are no more of them.
    """

    items: tuple[Incident, ...]
    whole: bool


async def all_incidents(opening: Open) -> tuple[Incident, ...]:
    """Incidents of as many days as the console looks back, newest first."""
    events = [event async for page in _pages(opening) for event in page]
    names = {job_of(event) for event in events if event.reason == EventReason.FAILURE_DETECTED}
    if len(names) <= _ONE_BY_ONE:
        events += await _stories(opening, names)
    return await _read_out(opening, events)


async def newest_incidents(opening: Open, wanted: Wanted, most: int) -> FoundIncidents:
    """The newest incidents that are wanted; older failures are not read.

    Args:
        wanted: asked before sizes and prices are known, so it must not depend on them.
    """
    events: list[Event] = []
    look_at, whole = most, True
    found: tuple[Incident, ...] = ()
    async for page in _pages(opening):
        events.extend(page)
        if sum(event.reason == EventReason.FAILURE_DETECTED for event in events) <= look_at:
            continue
        found = tuple(filter(wanted, _incidents(opening, events)))
        if len(found) > most:
            whole = False
            break
        # Looking again after every page would read the same failures over and over.
        look_at *= 2
    if whole:
        found = tuple(filter(wanted, _incidents(opening, events)))
        whole = len(found) <= most
    names = {incident.job for incident in found[:most]}
    events += await _stories(opening, names)
    told_of = [event for event in events if job_of(event) in names]
    again = filter(wanted, await _read_out(opening, told_of))
    return FoundIncidents(tuple(again)[:most], whole)


async def incidents_of(opening: Open, job: str) -> tuple[Incident, ...]:
    """The incidents of one job, newest first."""
    provider = await opening.provider("events.stream")
    query = EventQuery(subject_kind="job", subject_id=job, since=_since(opening), limit=1000)
    return await _read_out(opening, await provider.events(query).all())


def _since(opening: Open) -> datetime:
    return opening.session.now() - timedelta(days=EVENT_DAYS)


async def _pages(opening: Open) -> Any:
    """The events incidents are read from, newest first."""
    provider = await opening.provider("events.stream")
    query = EventQuery(since=_since(opening), about="failures", newest_first=True, limit=1000)
    with Progress(opening.cli) as progress:
        async for page in told(provider.events(query), progress):
            yield page.items


async def _stories(opening: Open, names: Iterable[str]) -> list[Event]:
    """Everything that happened to these jobs: a failure may follow an older one, and checkpoints
    tell how long a step took where the job does not say."""
    provider = await opening.provider("events.stream")
    since = _since(opening)

    async def of(name: str) -> list[Event]:
        query = EventQuery(subject_kind="job", subject_id=name, since=since, limit=1000)
        found: list[Event] = await provider.events(query).all()
        return found

    return [event for story in await asyncio.gather(*map(of, names)) for event in story]


async def _read_out(opening: Open, events: Collection[Event]) -> tuple[Incident, ...]:
    failures = [event for event in events if event.reason == EventReason.FAILURE_DETECTED]
    names = {job_of(event) for event in failures}
    if len(names) <= _ONE_BY_ONE:
        return _incidents(opening, events, await _jobs(opening, names))
    # A job that has ended makes no steps: it is needed only where its failures leave out its size.
    told_whole = all(map(_says_its_size, failures))
    states = tuple(state for state in JobState if not state.ended and state is not JobState.UNKNOWN)
    query = JobQuery(states=states if told_whole else (), limit=1000)
    provider = await opening.provider("jobs.read")
    jobs = await read_all(opening.cli, provider.jobs(query))
    return _incidents(opening, events, {job.name: job for job in jobs if job.name in names})


def _says_its_size(failure: Event) -> bool:
    return None not in map(failure.fields.get, ("accelerators", "quota_type"))


def _incidents(
    opening: Open, events: Iterable[Event], jobs: dict[str, JobSummary] | None = None
) -> tuple[Incident, ...]:
    now = opening.session.now()
    return incidents(events, prices=opening.prices, jobs=jobs, now=now)


async def _jobs(opening: Open, names: Collection[str]) -> dict[str, JobSummary]:
    """The jobs of these names, as far as they are still there."""
    provider = await opening.provider("jobs.read")

    async def of(name: str) -> JobSummary | None:
        try:
            job: JobSummary = await provider.job(name)
        except NotFound:
            return None
        return job

    found = await asyncio.gather(*map(of, names))
    return {job.name: job for job in found if job is not None}
