"""What every list can do with what it shows: columns, whole rows, saving, reasons, names."""

from __future__ import annotations

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from textual.widgets import Input

from console.settings import load_settings
from screens.list_view import ListView
from screens.navigation import Location
from screens.widgets.columns_dialog import ColumnsDialog
from screens.widgets.dialogs import MessageDialog
from screens.widgets.path_dialog import PathDialog
from screens.workspace import Workspace
from tests.console.fakes import T0
from tests.screens.gallery import gallery_tenant
from tests.screens.host import opened, until, workspace

NOW = T0 + timedelta(hours=2)


def _list(screen: Workspace) -> ListView:
    assert isinstance(screen.view, ListView)
    return screen.view


def _ids(screen: Workspace) -> list[str]:
    return [column.id for column in _list(screen).grid.columns if not column.money]


def _said(screen: Workspace) -> str:
    return screen.footer.render_line(0).text


async def test_columns_are_chosen_moved_kept_and_in_force_at_once() -> None:
    async with opened(gallery_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        before = _ids(screen)
        await pilot.press("C")
        await until(pilot, lambda: isinstance(app.screen, ColumnsDialog))
        await pilot.press("space", "j", "less_than_sign", "enter")
        await until(pilot, lambda: _ids(screen) == before[1:])
        await pilot.press("C", "greater_than_sign", "enter")
        await until(pilot, lambda: load_settings().columns["jobs"][0] == before[2])
        await until(pilot, lambda: _ids(screen)[:2] == [before[2], before[1]])


async def test_wide_shows_every_column_uncut_and_scrolls() -> None:
    async with opened(gallery_tenant(), size=(60, 16), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("compute"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        await pilot.press("w")
        seen = set()
        for _ in range(8):
            await pilot.pause()
            grid = _list(screen).grid
            seen |= set(grid.render_line(0).text.split())
            assert grid.render_line(1).cell_length <= 60
            await pilot.press("shift+right")
        titles = {app.desk.t(column.title_key) for column in _list(screen).grid.columns}
        assert titles <= seen


async def test_what_is_shown_is_saved_and_nothing_is_replaced_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(gallery_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs", filter="state=failed,queued"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PathDialog))
        name = app.screen.query_one(Input).value
        await pilot.press("enter")
        await until(pilot, lambda: (tmp_path / name).exists())
        rows = list(csv.reader((tmp_path / name).read_text().splitlines()))
        assert [row[0] for row in rows] == ["JOB", "beta", "gamma"]

        (tmp_path / "mine.json").write_text("precious")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PathDialog))
        app.screen.query_one(Input).value = "mine.json"
        await pilot.press("enter")
        await pilot.pause()
        assert (tmp_path / "mine.json").read_text() == "precious"
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is screen)
        kept = json.loads((tmp_path / "mine.json").read_text())
        assert [job["name"] for job in kept] == ["beta", "gamma"]

        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PathDialog))
        app.screen.query_one(Input).value = "no/such/folder.csv"
        await pilot.press("enter")
        await until(pilot, lambda: "no such folder" in _said(screen))


@pytest.mark.parametrize("view", ["jobs", "compute", "incidents", "billing", "inbox"])
async def test_why_says_the_reason_whole(view: str) -> None:
    async with opened(gallery_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location(view))
        await until(
            pilot, lambda: isinstance(screen.view, ListView) and bool(screen.view.grid.rows)
        )
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, MessageDialog))
        assert isinstance(app.screen, MessageDialog)
        text = "\n".join(app.screen._words[1])
        expected = {"billing": "slots × price", "inbox": "alpha"}
        assert expected.get(view, "no heartbeat") in text
        await pilot.press("c")
        assert app.clipboard == text


async def test_a_name_with_a_slip_is_answered_with_the_one_meant() -> None:
    async with opened(gallery_tenant(), size=(120, 40), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("compute"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        for line, meant in ((":job Alpha", "alpha"), (":node nod-2", "node-2")):
            screen.run_command(line)
            await until(pilot, lambda m=meant: f"did you mean {m}?" in _said(screen))
        screen.run_command(":cancel betta")
        await until(pilot, lambda: "did you mean beta?" in _said(screen))


async def test_an_input_method_is_noticed_once() -> None:
    async with opened(gallery_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(pilot, lambda: isinstance(screen.view, ListView))
        await pilot.press("你")
        await until(pilot, lambda: "Input method" in _said(screen))
        screen.footer.say(None)
        await pilot.press("好")
        await pilot.pause()
        assert "Input method" not in _said(screen)
