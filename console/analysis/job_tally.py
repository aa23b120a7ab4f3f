"""How many jobs run, wait, ended lately, kept while jobs change."""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections import Counter
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from api_client.models.job import JobState, JobSummary

FEW = 8
"""So many new ends are put in their places one by one; more are sorted in together."""


class JobTally:
    """Counts of jobs by state, when jobs ended, and which has waited longest and says why."""

    def __init__(self) -> None:
        self.states: Counter[JobState] = Counter()
        """How many jobs are in each state now."""
        self._milliseconds = self._running = 0
        self._ends: dict[JobState, array[float]] = {}
        self._new_ends: dict[JobState, list[float]] = {}
        self._waiting: dict[str, JobSummary] = {}
        self._oldest: list[tuple[datetime, str]] = []

    def put(self, job: JobSummary) -> None:
        """Count a job."""
        self.states[job.state] += 1
        self._milliseconds += round(job.accelerator_seconds * 1000)
        self._running += _running_milliseconds(job)
        if job.ended is not None:
            self._new_ends.setdefault(job.state, []).append(job.ended.timestamp())
        if job.state is JobState.QUEUED and job.reason:
            self._waiting[job.uid] = job
            heappush(self._oldest, (job.created, job.uid))

    def take(self, job: JobSummary) -> None:
        """Stop counting it as it was."""
        self.states[job.state] -= 1
        self._milliseconds -= round(job.accelerator_seconds * 1000)
        self._running -= _running_milliseconds(job)
        if job.ended is not None:
            ends = self._settled(job.state)
            del ends[bisect_left(ends, job.ended.timestamp())]
        if self._waiting.get(job.uid) is job:
            del self._waiting[job.uid]

    @property
    def accelerator_seconds(self) -> float:
        """Allocated so far by all of them."""
        return self._milliseconds / 1000

    @property
    def running_seconds(self) -> float:
        """How long whole gangs were held so far, of all of them together."""
        return self._running / 1000

    def ended_since(self, state: JobState, moment: datetime) -> int:
        """How many jobs of a state ended at that moment or later."""
        ends = self._settled(state)
        return len(ends) - bisect_left(ends, moment.timestamp())

    def ended_within(self, state: JobState, now: datetime, length: timedelta) -> int:
        """How many jobs of a state ended not longer ago than that."""
        return self.ended_since(state, now - length)

    def _settled(self, state: JobState) -> array[float]:
        """The moments jobs of a state ended, in order."""
        ends, new = self._ends.setdefault(state, array("d")), self._new_ends.pop(state, [])
        if len(new) <= FEW:
            for each in new:
                insort(ends, each)
        else:
            # Two sorted runs after each other are merged in one pass.
            ends[:] = array("d", sorted([*ends, *sorted(new)]))
        return ends

    @property
    def longest_waiting(self) -> JobSummary | None:
        """The oldest job that waits and says why."""
        heap = self._oldest
        if len(heap) > 2 * len(self._waiting) + FEW:
            heap[:] = [(job.created, uid) for uid, job in self._waiting.items()]
            heapify(heap)
        while heap:
            created, uid = heap[0]
            job = self._waiting.get(uid)
            if job is not None and job.created == created:
                return job
            heappop(heap)
        return None


def _running_milliseconds(job: JobSummary) -> int:
    held = job.accelerators
    return round(job.accelerator_seconds * 1000 / held) if held else 0
