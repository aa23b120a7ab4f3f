"""What failures cost and how fast they were mended, kept while incidents come and change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from api_client.models.event import Incident
from api_client.models.job import JobSummary
from console.analysis.goodput import Losses, losses


@dataclass(frozen=True, slots=True)
class _Part:
    """What one incident adds; milliseconds, so that what is added can be taken away exactly."""

    lost: int = 0
    waited: int = 0
    unknown: int = 0
    detect: int | None = None
    recover: int | None = None


class _Mean:
    def __init__(self) -> None:
        self._sum = self._count = 0

    def add(self, value: int | None, sign: int) -> None:
        if value is not None:
            self._sum += sign * value
            self._count += sign

    @property
    def time(self) -> timedelta | None:
        return timedelta(milliseconds=self._sum / self._count) if self._count else None


class FailureTally:
    """Sums over the incidents of the jobs that are known; the others wait until theirs is."""

    def __init__(self) -> None:
        self.failures = 0
        self.unknown_losses = 0
        """Incidents whose loss is not known, so that the effective share is too good."""
        self._lost = self._waited = 0
        self._detect, self._recover = _Mean(), _Mean()
        self._jobs: Mapping[str, JobSummary] = {}
        self._parts: dict[str, _Part] = {}
        self._waiting: dict[str, Incident] = {}

    def know(self, jobs: Mapping[str, JobSummary]) -> None:
        """These are the jobs now; incidents that waited for theirs are counted."""
        self._jobs = jobs
        found = [each for each in self._waiting.values() if each.job in jobs]
        for incident in found:
            del self._waiting[incident.id]
            self.put(incident)

    def put(self, incident: Incident) -> None:
        """Count an incident."""
        job = self._jobs.get(incident.job)
        if job is None:
            self._waiting[incident.id] = incident
            return
        part = self._parts[incident.id] = _part_of(incident, job)
        self._add(part, 1)

    def take(self, incident: Incident) -> None:
        """Stop counting it as it was."""
        self._waiting.pop(incident.id, None)
        part = self._parts.pop(incident.id, None)
        if part is not None:
            self._add(part, -1)

    def _add(self, part: _Part, sign: int) -> None:
        self.failures += sign
        self.unknown_losses += sign * part.unknown
        self._lost += sign * part.lost
        self._waited += sign * part.waited
        self._detect.add(part.detect, sign)
        self._recover.add(part.recover, sign)

    @property
    def losses(self) -> Losses:
        """Accelerator-seconds lost, and wanted while nothing was held."""
        return Losses(self._lost / 1000, self._waited / 1000)

    @property
    def to_detect(self) -> timedelta | None:
        """Mean time from a failure to its detection."""
        return self._detect.time

    @property
    def to_recover(self) -> timedelta | None:
        """Mean time from a failure to the first new step."""
        return self._recover.time


def _part_of(incident: Incident, job: JobSummary) -> _Part:
    loss = losses({job.name: job}, (incident,))
    return _Part(
        lost=round(loss.lost * 1000),
        waited=round(loss.waited * 1000),
        unknown=int(incident.lost_accelerator_seconds is None),
        detect=_milliseconds(incident.time_to_detect),
        recover=_milliseconds(incident.time_to_recover),
    )


def _milliseconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds() * 1000)
