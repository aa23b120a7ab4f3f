"""The map of slots and the line of a life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rich.cells import cell_len
from textual.app import App, ComposeResult

from api_client.models.job import JobState
from console.present.table import Tone
from console.present.timeline import Hold, Mark, MarkKind, Span, Timeline
from screens.widgets.heatmap import Heatmap
from screens.widgets.heatmap_model import HeatCell, HeatNode, SlotState
from screens.widgets.timeline import TimelineView, TimelineWords
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


def nodes(count: int) -> list[HeatNode]:
    cells = (
        HeatCell(SlotState.USED, 1.0),
        HeatCell(SlotState.USED, None),
        HeatCell(SlotState.FREE),
        HeatCell(SlotState.FAILED),
    )
    return [HeatNode(f"n{n}", f"节点-{n}", cells, f"node {n} [/x]") for n in range(count)]


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


async def test_the_map_wraps_and_its_cursor_is_a_node() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        heatmap = app.query_one(Heatmap)
        heatmap.show([], "no nodes [/x]")
        assert "no nodes [/x]" in heatmap.render_line(0).text
        heatmap.show(nodes(40))
        await pilot.pause()
        lines = [heatmap.render_line(y).text for y in range(heatmap.size.height)]
        assert len({cell_len(line) for line in lines}) == 1
        assert lines[0].count("█?·X") == 4
        heatmap.action_down()
        heatmap.action_into()
        assert heatmap.cursor_key == "n5"
        heatmap.show(list(reversed(nodes(40))))
        assert heatmap.cursor_key == "n5"
        heatmap.action_bottom()
        await pilot.pause()
        assert "node 0 [/x]" in heatmap.render_line(heatmap.size.height - 1).text
        heatmap.action_open()
        await pilot.pause()
        assert app.said == ["n0"]


async def test_both_read_in_ascii() -> None:
    app = Host(ASCII)
    async with app.run_test(size=(60, 16)) as pilot:
        heatmap, view = app.query_one(Heatmap), app.query_one(TimelineView)
        heatmap.show([HeatNode("n", "node", nodes(1)[0].cells, failed=False)])
        view.show(LIFE)
        await pilot.pause()
        assert heatmap.render_line(0).text.startswith("> ") or heatmap.render_line(0).text[0] == ">"
        assert "8?.X" in heatmap.render_line(0).text
        assert view.render_line(1).text.isascii()
