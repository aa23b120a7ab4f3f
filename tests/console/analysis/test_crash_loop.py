"""Incidents of a job whose attempts fail as soon as they start: `no-such-command`, four times.

The moments are those of a real run, in seconds: an attempt that ends within one heartbeat is
reported as running and as failed in the same millisecond.
"""

from __future__ import annotations

from datetime import timedelta

from api_client.models.event import EventReason, IncidentOutcome, RecoveryAction
from console.analysis.recovery import incidents
from tests.console.analysis.stories import Story, at

ROUNDS = (
    (1.399, 1.651, 2.407, 2.660),
    (2.661, 2.914, 4.675, 4.928),
    (4.928, 5.180, 8.958, 9.212),
)
"""Detected, isolated, rescheduled, restored; the next attempt fails as it is restored."""


def crash_loop() -> Story:
    story = Story("broken")
    for attempt, (detected, isolated, rescheduled, restored) in enumerate(ROUNDS):
        fails_at_once(story, detected, attempt, "RESTART_JOB")
        story.tell(isolated, EventReason.GANG_ISOLATED, attempt=attempt)
        story.tell(rescheduled, EventReason.GANG_RESCHEDULED, attempt=attempt + 1)
        story.tell(
            restored, EventReason.CHECKPOINT_RESTORED, attempt=attempt + 1, checkpoint_step=None
        )
    fails_at_once(story, 9.212, 3, "FAIL_JOB")
    story.tell(9.212, EventReason.RECOVERY_FAILED, attempt=3, cause="backoff limit 3 is used up")
    return story.tell(9.465, EventReason.JOB_FAILED, attempt=3, exit_code=127)


def fails_at_once(story: Story, seconds: float, attempt: int, action: str) -> None:
    story.fails(
        seconds,
        attempt,
        category="PROCESS",
        exit_code=127,
        failed_step=None,
        checkpoint_step=None,
        happened=None,
        action=action,
    )


def test_each_failure_has_the_phases_of_its_own_recovery() -> None:
    found = incidents(crash_loop().events)
    assert [incident.id for incident in found] == ["broken-3", "broken-2", "broken-1", "broken-0"]
    for incident, (detected, isolated, rescheduled, restored) in zip(
        reversed(found[1:]), ROUNDS, strict=True
    ):
        assert incident.detected == at(detected)
        assert incident.isolated == at(isolated)
        assert incident.rescheduled == at(rescheduled)
        assert incident.restored == at(restored)
        assert incident.time_to_restore is not None
        assert incident.time_to_restore > timedelta(0)


def test_the_failure_that_ended_the_job_has_no_phase_of_an_earlier_one() -> None:
    last = incidents(crash_loop().events)[0]
    assert last.action is RecoveryAction.FAIL_JOB
    assert last.outcome is IncidentOutcome.FAILED
    assert (last.isolated, last.rescheduled, last.restored) == (None, None, None)


def test_a_job_without_steps_came_back_each_time_its_workers_ran() -> None:
    outcomes = [incident.outcome for incident in reversed(incidents(crash_loop().events))]
    assert outcomes == [IncidentOutcome.RECOVERED] * 3 + [IncidentOutcome.FAILED]


def test_a_job_with_steps_that_made_none_did_not_come_back() -> None:
    story = Story().fails(10, 0).recovers(11, 1, step=None).fails(13, 1)
    story.tell(13, EventReason.RECOVERY_FAILED, attempt=1)
    assert [incident.outcome for incident in incidents(story.events)] == [
        IncidentOutcome.FAILED,
        IncidentOutcome.FAILED,
    ]


def test_a_restart_told_after_the_failure_of_the_new_attempt_is_still_of_the_old_one() -> None:
    story = Story().fails(10, 0).tell(11, EventReason.GANG_ISOLATED, attempt=0)
    story.tell(12, EventReason.GANG_RESCHEDULED, attempt=1).fails(13, 1)
    story.tell(13.1, EventReason.CHECKPOINT_RESTORED, attempt=1)
    second, first = incidents(story.events)
    assert (first.restored, second.restored) == (at(13.1), None)


def test_a_rank_restarted_as_it_is_restored_keeps_the_first_recovery_apart() -> None:
    story = Story().fails(10, 0).tell(11, EventReason.GANG_ISOLATED, attempt=0)
    story.tell(12, EventReason.GANG_RESCHEDULED, attempt=1)
    story.tell(13, EventReason.CHECKPOINT_RESTORED, attempt=1)
    story.fails(13, 1, rank=1, action="RESTART_WORKER")
    story.tell(15, EventReason.CHECKPOINT_RESTORED, attempt=1)
    second, first = incidents(story.events)
    assert (first.restored, second.restored) == (at(13), at(15))


def test_stopping_a_job_without_steps_after_it_came_back_changes_nothing() -> None:
    story = Story().fails(10, 0, failed_step=None, checkpoint_step=None)
    story.recovers(11, 1, step=None).tell(60, EventReason.JOB_STOPPED)
    (incident,) = incidents(story.events)
    assert incident.outcome is IncidentOutcome.RECOVERED
