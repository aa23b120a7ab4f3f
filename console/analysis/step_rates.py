"""How long a step of a job takes, from what the job says or from its checkpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from api_client.models.event import Event, EventReason
from api_client.models.job import JobSummary
from console.analysis.event_fields import integer


def seconds_per_step(story: Iterable[Event], job: JobSummary | None) -> float | None:
    """Seconds a step takes; `None` where neither the job nor its checkpoints tell."""
    rate = job.progress.steps_per_second if job is not None else None
    return 1 / rate if rate is not None and rate > 0 else _between_checkpoints(story)


def _between_checkpoints(story: Iterable[Event]) -> float | None:
    """From the longest run of checkpoints within one attempt."""
    marks: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
    for event in story:
        if event.reason == EventReason.CHECKPOINT_SAVED:
            step = integer(event, "step")
            step = integer(event, "checkpoint_step") if step is None else step
            attempt = integer(event, "attempt")
            if step is not None and attempt is not None:
                marks[attempt].append((event.time.timestamp(), step))
    best: tuple[int, float] | None = None
    for points in marks.values():
        (start, first), (end, last) = min(points), max(points)
        if last > first and end > start and (best is None or last - first > best[0]):
            best = (last - first, (end - start) / (last - first))
    return best[1] if best else None
