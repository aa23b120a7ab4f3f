"""Who stopped talking while the others went on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from console.logs.clocks import zone_shift
from console.logs.silence import Voices

T0 = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def _talking(ranks: int, seconds: int) -> Voices:
    voices = Voices()
    for second in range(seconds):
        for rank in range(ranks):
            voices.heard(rank, _at(second))
    return voices


def test_one_that_stopped_is_silent_since_its_last_line() -> None:
    voices = _talking(8, 100)
    for second in range(100, 200):
        for rank in range(7):
            voices.heard(rank, _at(second))
    (silent,) = voices.silent()
    assert (silent.rank, silent.since, silent.behind) == (7, _at(99), 100)
    voices.heard(7, _at(201))
    assert voices.silent() == ()


def test_where_all_stopped_nobody_is_silent() -> None:
    voices = _talking(8, 100)
    assert voices.silent() == ()
    # One that goes on alone does not make the others silent.
    for second in range(100, 400):
        voices.heard(0, _at(second))
    assert voices.silent() == ()


def test_who_ended_or_speaks_rarely_is_not_silent() -> None:
    voices = _talking(4, 100)
    for second in range(0, 400, 60):
        voices.heard(9, _at(second))
    for second in range(100, 420):
        for rank in range(3):
            voices.heard(rank, _at(second))
    assert [each.rank for each in voices.silent()] == [3]
    voices.ended(3)
    assert voices.silent() == ()
    voices.began(3)
    assert [each.rank for each in voices.silent()] == [3]
    voices.forget([3])
    assert voices.silent() == () and voices.last(3) is None


def test_of_two_the_one_that_stopped_is_told() -> None:
    voices = _talking(2, 50)
    for second in range(50, 150):
        voices.heard(1, _at(second))
    assert [each.rank for each in voices.silent()] == [0]


def test_old_lines_read_later_change_nothing() -> None:
    voices = _talking(3, 50)
    voices.heard(1, _at(-500))
    assert voices.last(1) == _at(49) and voices.silent() == ()


def test_zones_are_whole_quarters_of_an_hour() -> None:
    hour = 3_600_000_000
    assert zone_shift(_at(8 * 3600 + 20), _at(0)) == -8 * hour
    assert zone_shift(_at(0), _at(5.5 * 3600)) == 5.5 * hour
    assert zone_shift(_at(0), _at(100)) == 0
    assert zone_shift(_at(0), _at(1500)) == 0
    assert zone_shift(_at(0), _at(40 * 3600)) == 0
