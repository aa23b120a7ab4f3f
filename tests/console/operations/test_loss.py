"""What stopping, restarting and draining say of the work they throw away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api_client.models.billing import PriceList
from api_client.models.job import JobState, JobSummary, Progress
from console.operations.loss import evictions, loss_effects
from console.text import Translator
from tests.console.analysis.stories import PRICES, a_job, at

NOW = at(60)


def said(
    job: JobSummary, prices: PriceList | None = PRICES, now: datetime = NOW, **how: Any
) -> list[str]:
    return [Translator("en").say(each) for each in loss_effects(job, prices, now, **how)]


def test_steps_time_and_money_since_the_checkpoint() -> None:
    assert said(a_job()) == [
        "20 steps since the checkpoint at step 100 are lost.",
        "That is 1m 10s on 16 accelerators, about 11.20 CNY.",
    ]


def test_an_attempt_younger_than_its_checkpoint_has_worked_less() -> None:
    assert "That is 30s on 16 accelerators." in said(a_job(started=at(30)), None)


def test_without_a_checkpoint_all_time_since_the_start_counts() -> None:
    job = a_job(progress=Progress(step=120, updated=at(0)))
    assert said(job, None) == [
        "It has no checkpoint: everything since the start is lost.",
        "That is 8m 20s on 16 accelerators.",
    ]


def test_restarting_from_nothing_loses_what_a_checkpoint_would_have_kept() -> None:
    assert said(a_job(), None, from_checkpoint=False) == [
        "Its checkpoints are not used: everything since the start is lost.",
        "That is 8m 20s on 16 accelerators.",
    ]


def test_a_checkpoint_whose_step_nobody_knows_still_bounds_the_time() -> None:
    assert said(a_job(progress=Progress(checkpoint_time=at(0))), None) == [
        "What ran since its last checkpoint is lost.",
        "That is 1m on 16 accelerators.",
    ]


def test_a_silent_job_loses_nobody_knows_what() -> None:
    assert said(a_job(progress=Progress())) == [
        "What it loses is not known: it tells neither steps nor checkpoints."
    ]


def test_a_job_that_runs_nowhere_loses_nothing() -> None:
    nowhere = "No worker of it runs: no work is lost."
    assert said(a_job(state=JobState.QUEUED, nodes=(), progress=Progress())) == [nowhere]
    assert said(a_job(state=JobState.RECOVERING, nodes=())) == [nowhere]
    starting = a_job(state=JobState.STARTING, started=None, progress=Progress())
    assert said(starting) == [nowhere]


def test_draining_names_each_job_that_runs_and_what_it_repeats() -> None:
    jobs = [
        a_job(),
        a_job("bare", progress=Progress(step=5)),
        a_job("silent", progress=Progress()),
        a_job("queued", state=JobState.QUEUED, nodes=()),
    ]
    assert [Translator("en").say(each) for each in evictions(jobs, PRICES, NOW)] == [
        "Job demo of ada is stopped and started elsewhere; "
        "it repeats 1m 10s (≈ 11.20 CNY) of work.",
        "Job bare of ada is stopped and started elsewhere; "
        "without a checkpoint it repeats everything, 8m 20s (≈ 80.00 CNY) of work.",
        "Job silent of ada is stopped and started elsewhere; what it repeats is not known.",
    ]
    assert [each.key for each in evictions(jobs[3:], None, NOW)] == ["operation.effect.no_jobs"]
