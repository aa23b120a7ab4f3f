"""The share of time that brought jobs forward, and the means over failures."""

from __future__ import annotations

from datetime import timedelta

from console.analysis.goodput import goodput
from console.analysis.recovery import incidents
from tests.console.analysis.stories import Story, a_job


def test_nothing_known_is_nothing_said() -> None:
    figures = goodput([], [])
    assert figures.effective_share is None
    assert figures.between_failures is None
    assert figures.to_recover is None


def test_one_recovery() -> None:
    job = a_job(accelerator_seconds=16 * 500)
    found = incidents(Story().fails(10, 0).recovers(11, 1).events, jobs={"demo": job})
    figures = goodput([job], found)
    # Lost: six seconds and twenty half-second steps; one of the seconds held nothing.
    assert figures.lost_accelerator_seconds == 16 * 16
    assert figures.effective_share == (501 - 16) / 501
    assert figures.between_failures == timedelta(seconds=500)
    assert figures.to_detect == timedelta(seconds=2)
    assert figures.to_recover == timedelta(seconds=6)


def test_losses_nobody_knows_are_counted() -> None:
    job = a_job()
    figures = goodput([job], incidents(Story().fails(10, 0).events))
    assert (figures.failures, figures.unknown_losses) == (1, 1)
    assert figures.to_recover is None


def test_other_jobs_failures_do_not_count() -> None:
    figures = goodput([a_job()], incidents(Story("other").fails(10, 0).events))
    assert figures.failures == 0
    assert figures.effective_share == 1.0
