"""How fast a run goes, when it is done, what that costs, and who is slow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from api_client.models.base import Money
from console.analysis.signal_model import Point, Signals
from console.analysis.signal_pace import (
    Finish,
    Pace,
    PaceSource,
    cost_to_finish,
    finish_of,
    pace_of,
    step_seconds,
)
from console.analysis.slow_ranks import RankMark, behind, late_steps, rank_speeds

START = datetime(2025, 1, 1, tzinfo=UTC)


def timed(step: float, seconds: float, took: float | None = None) -> Point:
    time = START + timedelta(seconds=seconds)
    return Point(step=step, line=int(step), total=1000, time=time, step_seconds=took)


def test_no_points_have_no_pace() -> None:
    assert pace_of([]) is None
    assert pace_of([timed(5, 10)]) is None


def test_a_pause_does_not_count() -> None:
    """A checkpoint of ten minutes between two of thirty reports changes nothing."""
    points = [timed(10 * at, 20.5 * at + (600 if at > 15 else 0)) for at in range(30)]
    pace = pace_of(points)
    assert pace is not None
    assert (pace.source, pace.intervals) == (PaceSource.CLOCK, 29)
    assert pace.seconds == pytest.approx(2.05)


def test_whole_seconds_are_counted_over_many_steps() -> None:
    points = [timed(at, at * 3 // 10) for at in range(200)]
    pace = pace_of(points)
    assert pace is not None and pace.seconds == pytest.approx(0.3, rel=0.03)


def test_a_clock_that_was_set_back() -> None:
    points = [timed(at, 20.5 * at - (3600 if at > 20 else 0)) for at in range(40)]
    pace = pace_of(points)
    assert pace is not None and pace.seconds == pytest.approx(20.5)


def test_only_what_came_after_the_restart_counts() -> None:
    before = [timed(at, at * 50.5) for at in range(20)]
    after = [
        Point(step=at, line=at, segment=1, time=START + timedelta(seconds=2000 + at * 10.5))
        for at in range(10, 30)
    ]
    pace = pace_of(before + after)
    assert pace is not None and pace.seconds == pytest.approx(10.5)


@pytest.mark.parametrize(
    ("make", "source"),
    [
        (lambda at: Point(step=at, line=1, elapsed_seconds=1.0 + at * 4), PaceSource.ELAPSED),
        (lambda at: Point(step=at, line=1, step_seconds=4.0), PaceSource.REPORTED),
    ],
)
def test_logs_without_times(make: Callable[[int], Point], source: PaceSource) -> None:
    pace = pace_of([make(at) for at in range(10)])
    assert pace is not None and (pace.seconds, pace.source) == (4.0, source)


def test_the_end_of_a_run() -> None:
    signals = Signals(points=tuple(timed(10 * at, 20.5 * at) for at in range(31)))
    finish = finish_of(signals)
    assert finish is not None
    assert finish.steps == 700
    assert finish.seconds == pytest.approx(700 * 2.05)
    assert finish.at is not None
    assert abs(finish.at - START - timedelta(seconds=1000 * 2.05)) < timedelta(milliseconds=1)


def test_a_run_that_is_done() -> None:
    signals = Signals(points=(timed(1000, 20.5),))
    assert finish_of(signals) == Finish(0.0, 0.0, START + timedelta(seconds=20.5))


def test_an_end_that_is_not_known() -> None:
    assert finish_of(Signals()) is None
    assert finish_of(Signals(points=(timed(5, 10),))) is None
    open_end = Point(step=5, line=1, step_seconds=2.0)
    assert finish_of(Signals(points=(open_end,))) is None
    beyond = Point(step=50, line=1, total=40, step_seconds=2.0)
    assert finish_of(Signals(points=(beyond,))) is None


def test_an_end_beyond_all_calendars() -> None:
    signals = Signals(points=(timed(1, 1),))
    finish = finish_of(signals, Pace(1e12, PaceSource.REPORTED, 1))
    assert finish is not None and finish.at is None


def test_what_the_rest_costs() -> None:
    hourly = Money(amount=Decimal("96.40"), currency="CNY")
    rest = cost_to_finish(Finish(10, 5400.0), hourly)
    assert rest == Money(amount=Decimal("144.60"), currency="CNY")
    assert cost_to_finish(None, hourly) is None
    assert cost_to_finish(Finish(10, 5400.0), None) is None


def test_seconds_of_each_step() -> None:
    assert step_seconds([timed(5, 0, 2.5), timed(10, 99)]) == {5: 2.5}
    assert step_seconds([timed(5, 0), timed(10, 20.5), timed(15, 20.5)]) == {10: 4.1}


def rank(base: float, late: int = 0) -> dict[float, float]:
    return {float(at): base * (3 if at < late else 1) for at in range(100)}


def test_ranks_in_step_have_no_marks() -> None:
    speeds = rank_speeds({at: rank(1.0 + at / 100) for at in range(4)})
    assert [each.mark for each in speeds] == [None] * 4
    assert [each.rank for each in speeds] == [3, 2, 1, 0]


def test_marks_of_ranks() -> None:
    times = {at: rank(1.0) for at in range(6)} | {6: rank(1.2), 7: rank(1.0, late=6)}
    marks = {each.rank: each.mark for each in rank_speeds(times) if each.mark}
    assert marks == {6: RankMark.SLOW, 7: RankMark.STRAGGLING}
    assert late_steps(times, share=0.5)[7] == 6


def test_too_little_to_compare_has_no_marks() -> None:
    assert [each.mark for each in rank_speeds({0: rank(1.0), 1: rank(9.0)})] == [None, None]
    few = {at: {1.0: 1.0, 2.0: 1.0} for at in range(3)} | {3: {1.0: 9.0, 2.0: 9.0}}
    assert {each.mark for each in rank_speeds(few)} == {None}
    assert rank_speeds({}) == () and rank_speeds({0: {}}) == ()


def test_ranks_that_fell_behind() -> None:
    last = dict.fromkeys(range(8), 100.0) | {3: 40.0, 4: 99.0}
    assert behind(last) == {3: 60.0}
    assert behind(last, reports=50) == {}
    assert behind({0: 1.0, 1: 100.0}) == {}
