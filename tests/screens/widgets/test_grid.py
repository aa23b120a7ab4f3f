"""The grid by keys and messages, in a small host app."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message

from console.present.table import Align, Cell, Column, Row, Tone
from screens.widgets.grid import Grid

COLUMNS = (
    Column("name", "columns.name", min_width=8, max_width=30, weight=100),
    Column("state", "columns.state", min_width=8, weight=90),
    Column("age", "columns.age", min_width=5, align=Align.RIGHT, weight=10),
    Column("owner", "columns.owner", min_width=20, weight=5),
    Column("cost", "columns.cost", min_width=6, align=Align.RIGHT, money=True, weight=80),
)
TITLES = {"name": "名称", "state": "State", "age": "Age", "owner": "Owner", "cost": "Cost"}


def row(key: str, name: str | None = None, age: float | None = None) -> Row:
    cells = {
        "name": Cell(key if name is None else name),
        "state": Cell("RUNNING", Tone.BUSY, glyph="running"),
    }
    if age is not None:
        cells["age"] = Cell(f"{age:g}m", sort=age)
    return Row(key, cells)


class Host(App[None]):
    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self.grid = grid
        self.seen: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_grid_cursor_moved(self, message: Grid.CursorMoved) -> None:
        self.seen.append(message)

    def on_grid_row_chosen(self, message: Grid.RowChosen) -> None:
        self.seen.append(message)

    def on_grid_sort_changed(self, message: Grid.SortChanged) -> None:
        self.seen.append(message)


def watched(grid: Grid) -> list[int]:
    """The lines of the grid that are painted again from now on."""
    painted: list[int] = []
    refresh = grid.refresh

    def note(*regions: Region, **how: bool) -> Grid:
        painted.extend(y for region in regions or [grid.size.region] for y in region.line_range)
        return refresh(*regions, **how)

    grid.refresh = note  # type: ignore[method-assign]
    return painted


def lines(grid: Grid) -> list[str]:
    return [grid.render_line(y).text for y in range(grid.size.height)]


async def test_the_cursor_stays_on_its_object_when_rows_move() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_rows([row(f"job-{n}") for n in range(50)])
        grid.action_down()
        grid.action_down()
        assert grid.cursor_key == "job-2"
        grid.set_rows([row(f"job-{n}") for n in reversed(range(50))])
        await pilot.pause()
        assert grid.cursor_key == "job-2"
        cursor = [line for line in lines(grid) if line.startswith("▸")]
        assert len(cursor) == 1 and "job-2 " in cursor[0]


async def test_the_cursor_takes_the_neighbour_of_an_object_that_is_gone() -> None:
    grid = Grid(COLUMNS, TITLES)
    app = Host(grid)
    async with app.run_test() as pilot:
        grid.set_rows([row("a"), row("b"), row("c")])
        grid.select("b")
        grid.set_rows([row("a"), row("c")])
        await pilot.pause()
        assert grid.cursor_key == "c"
        grid.set_rows([])
        await pilot.pause()
        assert grid.cursor_key is None
        moved = [message.key for message in app.seen if isinstance(message, Grid.CursorMoved)]
        assert moved[-2:] == ["c", None]


async def test_a_hundred_thousand_rows_paint_only_what_is_seen() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_rows([row(f"job-{n:06}") for n in range(100_000)])
        await pilot.pause()
        assert len(grid._strips) <= 12
        grid.action_bottom()
        await pilot.pause()
        assert grid.cursor_key == "job-099999"
        assert "job-099999" in lines(grid)[-1]
        grid.action_page_up()
        await pilot.pause()
        assert grid.cursor_key == "job-099988"


async def test_movement_by_halves_and_pages_stays_in_the_list() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(80, 11)):
        grid.set_rows([row(f"j{n}") for n in range(30)])
        grid.action_half_down()
        assert grid.cursor_key == "j5"
        grid.action_page_down()
        assert grid.cursor_key == "j15"
        grid.action_half_up()
        assert grid.cursor_key == "j10"
        grid.action_page_down()
        grid.action_page_down()
        grid.action_page_down()
        assert grid.cursor_key == "j29"
        grid.action_top()
        grid.action_up()
        assert grid.cursor_key == "j0"


async def test_hostile_and_wide_names_keep_every_line_the_same_width() -> None:
    names = [
        "[/x]",
        "\x1b[31mred\x1b[0m",
        "\u202egnp.exe",
        "训练作业-千卡-语言模型-第三次",
        "tab\there",
        "nul\x00",
        "e\u0301 combining",
        "[bold]no[/bold]",
        "line\nbreak",
        "\u200b\ufeff zero",
        "👩‍🔬 job",
    ]
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(60, 16)) as pilot:
        grid.set_rows([row(str(n), name) for n, name in enumerate(names)])
        await pilot.pause()
        shown = lines(grid)
        assert {cell_len(line) for line in shown} == {60}
        text = "\n".join(shown)
        assert "[/x]" in text and "[bold]no[/bold]" in text
        assert "␛[31mred" in text
        assert not any(bad in text for bad in "\x1b\x00\u202e\t")


async def test_only_lines_that_changed_are_painted_again() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(80, 12)) as pilot:
        grid.set_rows([row(f"job-{n}", age=5) for n in range(8)])
        await pilot.pause()
        refreshed = watched(grid)
        grid.set_rows([row(f"job-{n}", age=6 if n == 3 else 5) for n in range(8)])
        assert refreshed == [4]
        await pilot.pause()
        assert "6m" in lines(grid)[4]


async def test_sorting_cycles_flips_and_says_so() -> None:
    grid = Grid(COLUMNS, TITLES)
    app = Host(grid)
    async with app.run_test() as pilot:
        grid.set_rows([row("a", age=30), row("b", age=None), row("c", age=4)])
        grid.set_sort("age")
        assert [r.key for r in grid.rows] == ["c", "a", "b"]
        assert "Age▴" in lines(grid)[0]
        grid.action_sort_column()
        assert [r.key for r in grid.rows] == ["a", "c", "b"], "no value comes last either way"
        assert "Age▾" in lines(grid)[0]
        grid.action_sort_prev()
        assert grid.sort.column == "state"
        await pilot.pause()
        told = [(m.column, m.descending) for m in app.seen if isinstance(m, Grid.SortChanged)]
        assert told == [("age", False), ("age", True), ("state", False)]


async def test_marks_are_keys_and_never_stay_on_rows_that_are_not_shown() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test():
        grid.set_rows([row(key) for key in "abcdef"])
        grid.action_mark()
        assert grid.marks == {"a"} and grid.cursor_key == "b"
        grid.action_down()
        grid.action_mark_range()
        assert grid.marks == {"a", "b", "c"}
        grid.set_rows([row(key) for key in "fcb"])
        assert grid.marks == {"b", "c"}
        assert lines(grid)[2][1] == "●"
        grid.action_mark_all()
        assert grid.marks == {"b", "c", "f"}
        grid.action_mark_all()
        assert not grid.marks


async def test_light_columns_leave_first_and_can_be_scrolled_to() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(40, 8)):
        grid.set_rows([row("a", age=3)])
        heading = lines(grid)[0]
        assert "Owner" not in heading and heading.endswith("›") and "名称" in heading
        grid.action_column_right()
        grid.action_column_right()
        heading = lines(grid)[0]
        assert "Owner" in heading and heading.startswith("‹") and "名称" in heading
        assert "Cost" not in heading
        grid.show_money = True
        grid.action_column_left()
        grid.action_column_left()
        assert "Cost" in lines(grid)[0]


async def test_a_notice_stands_where_rows_would_be_and_above_them_when_there_are_some() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(40, 8)):
        grid.set_notice("No jobs yet: press + to submit one, or clear the filter first")
        shown = lines(grid)
        assert "No jobs yet" in shown[1] and "filter first" in shown[2]
        grid.set_rows([row("a"), row("b")])
        grid.set_notice("stale since 14:02", Tone.STALE)
        shown = lines(grid)
        assert "stale since 14:02" in shown[1] and shown[2].startswith("▸ a")


async def test_a_click_selects_a_double_click_opens_and_a_heading_sorts() -> None:
    grid = Grid(COLUMNS, TITLES)
    app = Host(grid)
    async with app.run_test(size=(80, 12)) as pilot:
        grid.set_rows([row(key) for key in "cba"])
        await pilot.click(Grid, offset=(5, 2))
        assert grid.cursor_key == "b"
        await pilot.click(Grid, offset=(5, 3), times=2)
        assert [m.key for m in app.seen if isinstance(m, Grid.RowChosen)] == ["a"]
        await pilot.click(Grid, offset=(3, 0))
        assert [r.key for r in grid.rows] == ["a", "b", "c"]


async def test_the_cursor_row_is_reversed_so_that_it_shows_without_colour() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test():
        grid.focus()
        grid.set_rows([row("a"), row("b")])
        styles = [segment.style for segment in grid.render_line(1) if segment.text.strip()]
        assert styles and all(style is not None and style.reverse for style in styles)


async def test_children_stay_under_their_parent_when_sorted() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test():
        child = Row("b1", {"name": Cell("z-worker")}, depth=1)
        grid.set_rows([row("b"), child, row("a")])
        grid.set_sort("name")
        assert [r.key for r in grid.rows] == ["a", "b", "b1"]


async def test_endless_names_are_cut_before_they_are_measured() -> None:
    looked_at: list[int] = []

    class Endless(str):
        """A text that tells how much of it is taken."""

        __slots__ = ()

        def __getitem__(self, which: object) -> str:
            taken = super().__getitem__(which)  # type: ignore[index]
            looked_at.append(len(taken))
            return taken

    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(60, 16)) as pilot:
        grid.set_rows(
            [row(str(n), Endless(letters * 10_000)) for n, letters in enumerate("训e\u0301\x1b")]
        )
        await pilot.pause()
        shown = lines(grid)
        assert {cell_len(line) for line in shown} == {60}
        assert looked_at and max(looked_at) < 300
        assert all("…" in line for line in shown[1:3])


async def test_joined_and_turned_letters_are_taken_apart() -> None:
    grid = Grid(COLUMNS, TITLES)
    async with Host(grid).run_test(size=(60, 8)):
        grid.set_rows([row("1", "👩\u200d🔬❤\ufe0f"), row("2", "🇨🇳🇩🇪"), row("3", "👍🏽")])
        shown = lines(grid)
        assert "👩🔬❤ " in shown[1] and "CNDE" in shown[2] and "👍 " in shown[3]
