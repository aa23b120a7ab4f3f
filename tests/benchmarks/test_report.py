"""Verdicts are about medians of ratios; what is missing is told and never invented."""

from __future__ import annotations

from benchmarks.measure import Samples
from benchmarks.report import Budget, Finding, Row, Verdict, write


def _row(ours: float, budget: Budget | None, peer: float | None = 100.0) -> Row:
    return Row(
        key="grid.page",
        scenario="page down",
        unit="ms",
        # One wild round moves no median.
        ours=Samples("ours", (ours, ours, 9_000.0)),
        against=None if peer is None else Samples("DataTable", (peer, peer, peer)),
        budget=budget,
    )


def test_a_ratio_over_its_budget_is_missed() -> None:
    budget = Budget(factor=0.06)
    assert _row(6.0, budget).verdict is Verdict.KEPT
    assert _row(6.1, budget).verdict is Verdict.MISSED


def test_an_allowance_is_taken_off_first() -> None:
    budget = Budget(factor=1.0, plus=100.0)
    assert _row(200.0, budget).verdict is Verdict.KEPT
    assert _row(201.0, budget).verdict is Verdict.MISSED
    assert budget.sentence("ms") == "1 x + 100 ms"


def test_an_absolute_budget_holds_without_a_peer() -> None:
    budget = Budget(at_most=16.0)
    assert _row(16.0, budget, peer=None).verdict is Verdict.KEPT
    assert _row(17.0, budget, peer=None).verdict is Verdict.MISSED


def test_a_ratio_without_its_peer_is_no_verdict() -> None:
    assert _row(1.0, Budget(factor=0.1), peer=None).verdict is Verdict.NO_PEER
    assert _row(1.0, None).verdict is Verdict.OPEN
    # The absolute half of a budget is judged all the same.
    both = Budget(factor=0.1, at_most=0.5)
    assert _row(1.0, both, peer=None).verdict is Verdict.MISSED


def test_the_table_names_what_stands_beside_and_what_is_missing() -> None:
    said = write(Finding("Lists", [_row(7.0, Budget(factor=0.06))], ["lnav (not installed)"]))
    assert "page down" in said and "DataTable" in said
    assert "0.0700x" in said and "0.06 x" in said and "MISSED" in said
    assert "not measured: lnav (not installed)" in said


def test_a_known_miss_is_shown_as_such() -> None:
    finding = Finding("Lists", [_row(7.0, Budget(factor=0.06)), _row(1.0, Budget(factor=0.06))])
    said = write(finding, frozenset({"grid.page"}))
    assert said.count("missed, known") == 1
    assert said.count("kept") == 1
