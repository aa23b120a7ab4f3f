"""Columns sized from the keyboard: in force at once, kept, and taken back."""

from __future__ import annotations

from datetime import timedelta

from console.settings import load_settings
from screens.list_view import ListView
from screens.navigation import Location
from screens.widgets.columns_dialog import ColumnsDialog
from tests.console.fakes import T0
from tests.screens.gallery import gallery_tenant
from tests.screens.host import opened, until, workspace

NOW = T0 + timedelta(hours=2)


async def test_a_width_is_set_kept_and_given_up() -> None:
    async with opened(gallery_tenant(), size=(120, 24), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        view = screen.view
        assert isinstance(view, ListView)
        first = view.grid.columns[0].id
        drawn = view.grid.drawn_widths[first]
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ColumnsDialog))
        await pilot.press("L", "l", "l", "h", "enter")
        await until(pilot, lambda: view.grid.drawn_widths[first] == drawn + 11)
        assert load_settings().columns["jobs"][0] == f"{first}:{drawn + 11}"
        assert dict(view.grid.column_widths) == {first: drawn + 11}
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ColumnsDialog))
        await pilot.press("a", "enter")
        await until(pilot, lambda: view.grid.drawn_widths[first] == drawn)
        assert load_settings().columns["jobs"][0] == first


async def test_a_narrow_column_cuts_its_text_and_leaves_room_for_others() -> None:
    async with opened(gallery_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        view = screen.view
        assert isinstance(view, ListView)
        first = view.grid.columns[0].id
        before = len(view.grid.drawn_widths)
        view.grid.column_widths = {first: 4}
        assert view.grid.drawn_widths[first] == 4
        assert len(view.grid.drawn_widths) >= before
        assert all(view.grid.render_line(y).cell_length == 80 for y in range(10))
