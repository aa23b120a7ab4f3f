"""Incidents from events: complete, cut short, repeated, out of order, missing."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_client.models.event import (
    EventReason,
    FailureCategory,
    IncidentOutcome,
    RecoveryAction,
)
from api_client.models.job import Progress
from console.analysis.recovery import incidents
from tests.console.analysis.stories import PRICES, Story, a_job, at


def test_a_lost_node_and_the_way_back() -> None:
    story = Story().fails(10, 0).recovers(11, 1)
    (incident,) = incidents(story.events, prices=PRICES, jobs={"demo": a_job()})
    assert incident.id == "demo-0"
    assert incident.category is FailureCategory.NODE
    assert incident.action is RecoveryAction.ISOLATE_NODE_RESTART_JOB
    assert incident.outcome is IncidentOutcome.RECOVERED
    assert incident.nodes == ("node-1",)
    assert (incident.happened, incident.detected) == (at(8), at(10))
    assert (incident.isolated, incident.rescheduled) == (at(11), at(12))
    assert (incident.restored, incident.resumed) == (at(13), at(14))
    assert incident.time_to_detect == timedelta(seconds=2)
    assert incident.time_to_recover == timedelta(seconds=6)
    assert incident.lost_steps == 20
    # Six seconds of waiting and twenty steps of half a second, by sixteen accelerators.
    assert incident.lost_accelerator_seconds == 16 * (6 + 10)
    assert incident.lost_money is not None
    assert incident.lost_money.amount == Decimal("2.56")
    assert incident.lost_money.currency == "CNY"


def test_an_open_incident_loses_time_until_now_where_now_is_said() -> None:
    story = Story().fails(10, 0).tell(11, EventReason.GANG_ISOLATED, attempt=0)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.RECOVERING
    assert incident.lost_accelerator_seconds is None
    (incident,) = incidents(story.events, now=at(28))
    assert incident.lost_accelerator_seconds == 16 * 20


def test_a_failure_that_ends_the_job() -> None:
    story = Story().fails(10, 2, action=None, category="PROCESS", exit_code=7, rank=3)
    story.tell(11, EventReason.RECOVERY_FAILED, attempt=2, cause="backoff limit reached")
    story.tell(11, EventReason.JOB_FAILED)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.FAILED
    assert incident.action is RecoveryAction.FAIL_JOB
    assert (incident.exit_code, incident.rank) == (7, 3)
    assert incident.lost_accelerator_seconds == 16 * 3


def test_a_person_stops_the_job_before_it_came_back() -> None:
    story = Story().fails(10, 0).tell(12, EventReason.JOB_STOPPED)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.STOPPED


def test_stopping_after_the_recovery_changes_nothing() -> None:
    story = Story().fails(10, 0).recovers(11, 1).tell(60, EventReason.JOB_STOPPED)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.RECOVERED


def test_a_restart_by_a_person_is_not_the_recovery() -> None:
    story = Story().fails(10, 0).tell(12, EventReason.JOB_FAILED)
    story.tell(50, EventReason.JOB_RESTART_REQUESTED).recovers(51, 1)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.FAILED
    assert incident.resumed is None
    assert incident.lost_accelerator_seconds == 16 * 4


def test_several_failures_in_a_row_count_each_second_once() -> None:
    story = Story().fails(10, 0).recovers(11, 1, step=None)
    story.fails(20, 1, node="node-2").recovers(21, 2)
    second, first = incidents(story.events)
    assert (first.id, second.id) == ("demo-0", "demo-1")
    assert (first.nodes, second.nodes) == (("node-1",), ("node-2",))
    assert first.resumed is None
    assert first.outcome is second.outcome is IncidentOutcome.RECOVERED
    assert first.lost_accelerator_seconds == 16 * 10
    assert second.lost_accelerator_seconds == 16 * 6
    # No step was made between the two: the same twenty steps are repeated once.
    assert (first.lost_steps, second.lost_steps) == (20, 0)


def test_failures_with_training_between_are_separate() -> None:
    story = Story().fails(10, 0).recovers(11, 1)
    story.fails(100, 1, failed_step=250, checkpoint_step=200)
    story.recovers(101, 2, step=201, checkpoint=200)
    second, first = incidents(story.events)
    assert (first.lost_steps, second.lost_steps) == (20, 50)
    assert second.resumed == at(104)


def test_two_ranks_dying_of_one_thing_are_one_incident() -> None:
    story = Story().fails(10, 0, rank=0).fails(10.2, 0, rank=1, node="node-2").recovers(11, 1)
    (incident,) = incidents(story.events)
    assert incident.rank == 0
    assert incident.nodes == ("node-1", "node-2")


def test_one_rank_restarted_twice_in_the_same_attempt() -> None:
    story = Story()
    for seconds, rank in ((10, 0), (100, 1)):
        story.fails(seconds, 0, rank=rank, action="RESTART_WORKER", accelerators=8)
        story.tell(seconds + 1, EventReason.CHECKPOINT_RESTORED, attempt=1)
        story.tell(seconds + 2, EventReason.TRAINING_RESUMED, attempt=1, step=101)
    second, first = incidents(story.events)
    assert (first.id, second.id) == ("demo-0", "demo-0.2")
    assert (first.rank, second.rank) == (0, 1)
    assert (first.resumed, second.resumed) == (at(12), at(102))
    assert second.action is RecoveryAction.RESTART_WORKER


def test_a_rank_restarted_in_a_later_attempt_keeps_that_attempt() -> None:
    story = Story().fails(10, 0).recovers(11, 1)
    story.fails(100, 1, rank=1, action="RESTART_WORKER")
    story.tell(101, EventReason.GANG_ISOLATED, attempt=1)
    story.tell(102, EventReason.GANG_RESCHEDULED, attempt=1)
    story.tell(103, EventReason.CHECKPOINT_RESTORED, attempt=1)
    story.tell(104, EventReason.TRAINING_RESUMED, attempt=1, step=101)
    second, first = incidents(story.events)
    assert (first.isolated, first.rescheduled, first.resumed) == (at(11), at(12), at(14))
    assert (second.isolated, second.rescheduled, second.resumed) == (at(101), at(102), at(104))


def test_a_rank_that_dies_again_before_its_first_step_is_a_second_failure() -> None:
    story = Story()
    for seconds in (10, 20):
        story.fails(seconds, 0, rank=1, action="RESTART_WORKER")
        story.tell(seconds + 1, EventReason.CHECKPOINT_RESTORED, attempt=0)
    story.tell(22, EventReason.TRAINING_RESUMED, attempt=0, step=101)
    second, first = incidents(story.events)
    assert (first.id, second.id) == ("demo-0", "demo-0.2")
    assert (first.restored, first.resumed) == (at(11), None)
    assert (second.restored, second.resumed) == (at(21), at(22))


def test_a_job_without_steps_is_back_when_its_workers_run() -> None:
    story = Story().fails(10, 0, failed_step=None, checkpoint_step=None)
    story.recovers(11, 1, step=None)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.RECOVERED
    assert incident.lost_steps is None
    assert incident.lost_accelerator_seconds == 16 * 5


def test_missing_everything_but_the_failure() -> None:
    story = Story().tell(10, EventReason.FAILURE_DETECTED)
    (incident,) = incidents(story.events, prices=PRICES, now=at(20))
    assert incident.category is FailureCategory.UNKNOWN
    assert incident.lost_accelerator_seconds is None
    assert incident.lost_money is None
    (sized,) = incidents(story.events, prices=PRICES, jobs={"demo": a_job()}, now=at(20))
    assert sized.lost_accelerator_seconds == 160


def test_success_without_a_word_of_recovery_loses_an_unknown_time() -> None:
    story = Story().fails(10, 0).tell(500, EventReason.JOB_SUCCEEDED)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.RECOVERED
    assert incident.lost_accelerator_seconds is None


def test_phases_without_a_failure_are_no_incident() -> None:
    assert incidents(Story().recovers(11, 1).events) == ()


def test_words_of_a_newer_server_become_unknown() -> None:
    story = Story().fails(10, 0, category="GREMLINS", action="DANCE", happened="soon", rank="x")
    (incident,) = incidents(story.events)
    assert incident.category is FailureCategory.UNKNOWN
    assert incident.action is RecoveryAction.UNKNOWN
    assert incident.happened == incident.detected
    assert incident.rank is None


def test_without_a_checkpoint_the_first_new_step_bounds_the_loss() -> None:
    story = Story().fails(10, 0, checkpoint_step=None)
    story.tell(14, EventReason.TRAINING_RESUMED, attempt=1, step=1)
    (incident,) = incidents(story.events)
    assert incident.lost_steps == 119


def test_step_time_from_checkpoints_where_the_job_does_not_say() -> None:
    story = Story()
    story.tell(0, EventReason.CHECKPOINT_SAVED, attempt=0, step=80)
    story.tell(4, EventReason.CHECKPOINT_SAVED, attempt=0, step=100)
    story.fails(10, 0).recovers(11, 1)
    job = a_job(progress=Progress())
    (incident,) = incidents(story.events, jobs={"demo": job})
    assert incident.lost_accelerator_seconds == pytest.approx(16 * (6 + 20 * 0.2))


def test_a_spot_job_loses_spot_money() -> None:
    story = Story().fails(10, 0).recovers(11, 1)
    job = a_job(quota_type="SPOT", progress=Progress())
    (incident,) = incidents(story.events, prices=PRICES, jobs={"demo": job})
    assert incident.lost_money is not None
    assert incident.lost_money.amount == Decimal("0.24")


@given(st.randoms(use_true_random=False), st.integers(min_value=0, max_value=10))
def test_neither_order_nor_repetition_matters(dice: random.Random, repeats: int) -> None:
    story = Story().fails(10, 0).recovers(11, 1, step=None)
    story.fails(20, 1).recovers(21, 2).fails(90, 2, failed_step=300, checkpoint_step=300)
    story.tell(95, EventReason.RECOVERY_FAILED, attempt=2)
    other = Story("other").fails(15, 0).recovers(16, 1)
    told = story.events + other.events
    expected = incidents(told, prices=PRICES)
    assert len(expected) == 4
    mixed = told + [dice.choice(told) for _ in range(repeats)]
    dice.shuffle(mixed)
    assert incidents(mixed, prices=PRICES) == expected


@given(st.sets(st.integers(min_value=0, max_value=10)))
def test_any_events_may_be_missing(missing: set[int]) -> None:
    story = Story().fails(10, 0).recovers(11, 1).fails(20, 1).recovers(21, 2)
    story.tell(30, EventReason.JOB_SUCCEEDED)
    left = [event for index, event in enumerate(story.events) if index not in missing]
    for incident in incidents(left, prices=PRICES, now=at(40)):
        assert incident.detected is not None
        assert incident.lost_accelerator_seconds is None or incident.lost_accelerator_seconds >= 0


def test_a_checkpoint_saved_while_the_gang_was_stopped_counts() -> None:
    story = Story().fails(10, 0, failed_step=150, checkpoint_step=140)
    story.tell(11, EventReason.GANG_ISOLATED, attempt=0)
    story.tell(12, EventReason.GANG_RESCHEDULED, attempt=1)
    story.tell(13, EventReason.CHECKPOINT_RESTORED, attempt=1, checkpoint_step=148)
    story.tell(14, EventReason.TRAINING_RESUMED, attempt=1, step=149)
    (incident,) = incidents(story.events)
    assert (incident.checkpoint_step, incident.lost_steps) == (148, 2)
