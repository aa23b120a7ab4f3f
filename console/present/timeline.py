"""A job's life on one time axis: states by attempt, slots held, and the marks upon it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from api_client.models.event import Event, EventReason, Incident
from api_client.models.job import Allocation, JobState
from console.analysis.event_fields import integer, text
from console.present.context import PresentContext
from console.present.states import job_face
from console.present.table import Tone
from console.text import visible

_STATE_AFTER: Final = {
    EventReason.JOB_CREATED: JobState.QUEUED,
    EventReason.JOB_QUEUED: JobState.QUEUED,
    EventReason.JOB_STARTING: JobState.STARTING,
    EventReason.JOB_RUNNING: JobState.RUNNING,
    EventReason.FAILURE_DETECTED: JobState.RECOVERING,
    EventReason.TRAINING_RESUMED: JobState.RUNNING,
    EventReason.JOB_STOPPING: JobState.STOPPING,
    EventReason.JOB_STOPPED: JobState.STOPPED,
    EventReason.JOB_SUCCEEDED: JobState.SUCCEEDED,
    EventReason.JOB_FAILED: JobState.FAILED,
}


class MarkKind(StrEnum):
    """What stands on the axis; the words are glyph names."""

    CHECKPOINT = "checkpoint"
    FAILURE = "failed"
    RESTART = "restart"
    RESUMED = "resumed"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in one state. `end` is the timeline's end while `open`."""

    start: datetime
    end: datetime
    state: JobState
    attempt: int
    word: str
    tone: Tone
    open: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment worth seeing."""

    time: datetime
    kind: MarkKind
    text: str
    tone: Tone
    incident: str = ""
    """The incident's id, where the mark is one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Slots one rank held on a node."""

    start: datetime
    end: datetime
    rank: int
    attempt: int
    node: str
    accelerators: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything a widget draws, in order of time."""

    start: datetime
    end: datetime
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...]
    holds: tuple[Hold, ...]

    def column(self, moment: datetime, width: int) -> int:
        """The column of a moment among `width`, within 0..width-1."""
        length = (self.end - self.start).total_seconds()
        if length <= 0 or width <= 1:
            return 0
        share = (moment - self.start).total_seconds() / length
        return min(width - 1, max(0, int(share * width)))

    def states(self, width: int) -> tuple[Span | None, ...]:
        """The span of each column; where several meet in one, the gravest is seen."""
        drawn: list[Span | None] = [None] * width
        for span in sorted(self.spans, key=lambda span: _GRAVITY[span.state]):
            first, last = self.column(span.start, width), self.column(span.end, width)
            for column in range(first, max(first + 1, last + (span.end >= self.end))):
                drawn[column] = span
        return tuple(drawn)


_GRAVITY: Final = {
    JobState.UNKNOWN: 0,
    JobState.QUEUED: 1,
    JobState.STARTING: 2,
    JobState.RUNNING: 3,
    JobState.STOPPING: 4,
    JobState.STOPPED: 5,
    JobState.SUCCEEDED: 6,
    JobState.FAILED: 7,
    JobState.RECOVERING: 8,
}


def timeline(
    events: Iterable[Event],
    ctx: PresentContext,
    *,
    allocations: Sequence[Allocation] = (),
    incidents: Sequence[Incident] = (),
) -> Timeline | None:
    """The life of one job up to `ctx.now` or its end; `None` where nothing is known of it."""
    story = sorted({event.id: event for event in events}.values(), key=lambda e: (e.time, e.id))
    moments = [event.time for event in story] + [hold.start for hold in allocations]
    if not moments:
        return None
    states = _states(story)
    over = bool(states) and states[-1][1].ended
    end = max([*moments, states[-1][0]]) if over else max([*moments, ctx.now])
    return Timeline(
        start=min(moments),
        end=end,
        spans=_spans(states, end, ctx),
        marks=_marks(story, incidents, ctx),
        holds=tuple(_hold(allocation, end) for allocation in allocations),
    )


def _states(story: Iterable[Event]) -> list[tuple[datetime, JobState, int]]:
    """Changes of state with the attempt they belong to."""
    changes: list[tuple[datetime, JobState, int]] = []
    attempt = 0
    for event in story:
        said = integer(event, "attempt")
        attempt = max(attempt, said) if said is not None else attempt
        state = _STATE_AFTER.get(event.reason)
        if state is None:
            continue
        last = changes[-1] if changes else None
        # A recovery runs through queue and start; it is one stretch until training goes on.
        if last and last[1] is JobState.RECOVERING:
            if state in (JobState.QUEUED, JobState.STARTING):
                continue
        if last is None or (last[1], last[2]) != (state, attempt):
            changes.append((event.time, state, attempt))
    return changes


def _spans(
    changes: Sequence[tuple[datetime, JobState, int]], end: datetime, ctx: PresentContext
) -> tuple[Span, ...]:
    spans = []
    for index, (start, state, attempt) in enumerate(changes):
        following = changes[index + 1][0] if index + 1 < len(changes) else None
        face = job_face(state, ctx)
        still = following is None and not state.ended
        spans.append(Span(start, following or end, state, attempt, face.word, face.tone, still))
    return tuple(spans)


def _marks(
    story: Iterable[Event], incidents: Sequence[Incident], ctx: PresentContext
) -> tuple[Mark, ...]:
    marks = [mark for event in story if (mark := _mark(event, bool(incidents), ctx))]
    for incident in incidents:
        moment = incident.happened or incident.detected
        if moment is not None:
            said = ctx.t("facts.mark.failure", cause=visible(incident.cause))
            marks.append(Mark(moment, MarkKind.FAILURE, said, Tone.FAILED, incident.id))
    return tuple(sorted(marks, key=lambda mark: mark.time))


def _mark(event: Event, with_incidents: bool, ctx: PresentContext) -> Mark | None:
    reason, time = event.reason, event.time
    if reason == EventReason.CHECKPOINT_SAVED:
        step = integer(event, "step")
        step = integer(event, "checkpoint_step") if step is None else step
        key = "facts.mark.checkpoint" if step is not None else "facts.mark.checkpoint_unnamed"
        return Mark(time, MarkKind.CHECKPOINT, ctx.t(key, step=step), Tone.ACCENT)
    if reason == EventReason.FAILURE_DETECTED and not with_incidents:
        cause = visible(text(event, "cause") or event.message)
        return Mark(time, MarkKind.FAILURE, ctx.t("facts.mark.failure", cause=cause), Tone.FAILED)
    if reason == EventReason.CHECKPOINT_RESTORED:
        attempt = text(event, "attempt")
        said = ctx.t("facts.mark.restart", attempt=visible(attempt))
        return Mark(time, MarkKind.RESTART, said, Tone.RECOVERING)
    if reason == EventReason.TRAINING_RESUMED:
        return Mark(time, MarkKind.RESUMED, ctx.t("facts.mark.resumed"), Tone.OK)
    ends = {
        EventReason.JOB_SUCCEEDED: MarkKind.SUCCEEDED,
        EventReason.JOB_STOPPED: MarkKind.STOPPED,
        EventReason.JOB_FAILED: MarkKind.FAILURE,
    }
    if reason not in ends:
        return None
    face = job_face(_STATE_AFTER[reason], ctx)
    return Mark(time, ends[reason], face.word, face.tone)


def _hold(allocation: Allocation, end: datetime) -> Hold:
    return Hold(
        allocation.start,
        allocation.end or max(end, allocation.start),
        allocation.rank,
        allocation.attempt,
        allocation.node,
        allocation.accelerators,
    )
