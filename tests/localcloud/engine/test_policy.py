from __future__ import annotations

import pytest

from api_client.models.event import FailureCategory, RecoveryAction
from api_client.models.job import FailureAction, FailureRule, JobSpec
from localcloud.engine.policy import Failure, decide, exit_sentence, pause_seconds
from localcloud.engine.settings import CloudSettings


def spec(*rules: FailureRule, backoff_limit: int = 3) -> JobSpec:
    return JobSpec(name="j", command="true", rules=rules, backoff_limit=backoff_limit)


def exited(code: int) -> Failure:
    return Failure(FailureCategory.PROCESS, "it exited", code)


LOST = Failure(FailureCategory.NODE, "node-1 failed")


def test_without_a_rule_the_job_restarts_and_counts() -> None:
    decision = decide(spec(), exited(1), 0)
    assert (decision.action, decision.counts) == (FailureAction.RESTART_JOB, True)
    assert decision.recovery is RecoveryAction.RESTART_JOB


def test_the_first_matching_rule_decides() -> None:
    rules = (
        FailureRule(exit_codes="1,5-7", action=FailureAction.RESTART_WORKER),
        FailureRule(action=FailureAction.FAIL_JOB),
    )
    assert decide(spec(*rules), exited(6), 0).action is FailureAction.RESTART_WORKER
    assert decide(spec(*rules), exited(8), 0).action is FailureAction.FAIL_JOB


@pytest.mark.parametrize(
    ("limit", "used", "exhausted"), [(0, 0, True), (2, 1, False), (2, 2, True), (-1, 999, False)]
)
def test_backoff_limit(limit: int, used: int, exhausted: bool) -> None:
    decision = decide(spec(backoff_limit=limit), exited(1), used)
    assert decision.exhausted is exhausted
    assert (decision.action is FailureAction.FAIL_JOB) is exhausted


def test_a_lost_node_never_uses_up_the_limit() -> None:
    decision = decide(spec(FailureRule(action=FailureAction.FAIL_JOB), backoff_limit=0), LOST, 0)
    assert (decision.action, decision.counts) == (FailureAction.RESTART_JOB, False)
    assert decision.recovery is RecoveryAction.ISOLATE_NODE_RESTART_JOB


def test_a_worker_cannot_return_to_a_node_that_is_taken_out() -> None:
    rule = FailureRule(
        exit_codes="9", action=FailureAction.RESTART_WORKER, mark_node_unschedulable=True
    )
    decision = decide(spec(rule), exited(9), 0)
    assert (decision.action, decision.cordon) == (FailureAction.RESTART_JOB, True)


def test_pauses_double_up_to_a_minute() -> None:
    pauses = [pause_seconds(CloudSettings(), n) for n in (1, 2, 3, 7, 500)]
    assert pauses == [1, 2, 4, 60, 60]


@pytest.mark.parametrize(
    ("code", "signal", "expected"),
    [
        (127, None, "exited with code 127: command not found; its log ends with “sh: no”"),
        (126, None, "exited with code 126: not executable; its log ends with “sh: no”"),
        (137, 9, "ended by SIGKILL (exit code 137)"),
    ],
)
def test_ends_in_words(code: int, signal: int | None, expected: str) -> None:
    assert exit_sentence(code, signal, "", "sh: no") == expected
