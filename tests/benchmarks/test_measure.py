"""Percentiles, ratios inside rounds, and rounds that are interleaved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.measure import Samples, calibrate, interleave, interleave_many, percentile


def test_percentiles_are_values_that_were_measured() -> None:
    values = list(range(1, 101))
    assert [percentile(values, percent) for percent in (0, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0
    assert percentile([7.0], 99) == 7.0
    with pytest.raises(ValueError):
        percentile([], 50)


def test_ratios_are_taken_inside_each_round() -> None:
    # The second round met a busy machine: both were four times slower.
    ours, theirs = Samples("ours", (1.0, 4.0, 1.0)), Samples("theirs", (2.0, 8.0, 4.0))
    assert ours.over(theirs).values == (0.5, 0.5, 0.25)
    assert ours.over(theirs).median == 0.5
    assert ours.over(theirs, plus=1.0).values == (0.0, 0.375, 0.0)


def test_nothing_over_nothing_is_even() -> None:
    nothing, some = Samples("a", (0.0,)), Samples("b", (2.0,))
    assert nothing.over(nothing).median == 1.0
    assert some.over(nothing).median == float("inf")
    assert nothing.over(some).median == 0.0


def test_rounds_are_interleaved_and_the_first_is_thrown_away() -> None:
    order: list[str] = []

    def case(name: str) -> Callable[[], float]:
        def once() -> float:
            order.append(name)
            return float(len(order))

        return once

    samples = interleave({"a": case("a"), "b": case("b")}, rounds=3)
    assert order == ["a", "b"] * 4
    assert samples["a"].values == (3.0, 5.0, 7.0)
    assert samples["b"].median == 6.0

    order.clear()
    several = {"a": lambda: {"cpu": case("a")()}}
    assert interleave_many(several, 2, warm_up=False)["cpu"]["a"].values == (1.0, 2.0)


def test_cases_may_have_different_measures() -> None:
    measured = interleave_many(
        {"a": lambda: {"cpu": 1.0, "bytes": 2.0}, "b": lambda: {"cpu": 3.0}}, rounds=2
    )
    assert measured["cpu"]["b"].values == (3.0, 3.0)
    assert list(measured["bytes"]) == ["a"]


def test_the_calibration_shows_how_busy_the_machine_is() -> None:
    taken = calibrate()
    assert taken.cpu > 0
    # The two clocks are not read at one moment.
    assert taken.busy > 0.9


def test_a_case_that_fails_twice_is_left_out_and_the_others_go_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    once_more = iter((True, False, False, False, False))

    def broken() -> dict[str, float]:
        raise OSError("no terminal\nand a picture")

    def recovers() -> dict[str, float]:
        if next(once_more):
            raise OSError("a busy moment")
        return {"cpu": 2.0}

    lost: dict[str, str] = {}
    cases = {"a": lambda: {"cpu": 1.0}, "b": broken, "c": recovers}
    measured = interleave_many(cases, rounds=2, lost=lost)
    assert lost == {"b": "OSError: no terminal"}
    assert {name: samples.values for name, samples in measured["cpu"].items()} == {
        "a": (1.0, 1.0),
        "c": (2.0, 2.0),
    }
    # Whoever looks on gets the whole words.
    assert "and a picture" in capsys.readouterr().err


def test_without_a_place_for_it_a_failure_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        interleave_many({"a": lambda: {"cpu": 1 / 0}}, rounds=1)
