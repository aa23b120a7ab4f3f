"""The map of slots and the line of a life."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from api_client.models.compute import Node, NodeHealth
from api_client.models.job import JobState
from api_client.models.slim import replace
from console.analysis.fleet_map import FleetMap
from console.present.table import Tone
from console.present.timeline import Hold, Mark, MarkKind, Span, Timeline
from screens.widgets.heatmap import Heatmap, MapWords
from screens.widgets.heatmap_codes import MapMode
from screens.widgets.timeline import TimelineView, TimelineWords
from tests.console.fakes import make_node
from themes.glyphs import ASCII, UNICODE, Glyphs

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


LIFE = Timeline(
    START,
    at(60),
    spans=(
        Span(at(0), at(10), JobState.QUEUED, 0, "queued", Tone.WAITING),
        Span(at(10), at(30), JobState.RUNNING, 0, "运行中", Tone.BUSY),
        Span(at(30), at(35), JobState.RECOVERING, 1, "recovering", Tone.RECOVERING),
        Span(at(35), at(60), JobState.RUNNING, 1, "运行中", Tone.BUSY, open=True),
    ),
    marks=(
        Mark(at(20), MarkKind.CHECKPOINT, "step 120 [/x]", Tone.OK),
        Mark(at(30), MarkKind.FAILURE, "node-2 lost \x1b[2J", Tone.FAILED),
    ),
    holds=(Hold(at(10), at(30), 0, 0, "node-2", 8), Hold(at(35), at(60), 0, 1, "node-3", 8)),
)


class Host(App[None]):
    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self.glyphs = glyphs
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield TimelineView(
            TimelineWords(
                "状态",
                "Marks",
                "nothing known",
                lambda moment: f"{moment:%H:%M}",
                lambda hold: f"rank {hold.rank}",
            )
        )
        yield Heatmap()

    def on_heatmap_cell_chosen(self, message: Heatmap.CellChosen) -> None:
        self.said.append(message.key)

    def on_timeline_view_mark_chosen(self, message: TimelineView.MarkChosen) -> None:
        self.said.append(message.mark.kind.value)


def fleet(*nodes: Node) -> FleetMap:
    found = FleetMap()
    for node in nodes:
        found.put(node)
    return found


def nodes(count: int, **more: Any) -> list[Node]:
    values = {"accelerators": 4, "allocated": 2, "utilisation": 0.5} | more
    return [make_node(f"n{number}", **values) for number in range(count)]


WORDS = MapWords(
    range_text=lambda fleet, start, end: f"{fleet.name(start)} to {fleet.name(end - 1)} [/x]",
    legend=lambda legend: f"{legend.mode} 1 cell = {legend.nodes_a_cell} {legend.owners}",
    owner_of=lambda job: {"job-1": "kim", "job-2": "lee"}.get(job, ""),
    empty="no nodes [/x]",
)


def shown(heatmap: Heatmap) -> list[str]:
    return [heatmap.render_line(y).text for y in range(heatmap.size.height)]


async def test_a_life_is_drawn_in_lines_of_one_width_and_read_mark_by_mark() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        view = app.query_one(TimelineView)
        assert "nothing known" in view.render_line(0).text
        view.show(LIFE)
        await pilot.pause()
        lines = [view.render_line(y).text for y in range(view.size.height)]
        assert {cell_len(line) for line in lines} == {60} and len(lines) == 5
        assert "queued" in lines[0] and "运行中" in lines[0] and "↻" in lines[0]
        assert "◆" in lines[1] and "✗" in lines[1]
        assert "node-2" in lines[2] and "12:00" in lines[3] and "13:00" in lines[3]
        view.action_cursor_right()
        view.action_cursor_right()
        assert "node-2 lost ␛[2J" in view.render_line(4).text
        view.action_cursor_left()
        assert view.chosen == LIFE.marks[0] and "step 120 [/x]" in view.render_line(4).text
        await pilot.pause()
        assert app.said == ["checkpoint", "failed", "checkpoint"]


async def test_thousands_of_marks_and_ranks_take_few_lines_and_hide_no_failure() -> None:
    app = Host()
    marks = tuple(
        Mark(
            START + timedelta(seconds=n),
            MarkKind.FAILURE if n == 1800 else MarkKind.CHECKPOINT,
            f"step {n}",
            Tone.OK,
        )
        for n in range(3600)
    )
    holds = tuple(Hold(at(0), at(60), rank, 0, f"n{rank}", 8) for rank in range(4096))
    async with app.run_test(size=(60, 40)) as pilot:
        view = app.query_one(TimelineView)
        view.show(Timeline(START, at(60), LIFE.spans, marks, holds))
        await pilot.pause()
        lines = [view.render_line(y).text for y in range(view.size.height)]
        assert len(lines) == 4 + 17 and {cell_len(line) for line in lines} == {60}
        assert lines[1].count("✗") == 1 and "+4080" in lines[18]
        view.action_cursor_left()
        assert view.chosen == marks[-1]


async def test_the_map_wraps_and_its_cursor_is_a_node() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        heatmap = app.query_one(Heatmap)
        heatmap.show(FleetMap(), WORDS)
        assert "no nodes [/x]" in heatmap.render_line(0).text
        many = fleet(*nodes(40))
        heatmap.show(many, WORDS)
        await pilot.pause()
        lines = shown(heatmap)
        assert {cell_len(line) for line in lines} == {60}
        assert lines[0].count("██··") == 5 and lines[0].index("n1 ") < lines[0].index("n2 ")
        heatmap.action_down()
        heatmap.action_into()
        assert heatmap.cursor_key == "n6"
        many.put(make_node("a0"))
        heatmap.show(many, WORDS)
        assert heatmap.cursor_key == "n6"
        heatmap.action_bottom()
        await pilot.pause()
        assert "n39 to n39 [/x]" in shown(heatmap)[-1]
        heatmap.action_open()
        await pilot.pause()
        assert app.said == ["n39"]


def show_mode(heatmap: Heatmap, mode: MapMode) -> None:
    while heatmap.mode is not mode:
        heatmap.action_map_mode()


def thousands(count: int = 2000) -> list[Node]:
    """Nodes of three pools; one far away has failed."""
    found = [
        make_node(f"n{n}", region=("eu", "us")[n % 2], pool="ab"[n % 3 // 2], allocated=8)
        for n in range(count)
    ]
    found[1500] = make_node(
        "n1500", region="eu", pool="a", allocated=8, health=NodeHealth.FAILED, jobs=("job-1",)
    )
    return found


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
async def test_of_many_nodes_a_cell_is_several_and_the_worst_is_seen(glyphs: Glyphs) -> None:
    app = Host(glyphs)
    async with app.run_test(size=(80, 24)) as pilot:
        heatmap = app.query_one(Heatmap)
        heatmap.show(fleet(*thousands()), WORDS)
        await pilot.pause()
        assert heatmap.nodes_a_cell > 1 and heatmap.cursor_key is None
        lines = shown(heatmap)
        assert "".join(lines[:-1]).count("X") == 1
        assert {cell_len(line) for line in lines} == {80}
        for group in ("eu/a", "eu/b", "us/a", "us/b"):
            assert any(line.startswith(group) for line in lines)
        if glyphs is ASCII:
            assert all(line.isascii() for line in lines[:-1])


async def test_enter_goes_to_the_worst_under_the_cursor_and_out_again() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        heatmap = app.query_one(Heatmap)
        heatmap.show(fleet(*thousands()), WORDS)
        await pilot.pause()
        heatmap.select("n1500")
        # A neighbour in the same cell: the failed node is what one comes to.
        start, end = heatmap._view.range
        heatmap.select(
            heatmap.fleet.name(start if heatmap.fleet.name(start) != "n1500" else end - 1)
        )
        depth = 0
        while heatmap.zoom_in():
            depth += 1
            await pilot.pause()
            assert heatmap.zoomed and {cell_len(line) for line in shown(heatmap)} == {80}
        assert depth >= 2 and heatmap.cursor_key == "n1500"
        heatmap.action_open()
        await pilot.pause()
        assert app.said == ["n1500"]
        for _ in range(depth):
            assert heatmap.zoom_out()
        assert not heatmap.zoomed and not heatmap.zoom_out()
        assert heatmap.anchor_key == "n1500"


async def test_only_lines_that_look_different_are_painted_again() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        heatmap = app.query_one(Heatmap)
        many = fleet(*thousands())
        heatmap.show(many, WORDS)
        await pilot.pause()
        before = shown(heatmap)
        regions: list[int] = []
        heatmap.refresh = lambda *asked, **_: regions.extend(r.y for r in asked) or heatmap  # type: ignore[method-assign,func-returns-value]
        node = many.node(many.position("n3") or 0)
        many.take(node)
        many.put(replace(node, health=NodeHealth.FAILED))
        assert not heatmap.show(many, WORDS)
        after = shown(heatmap)
        differ = [y for y in range(len(after)) if after[y] != before[y]]
        assert len(differ) == 1 and regions == differ
        regions.clear()
        assert not heatmap.show(many, WORDS)
        assert regions == []


async def test_the_map_shows_owners_and_idle_slots_by_sign() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        heatmap = app.query_one(Heatmap)
        heatmap.show(
            fleet(
                make_node("n1", jobs=("job-1",), allocated=8),
                make_node("n2", jobs=("job-1",), allocated=8),
                make_node("n3", jobs=("job-2",), allocated=8),
                make_node("n4", jobs=("gone",), allocated=6),
            ),
            WORDS,
        )
        await pilot.pause()
        show_mode(heatmap, MapMode.OWNER)
        text = "".join(shown(heatmap))
        assert text.count("A") == 16 and text.count("B") == 8
        assert "('A', 'kim'), ('B', 'lee')" in heatmap.legend_text
        show_mode(heatmap, MapMode.IDLE)
        assert "".join(shown(heatmap)).count("█") == 2


@pytest.mark.parametrize("size", [(60, 16), (200, 50), (3, 2)])
async def test_any_nodes_on_any_terminal(size: tuple[int, int]) -> None:
    app = Host()
    hostile = [
        make_node("[/x]\x1b[2J", utilisation=math.nan, allocated=9),
        make_node("节点" * 40, utilisation=math.inf, accelerators=10**12, allocated=10**12),
        make_node("שלום", utilisation=7.5, accelerators=0, allocated=-3),
        make_node("n", utilisation=-1.0, region="\x00", pool="[b]", allocated=4),
    ]
    async with app.run_test(size=size) as pilot:
        heatmap = app.query_one(Heatmap)
        for count in (0, 1, 4, 2, 0):
            heatmap.show(fleet(*hostile[:count]), WORDS)
            await pilot.pause()
            for _ in MapMode:
                heatmap.action_map_mode()
                for action in ("down", "into", "bottom", "zoom_in", "up", "out", "zoom_out"):
                    getattr(heatmap, f"action_{action}")()
                lines = shown(heatmap)
                assert {cell_len(line) for line in lines} <= {heatmap.size.width}
                assert "\x1b" not in "".join(lines)


async def test_the_cursor_stays_while_its_neighbours_vanish_and_the_size_changes() -> None:
    app = Host()
    async with app.run_test(size=(80, 24)) as pilot:
        heatmap = app.query_one(Heatmap)
        everything = thousands()
        many = fleet(*everything)
        heatmap.show(many, WORDS)
        heatmap.select("n1500")
        for node in everything[:700]:
            many.take(node)
        heatmap.show(many, WORDS)
        for size in ((60, 16), (200, 50), (61, 17), (120, 40)):
            await pilot.resize_terminal(*size)
            assert heatmap.anchor_key == "n1500"
        many.take(everything[1500])
        heatmap.show(many, WORDS)
        assert heatmap.anchor_key not in (None, "n1500")


async def test_both_read_in_ascii() -> None:
    app = Host(ASCII)
    async with app.run_test(size=(60, 16)) as pilot:
        heatmap, view = app.query_one(Heatmap), app.query_one(TimelineView)
        heatmap.show(fleet(make_node("n", accelerators=3, allocated=1, utilisation=0.9)), WORDS)
        view.show(LIFE)
        await pilot.pause()
        assert heatmap.render_line(0).text.startswith(">n  8..")
        assert view.render_line(1).text.isascii()
