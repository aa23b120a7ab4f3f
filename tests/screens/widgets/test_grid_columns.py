"""Columns on terminals of every width: whole or away, never all of them cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from api_client.models.billing import PriceItem, PriceList
from api_client.models.job import JobState, JobSummary, Progress
from console.present.charges import CHARGE_COLUMNS
from console.present.context import PresentContext
from console.present.events import EVENT_COLUMNS
from console.present.incidents import INCIDENT_COLUMNS
from console.present.jobs import JOB_COLUMNS, job_rows
from console.present.nodes import DEVICE_COLUMNS, NODE_COLUMNS, POOL_COLUMNS
from console.present.table import Align, Cell, Column, Row
from console.present.workers import WORKER_COLUMNS
from console.text import Translator
from screens.widgets.cells import width_of
from screens.widgets.grid_columns import GUTTER, Layout, lay_out, wanted_widths

LISTS = {
    "jobs": JOB_COLUMNS,
    "nodes": NODE_COLUMNS,
    "pools": POOL_COLUMNS,
    "devices": DEVICE_COLUMNS,
    "workers": WORKER_COLUMNS,
    "charges": CHARGE_COLUMNS,
    "incidents": INCIDENT_COLUMNS,
    "events": EVENT_COLUMNS,
}
WIDTHS = (60, 80, 120, 200)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def titles(columns: Sequence[Column], language: str) -> dict[str, str]:
    words = Translator(language)
    return {column.id: words.t(column.title_key) for column in columns}


def laid_out(
    columns: Sequence[Column], rows: Sequence[Row], width: int, language: str, first: int = 0
) -> tuple[Layout, dict[str, int]]:
    named = titles(columns, language)
    wanted = wanted_widths(columns, rows, named, {})
    return lay_out(columns, wanted, named, width, first), wanted


def some_jobs(language: str) -> list[Row]:
    prices = PriceList(items=(PriceItem(sku="any", amount=Decimal("25.72"), currency="CNY"),))
    context = PresentContext(now=NOW, translator=Translator(language), prices=prices)
    jobs = [
        JobSummary(
            name=f"charlm-pretrain-{at}",
            uid=str(at),
            owner="ada",
            project="lm",
            pool="default",
            state=JobState.RUNNING,
            reason="node-3 was lost: no heartbeat for five seconds, moved to node-4" if at else "",
            workers=6,
            accelerators=48,
            nodes=("node-1", "node-2"),
            created=NOW,
            started=NOW,
            accelerator_seconds=17_000_000,
            progress=Progress(step=120_000, total_steps=600_000, updated=NOW),
        )
        for at in range(3)
    ]
    return job_rows(jobs, context)


def used(layout: Layout) -> int:
    return GUTTER + sum(s.width for s in layout.slots) + layout.gap * (len(layout.slots) - 1)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", LISTS)
def test_no_heading_is_cut_in_any_list(name: str, width: int, language: str) -> None:
    columns = LISTS[name]
    long = Row("r", {c.id: Cell("x" * (c.max_width + 5)) for c in columns})
    for rows in ([], [long]):
        layout, _ = laid_out(columns, rows, width, language)
        named = titles(columns, language)
        assert used(layout) <= width
        assert len(layout.slots) >= 2
        for slot in layout.slots:
            assert slot.width > width_of(named[slot.column.id])


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_job_list_shows_whole_cells_and_leaves_the_light_ones_out(
    width: int, language: str
) -> None:
    rows = some_jobs(language)
    layout, wanted = laid_out(JOB_COLUMNS, rows, width, language)
    shown = {slot.column.id for slot in layout.slots}
    for slot in layout.slots:
        if slot.column.max_width < 50:
            assert slot.width >= wanted[slot.column.id], slot.column.id
            for row in rows:
                assert width_of(row.cells[slot.column.id].text) <= slot.width
    lightest = min(slot.column.weight for slot in layout.slots)
    assert all(c.weight <= lightest for c in JOB_COLUMNS if c.id not in shown)
    assert layout.hidden_right == (len(shown) < len(JOB_COLUMNS))


def test_eighty_columns_hold_what_matters() -> None:
    layout, _ = laid_out(JOB_COLUMNS, some_jobs("en"), 80, "en")
    assert {"name", "state", "progress", "eta", "accelerators"} <= {
        slot.column.id for slot in layout.slots
    }


def test_amounts_are_never_cut() -> None:
    row = some_jobs("en")[0]
    layout, _ = laid_out(JOB_COLUMNS, [row], 200, "en")
    widths = {slot.column.id: slot.width for slot in layout.slots}
    assert row.cells["rate"].text == "≈CN¥1,234.56"
    for name in ("rate", "cost"):
        assert widths[name] >= width_of(row.cells[name].text)


def test_a_sentence_is_cut_before_a_heavier_figure_leaves_but_still_reads() -> None:
    layout, wanted = laid_out(JOB_COLUMNS, some_jobs("en"), 140, "en")
    widths = {slot.column.id: slot.width for slot in layout.slots}
    assert 24 <= widths["reason"] <= wanted["reason"]


def test_a_name_is_whole_before_a_sentence_is() -> None:
    columns = [column for column in EVENT_COLUMNS if column.id in ("time", "subject", "message")]
    cells = {
        "time": Cell("02:31:18"),
        "subject": Cell("job/tokenize-shard-19733"),
        "message": Cell("tokenize-shard-19733 starts on train-a-n347, attempt 0. " * 2),
    }
    layout, _ = laid_out(columns, [Row("1", cells)], 80, "en")
    assert {slot.column.id: slot.width for slot in layout.slots}["subject"] == 24


def test_few_columns_left_are_cut_only_where_they_are_text() -> None:
    columns = (
        Column("name", "k", 6, 40, weight=9),
        Column("owner", "k", 6, 40, weight=8),
        Column("sum", "k", 4, 20, Align.RIGHT, weight=7),
    )
    cells = {"name": Cell("n" * 30), "owner": Cell("o" * 30), "sum": Cell("1" * 12)}
    wanted = wanted_widths(columns, [Row("r", cells)], {}, {})
    layout = lay_out(columns, wanted, {}, 50, 0)
    assert [slot.width for slot in layout.slots] == [28, 6, 12]


def test_a_tiny_terminal_shows_the_heaviest_column_as_far_as_it_goes() -> None:
    layout, _ = laid_out(JOB_COLUMNS, some_jobs("en"), 8, "en")
    assert [(slot.column.id, slot.width) for slot in layout.slots] == [("name", 6)]


def test_scrolled_right_the_name_stays() -> None:
    layout, _ = laid_out(JOB_COLUMNS, some_jobs("en"), 60, "en", first=9)
    ids = [slot.column.id for slot in layout.slots]
    assert ids[:2] == ["name", "project"]
    assert used(layout) <= 60
    assert layout.hidden_left


def test_only_the_first_column_is_indented() -> None:
    columns = (Column("a", "k", 2, 40), Column("b", "k", 2, 40))
    row = Row("r", {"a": Cell("x" * 10), "b": Cell("y" * 10)}, depth=2)
    assert wanted_widths(columns, [row], {}, {}) == {"a": 14, "b": 10}
