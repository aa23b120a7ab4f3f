"""Tables as text: aligned by cells, narrowed by weight, linear for screen readers."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from console.present.facts import Fact
from console.present.jobs import JOB_COLUMNS, job_rows
from console.present.plain import facts_text, linear_text, table_text
from console.present.table import Align, Cell, Column, Row
from console.text import cell_width, visible
from tests.console.analysis.stories import a_job
from tests.console.present.contexts import context

CTX = context()
COLUMNS = (
    Column("name", "columns.job.name", 4, 20, weight=100),
    Column("state", "columns.job.state", 4, 10, weight=50),
    Column("count", "columns.job.restarts", 3, 10, Align.RIGHT, weight=10),
)


def _row(name: str, state: str, count: str) -> Row:
    cells = {"name": Cell(name), "state": Cell(state, glyph="running"), "count": Cell(count)}
    return Row(name, cells)


ROWS = [_row("训练-llama", "running", "1/3"), _row("b", "queued", "10/3")]


def test_columns_line_up_by_cells_not_characters() -> None:
    assert table_text(COLUMNS, ROWS, CTX).splitlines() == [
        "JOB         STATE      RESTARTS",
        "训练-llama  ● running       1/3",
        "b           ● queued       10/3",
    ]


def test_ascii_signs() -> None:
    assert "* running" in table_text(COLUMNS, ROWS, replace(CTX, ascii_only=True))


def test_a_narrow_terminal_keeps_what_weighs_most() -> None:
    lines = table_text(COLUMNS, ROWS, CTX, width=16).splitlines()
    assert lines[0].split() == ["JOB", "STATE"]
    assert lines[1].startswith("训练-")


@given(
    st.lists(st.text(max_size=30), min_size=1, max_size=4), st.integers(min_value=1, max_value=60)
)
def test_no_line_is_wider_than_the_terminal(names: list[str], width: int) -> None:
    rows = [_row(visible(name), "running", "1") for name in names]
    lines = table_text(COLUMNS, rows, CTX, width=width).split("\n")
    assert len(lines) == len(rows) + 1
    assert all(cell_width(line) <= width for line in lines)


def test_jobs_fit_eighty_columns() -> None:
    rows = job_rows([a_job("a-job-with-quite-a-long-name", reason="x" * 200)], CTX)
    for width in (60, 80, 120, 200):
        lines = table_text(JOB_COLUMNS, rows, CTX, width=width).splitlines()
        assert all(cell_width(line) <= width for line in lines)
        assert lines[0].startswith("JOB")
        assert "STATE" in lines[0]


def test_linear_text_stands_alone() -> None:
    unknown = Row("c", {"name": Cell("c"), "state": Cell("—")})
    assert linear_text(COLUMNS, [ROWS[0], unknown], CTX).splitlines() == [
        "JOB: 训练-llama; STATE: running; RESTARTS: 1/3",
        "JOB: c",
    ]


def test_facts_line_up() -> None:
    facts = [Fact("a", "状态", "running", glyph="running"), Fact("b", "Owner", "ada")]
    assert facts_text(facts, CTX).splitlines() == ["状态   ● running", "Owner  ada"]
    assert facts_text([], CTX) == ""
