"""Verdicts are about medians, and every round runs every case."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from benchmarks.measure import Times, interleave
from benchmarks.processes import time_to_text
from benchmarks.report import Budget, Finding, write


def _finding(seconds: float) -> Finding:
    times = {
        "floor": Times("floor", (0.1, 0.1, 9.0)),
        "ours": Times("ours", (seconds, seconds, 9.0)),
    }
    budget = Budget("ours", "floor", factor=1.2, plus_seconds=0.3)
    return Finding("Title", "floor", times, [budget], ["peer (not installed)"])


def test_a_broken_budget_is_told() -> None:
    kept, broken = _finding(0.42), _finding(0.43)
    assert kept.kept and not broken.kept
    assert "ours: within budget, 420 of 420 ms (1.2 x floor + 0.3 s)" in write(kept)
    assert "ours: OVER BUDGET, 430 of 420 ms" in write(broken)
    assert "not measured: peer (not installed)" in write(kept)
    assert "4.20x" in write(kept)


def test_rounds_are_interleaved_and_the_first_is_thrown_away() -> None:
    order: list[str] = []

    def case(name: str) -> Callable[[], float]:
        def once() -> float:
            order.append(name)
            return float(len(order))

        return once

    times = interleave({"a": case("a"), "b": case("b")}, rounds=3)
    assert order == ["a", "b"] * 4
    assert times["a"].seconds == (3.0, 5.0, 7.0)
    assert times["b"].median == 6.0


def test_a_text_is_found_however_colours_cut_it() -> None:
    program = r"print('\x1b[1mread\x1b[0;31my\x1b[0m', flush=True); input()"
    taken = time_to_text([sys.executable, "-c", program], "ready", {})
    assert 0 < taken < 30


def test_a_text_that_never_comes_is_no_measurement() -> None:
    with pytest.raises(TimeoutError, match="other"):
        time_to_text([sys.executable, "-c", "print('other')"], "ready", {})
