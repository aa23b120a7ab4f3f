"""How much of the held and wanted accelerator time brought jobs forward, and how fast failures
are noticed and mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean

from api_client.models.event import Incident
from api_client.models.job import JobSummary
from api_client.models.scalars import span


@dataclass(frozen=True, slots=True)
class Goodput:
    """Figures over a set of jobs; `None` where nothing allows to say.

    Attributes:
        failures: incidents counted.
        accelerator_seconds: allocated in all.
        lost_accelerator_seconds: of the incidents whose loss is known.
        unknown_losses: incidents whose loss is not known, so that the share is too good.
        effective_share: 0..1, advancing time over the time accelerators were held or wanted.
        between_failures: mean running time from one failure to the next.
        to_detect: mean time from a failure to its detection.
        to_recover: mean time from a failure to the first new step.
    """

    jobs: int
    failures: int
    accelerator_seconds: int | float
    lost_accelerator_seconds: float
    unknown_losses: int
    effective_share: float | None
    between_failures: timedelta | None
    to_detect: timedelta | None
    to_recover: timedelta | None


def goodput(jobs: Iterable[JobSummary], incidents: Iterable[Incident]) -> Goodput:
    """The figures of these jobs; incidents of other jobs are left out."""
    by_name = {job.name: job for job in jobs}
    ours = [incident for incident in incidents if incident.job in by_name]
    allocated = sum(job.accelerator_seconds for job in by_name.values())
    running = sum(_running_seconds(job) for job in by_name.values())
    loss = losses(by_name, ours)
    return Goodput(
        jobs=len(by_name),
        failures=len(ours),
        accelerator_seconds=allocated,
        lost_accelerator_seconds=loss.lost,
        unknown_losses=sum(incident.lost_accelerator_seconds is None for incident in ours),
        effective_share=loss.effective_share(allocated),
        between_failures=span(running / len(ours)) if ours and running else None,
        to_detect=_mean([incident.time_to_detect for incident in ours]),
        to_recover=_mean([incident.time_to_recover for incident in ours]),
    )


@dataclass(frozen=True, slots=True)
class Losses:
    """Accelerator-seconds lost to failures, and wanted while nothing was held."""

    lost: float = 0.0
    waited: float = 0.0

    def effective_share(self, allocated: float) -> float | None:
        """Advancing time over the time accelerators were held or wanted; `None` of nothing."""
        wanted = allocated + self.waited
        return min(1.0, max(0.0, (wanted - self.lost) / wanted)) if wanted else None


def losses(jobs: Mapping[str, JobSummary], incidents: Iterable[Incident]) -> Losses:
    """What the incidents of these jobs cost; incidents of other jobs are left out."""
    lost = waited = 0.0
    for incident in incidents:
        job = jobs.get(incident.job)
        if job is not None:
            lost += incident.lost_accelerator_seconds or 0.0
            waited += _unheld_seconds(incident, job)
    return Losses(lost, waited)


def _running_seconds(job: JobSummary) -> float:
    """Seconds the whole gang was held."""
    return job.accelerator_seconds / job.accelerators if job.accelerators else 0.0


def _unheld_seconds(incident: Incident, job: JobSummary) -> float:
    """Accelerator-seconds of a loss in which the gang was stopped and held nothing."""
    if incident.isolated is None or incident.lost_accelerator_seconds is None:
        return 0.0
    until = incident.rescheduled
    if until is None:
        return 0.0
    waited = max(0.0, (until - incident.isolated).total_seconds())
    return min(incident.lost_accelerator_seconds, waited * job.accelerators)


def _mean(times: Sequence[timedelta | None]) -> timedelta | None:
    known = [time.total_seconds() for time in times if time is not None]
    return span(fmean(known)) if known else None
