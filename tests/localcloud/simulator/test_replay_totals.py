"""Lives placed as given: totals are the trace's, to the last digit."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from api_client.models.job import JobState
from tests.localcloud.simulator.small import given, pass_time, replayed

ROWS = st.lists(
    st.tuples(
        st.integers(0, 5_000_000),
        st.integers(0, 100_000),
        st.integers(0, 3_000_000),
        st.sampled_from([0, 500, 1000, 2000, 3250, 8000, 16000]),
    ),
    min_size=1,
    max_size=40,
)


def _peak(rows: list[tuple[int, int, int, int]]) -> int:
    moves = []
    for submit, wait, length, milli in rows:
        moves += [(submit + wait, 1, milli), (submit + wait + length, 0, -milli)]
        if not length:
            del moves[-2:]
    held = peak = 0
    for _, _, change in sorted(moves):
        held += change
        peak = max(peak, held)
    return peak


@settings(max_examples=40, deadline=None)
@for_all(rows=ROWS)
def test_hours_and_peak_are_exact(rows: list[tuple[int, int, int, int]]) -> None:
    lives = [
        given(f"j{n}", s / 1000, [((s + w) / 1000, (s + w + d) / 1000)], m)
        for n, (s, w, d, m) in enumerate(rows)
    ]
    slots = sum(-(-m // 1000) for *_, m in rows)
    cloud = replayed(lives, slots)
    pass_time(cloud, 9_000)
    summary = cloud.summary()
    millis = sum(
        (life.fixed[0][1] or 0) * life.milli - life.fixed[0][0] * life.milli for life in lives
    )
    assert summary.accelerator_hours == Fraction(millis, 1000 * 1000 * 3600)
    assert summary.peak_accelerators == Fraction(_peak(rows), 1000)
    assert summary.by_state == {"SUCCEEDED": len(rows)}


def test_states_and_native_words_are_the_traces() -> None:
    cloud = replayed(
        [
            given("a", 0, [(1, 5)], 1000, native="Pass"),
            given("b", 0, [(1, 5), (9, 20)], 2000, final=JobState.FAILED, native="Killed"),
            given("c", 0, [], 1000, final=JobState.STOPPED, native="Cancelled"),
            given("d", 0, [(2, None)], 1000, final=JobState.RUNNING),
            given("e", 0, [], 1000, final=JobState.QUEUED),
        ],
        8,
    )
    pass_time(cloud, 60)
    assert cloud.summary().by_state == {
        "SUCCEEDED": 1,
        "FAILED": 1,
        "RUNNING": 1,
        "QUEUED": 2,
    }
    assert cloud.summary().by_native["Killed"] == 1
    assert cloud.job("b").restarts == 1
    assert cloud.job("d").accelerator_seconds == 58


def test_a_cancelled_life_ends_when_the_trace_says() -> None:
    life = given("c", 0, [], 1000, final=JobState.STOPPED, native="Cancelled")
    life.ended = life.submit + 30_000
    cloud = replayed([life], 8)
    pass_time(cloud, 20)
    assert (cloud.job("c").state, cloud.job("c").ended) == ("QUEUED", None)
    pass_time(cloud, 20)
    assert (cloud.job("c").state, cloud.job("c").native) == ("STOPPED", "Cancelled")


def test_attempts_of_different_sizes_are_metered_and_charged_each_as_it_was() -> None:
    life = given("a", 0, [(0, 10), (20, 30)], 8000)
    life.fixed_milli = (8000, 2000)
    cloud = replayed([life], 8)
    pass_time(cloud, 25)
    assert cloud.job("a").accelerator_seconds == 8 * 10 + 2 * 5
    pass_time(cloud, 60)
    assert cloud.job("a").accelerator_seconds == 8 * 10 + 2 * 10
    assert cloud.summary().peak_accelerators == 8
    (charge,) = cloud.charges(limit=9).items
    assert charge.consumed_quantity == 100
