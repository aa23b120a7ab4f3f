"""A grid over a source of any length: it looks only at what is on the screen."""

from __future__ import annotations

from textual.message import Message

from console.present.table import Cell, Row, Tone
from screens.widgets.grid import Grid
from tests.screens.widgets.test_grid import COLUMNS, TITLES, Host, lines, watched


class Counted:
    """A source that remembers which rows were made; its order can be changed in place."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys
        self.tones: dict[str, Tone] = {}
        self.made: list[int] = []
        self.asked: list[str] = []

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, index: int) -> Row:
        self.made.append(index)
        key = self.keys[index]
        return Row(key, {"name": Cell(key), "state": Cell("RUNNING", self.tones.get(key, Tone.OK))})

    def key(self, index: int) -> str:
        return self.keys[index]

    def position(self, key: str) -> int | None:
        self.asked.append(key)
        return self.keys.index(key) if key in self.keys else None


def many(count: int = 100_000) -> Counted:
    return Counted([f"job-{n:06}" for n in range(count)])


async def test_only_rows_on_the_screen_are_made() -> None:
    grid, source = Grid(COLUMNS, TITLES), many()
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_source(source)
        await pilot.pause()
        grid.action_bottom()
        await pilot.pause()
        assert "job-099999" in lines(grid)[-1]
        assert set(source.made) <= {*range(12), *range(99_988, 100_000)}
        assert source.asked == []


async def test_a_row_that_changed_is_painted_alone_and_order_is_not_asked_for() -> None:
    grid, source = Grid(COLUMNS, TITLES), many()
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_source(source)
        await pilot.pause()
        painted = watched(grid)
        source.tones["job-000003"] = Tone.FAILED
        grid.set_source(source, changed={"job-000003", "job-050000"})
        assert painted == [4]
        assert source.asked == []


async def test_the_cursor_stays_on_its_object_when_a_source_changes_in_place() -> None:
    grid, source = Grid(COLUMNS, TITLES), many(1000)
    app = Host(grid)
    async with app.run_test(size=(80, 12)) as pilot:
        grid.set_source(source)
        grid.select("job-000500")
        await pilot.pause()
        above = [line for line in lines(grid) if line.startswith("▸")]
        source.keys[:0] = [f"new-{n}" for n in range(7)]
        grid.set_source(source, changed={f"new-{n}" for n in range(7)})
        await pilot.pause()
        assert grid.cursor_key == "job-000500"
        assert [line for line in lines(grid) if line.startswith("▸")] == above
        assert grid.rows[507].key == "job-000500"
        source.keys.remove("job-000500")
        grid.set_source(source, changed={"job-000500"})
        assert grid.cursor_key == "job-000501"


async def test_a_cursor_nobody_moved_stays_on_top_while_the_list_loads() -> None:
    grid, source = Grid(COLUMNS, TITLES), many(1000)
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_source(source)
        source.keys[:0] = [f"new-{n}" for n in range(700)]
        grid.set_source(source)
        await pilot.pause()
        assert (grid.cursor_key, grid.scroll_offset.y) == ("new-0", 0)
        assert lines(grid)[1].startswith("▸ new-0 ")
        grid.action_down()
        source.keys[:0] = [f"newer-{n}" for n in range(700)]
        grid.set_source(source)
        await pilot.pause()
        assert (grid.cursor_key, grid.scroll_offset.y) == ("new-1", 700)
        assert lines(grid)[2].startswith("▸ new-1 ")


async def test_a_cursor_on_top_that_was_moved_there_follows_its_object() -> None:
    grid, source = Grid(COLUMNS, TITLES), many(1000)
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_source(source)
        grid.action_down()
        grid.action_up()
        source.keys[:0] = ["new"]
        grid.set_source(source)
        await pilot.pause()
        assert grid.cursor_key == "job-000000"


async def test_marks_of_objects_that_went_go_and_the_others_are_not_asked_for() -> None:
    grid, source = Grid(COLUMNS, TITLES), many(1000)
    async with Host(grid).run_test(size=(80, 12)):
        grid.set_source(source)
        for _ in range(3):
            grid.action_mark()
        assert grid.marked == ["job-000000", "job-000001", "job-000002"]
        source.asked.clear()
        source.keys.remove("job-000001")
        grid.set_source(source, changed={"job-000001", "job-000900"})
        assert grid.marks == {"job-000000", "job-000002"}
        assert "job-000002" not in source.asked
        grid.action_mark_all()
        assert len(grid.marks) == 999


async def test_a_source_sorts_itself_and_is_told_how() -> None:
    grid, source = Grid(COLUMNS, TITLES), many(10)
    app = Host(grid)
    async with app.run_test(size=(80, 12)) as pilot:
        grid.set_source(source)
        grid.set_sort("name", descending=True)
        await pilot.pause()
        told: list[Message] = [m for m in app.seen if isinstance(m, Grid.SortChanged)]
        assert [(m.column, m.descending) for m in told] == [("name", True)]  # type: ignore[attr-defined]
        assert grid.rows[0].key == "job-000000", "the order is the source's"
        assert "名称▾" in lines(grid)[0]
        assert "sort_next" not in grid.silent_verbs
        grid.show_sort("state")
        await pilot.pause()
        assert len([m for m in app.seen if isinstance(m, Grid.SortChanged)]) == 1
