"""A ratio is worse when its median and its better quarter both are; versions keep their rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import document, history
from benchmarks.measure import Samples
from benchmarks.report import Budget, Finding, Row


def _row(*ratios: float, key: str = "grid.page") -> Row:
    return Row(
        key=key,
        scenario="page down",
        unit="ms",
        ours=Samples("ours", ratios),
        against=Samples("peer", tuple(1.0 for _ in ratios)),
        budget=Budget(factor=0.5),
    )


def test_a_fifth_worse_is_a_regression() -> None:
    assert not history.regressions([_row(1.2, 1.2, 1.2)], {"grid.page": 1.0})
    found = history.regressions([_row(1.21, 1.21, 1.21)], {"grid.page": 1.0})
    assert [(one.key, one.recorded, one.ratio) for one in found] == [("grid.page", 1.0, 1.21)]


def test_a_busy_minute_is_no_regression() -> None:
    # The median is worse, but a quarter of the rounds is as good as ever.
    assert not history.regressions([_row(1.0, 1.0, 1.5, 1.6, 1.7)], {"grid.page": 1.0})
    assert history.regressions([_row(1.0, 1.3, 1.5, 1.6, 1.7)], {"grid.page": 1.0})


def test_what_was_never_recorded_cannot_be_worse() -> None:
    assert not history.regressions([_row(9.0, 9.0, 9.0)], {})


def test_a_row_that_was_not_run_stays_recorded(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    both = Finding("Lists", [_row(0.1, key="a"), _row(0.2, key="b")])
    history.keep([both], "1.0", "a machine", path)
    history.keep([Finding("Lists", [_row(0.3, key="a")])], "1.0", "a machine", path)
    assert history.ratios(json.loads(path.read_text()), "1.0") == {"a": 0.3, "b": 0.2}


def test_a_new_version_is_compared_with_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "recorded.json"
    history.keep([Finding("Lists", [_row(0.1)])], "1.0", "a machine", path)
    content = history.keep([Finding("Lists", [_row(0.2)])], "1.1", "a machine", path)
    assert history.ratios(content, "1.0") == {"grid.page": 0.1}
    assert history.ratios(content, "1.2") == {"grid.page": 0.2}
    assert history.ratios({}, "1.0") == {}


def test_the_document_keeps_its_words_and_every_version(tmp_path: Path) -> None:
    recorded, page = tmp_path / "recorded.json", tmp_path / "benchmarks.md"
    page.write_text(f"# Benchmarks\n\n{document.BEGIN}\nold\n{document.END}\n\nWhy.\n")
    history.keep([Finding("Lists", [_row(0.1)])], "1.0", "a machine", recorded)
    content = history.keep([Finding("Lists", [_row(0.7)])], "1.1", "another", recorded)
    document.write(content, {"grid.page": "the frame is drawn twice"}, page)
    said = page.read_text()
    assert said.startswith("# Benchmarks") and said.endswith("Why.\n") and "old" not in said
    assert said.index("## Version 1.1") < said.index("## Version 1.0")
    assert "| page down | ms | 0.70 ±0 | peer | 1.00 | 0.70x | 0.5 x | missed, known |" in said
    assert "- page down: the frame is drawn twice" in said
    # What is missed is told before the tables.
    assert "0 of 1 budgets are kept. Missed:\n\n- page down: 0.70 ±0 ms beside peer 1.00" in said
    assert "1 of 1 budgets are kept.\n" in said


def test_a_document_without_its_place_is_not_written(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("words")
    with pytest.raises(ValueError, match="no place"):
        document.write({}, {}, page)
    assert page.read_text() == "words"


def test_known_misses_have_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "known_misses.toml"
    assert history.known_misses(path) == {}
    path.write_text('"grid.page" = "the frame is drawn twice"\n')
    assert history.known_misses(path) == {"grid.page": "the frame is drawn twice"}
    # The file that ships is well formed, and no reason is empty.
    assert all(history.known_misses().values())
