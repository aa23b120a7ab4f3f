"""A job's life: stretches by state and attempt, marks, slots."""

from __future__ import annotations

from dataclasses import replace

from api_client.models.event import EventReason
from api_client.models.job import Allocation, JobState
from console.analysis.recovery import incidents
from console.present.timeline import MarkKind, timeline
from tests.console.analysis.stories import Story, at
from tests.console.present.contexts import context

CTX = context()


def _life() -> Story:
    story = Story()
    story.tell(0, EventReason.JOB_CREATED).tell(1, EventReason.JOB_STARTING, attempt=0)
    story.tell(2, EventReason.JOB_RUNNING, attempt=0)
    story.tell(6, EventReason.CHECKPOINT_SAVED, attempt=0, step=100)
    story.fails(10, 0).tell(11, EventReason.JOB_STARTING, attempt=1).recovers(11, 1)
    return story.tell(40, EventReason.JOB_SUCCEEDED)


def test_stretches_follow_each_other_without_holes() -> None:
    life = timeline(_life().events, CTX)
    assert life is not None
    assert [(span.state, span.attempt) for span in life.spans] == [
        (JobState.QUEUED, 0),
        (JobState.STARTING, 0),
        (JobState.RUNNING, 0),
        (JobState.RECOVERING, 0),
        (JobState.RUNNING, 1),
        (JobState.SUCCEEDED, 1),
    ]
    for span, following in zip(life.spans, life.spans[1:], strict=False):
        assert span.end == following.start
    assert (life.start, life.end) == (at(0), at(40))


def test_marks_in_order_of_time() -> None:
    story = _life()
    life = timeline(story.events, CTX, incidents=incidents(story.events))
    assert life is not None
    assert [mark.kind for mark in life.marks] == [
        MarkKind.CHECKPOINT,
        MarkKind.FAILURE,
        MarkKind.RESTART,
        MarkKind.RESUMED,
        MarkKind.SUCCEEDED,
    ]
    failure = life.marks[1]
    assert (failure.time, failure.incident) == (at(8), "demo-0")
    assert failure.text == "failure: no heartbeat"


def test_a_job_that_runs_lasts_until_now() -> None:
    story = Story().tell(0, EventReason.JOB_CREATED).tell(5, EventReason.JOB_RUNNING, attempt=0)
    held = Allocation(id="a", attempt=0, rank=0, node="node-1", accelerators=8, start=at(4))
    life = timeline(story.events, CTX, allocations=[held])
    assert life is not None
    assert life.end == CTX.now
    assert life.spans[-1].open
    assert life.holds[0].end == CTX.now


def test_nothing_known_is_no_timeline() -> None:
    assert timeline([], CTX) is None


def test_a_short_recovery_is_seen_in_few_columns() -> None:
    life = timeline(_life().events, CTX)
    assert life is not None
    states = [span.state if span else None for span in life.states(8)]
    assert JobState.RECOVERING in states
    assert None not in states
    assert life.column(at(-5), 8) == 0
    assert life.column(at(99), 8) == 7


def test_words_follow_the_language() -> None:
    life = timeline(_life().events, replace(CTX, translator=context("zh_CN").translator))
    assert life is not None
    assert life.spans[3].word == "恢复中"
    assert life.marks[0].text == "第 100 步检查点"
