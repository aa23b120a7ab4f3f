"""The list of jobs: marks and bulk, mine, pins, and the ways to a log, a node, a copy."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from api_client.models.job import JobState
from screens.app import QuarterdeckApp
from screens.jobs import JobsView
from screens.navigation import Location
from screens.widgets.dialogs import ConfirmDialog, MessageDialog
from screens.widgets.menu_dialog import MenuDialog
from tests.console.fakes import make_job, until
from tests.screens.host import running, workspace, writes
from tests.screens.logged import LoggedTenant


def three_jobs() -> LoggedTenant:
    tenant = LoggedTenant()
    for name, owner in (("alpha", "kim"), ("beta", "lee"), ("gamma", "kim")):
        job = make_job(name, JobState.RUNNING, owner=owner, attempt=1, nodes=("node-1",))
        tenant.add(job, b"first\n", b"second\n")
    return tenant


async def listed(app: QuarterdeckApp, pilot: Pilot[int]) -> JobsView:
    workspace(app).go(Location("jobs"))
    await until(lambda: isinstance(workspace(app).view, JobsView))
    view = workspace(app).view
    assert isinstance(view, JobsView)
    await until(lambda: len(view.grid.rows) == 3)
    await pilot.press("g")
    return view


async def test_a_verb_is_about_every_marked_job() -> None:
    tenant = three_jobs()
    async with running(tenant) as (app, pilot):
        view = await listed(app, pilot)
        await pilot.press("space", "space")
        assert len(view.subjects()) == 2
        await pilot.press("x")
        await until(lambda: isinstance(app.screen, MenuDialog))
        await pilot.press("c")
        await until(lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert not view.grid.marks and writes(tenant) == []


async def test_mine_narrows_and_widens() -> None:
    async with running(three_jobs()) as (app, pilot):
        view = await listed(app, pilot)
        await pilot.press("M")
        assert [row.key for row in view.grid.rows] == ["alpha", "gamma"]
        assert workspace(app).navigator.here.filter == "owner=me"
        await pilot.press("M")
        assert len(view.grid.rows) == 3


async def test_a_pin_shows_and_stays_for_the_next_start() -> None:
    tenant = three_jobs()
    async with running(tenant) as (app, pilot):
        view = await listed(app, pilot)
        name = view.grid.cursor_key or ""
        await pilot.press("m")
        assert view.grid.rows[0].cells["name"].glyph == "pin"
    async with running(tenant) as (app, pilot):
        assert name in app.desk.pins


@pytest.mark.parametrize(
    ("key", "view", "detail"),
    [
        ("L", "logs", "0"),
        ("p", "logs", "0:0"),
        ("S", "submit", "clone:alpha"),
        ("e", "submit", "edit:alpha"),
        ("enter", "job", ""),
    ],
)
async def test_a_key_opens_what_it_says(key: str, view: str, detail: str) -> None:
    tenant = three_jobs()
    async with running(tenant) as (app, pilot):
        jobs = await listed(app, pilot)
        jobs.grid.select("alpha")
        await pilot.press(key)
        await until(lambda: workspace(app).navigator.here.view == view)
        here = workspace(app).navigator.here
        assert here.detail == detail and here.key in ("alpha", "")
        assert writes(tenant) == []


@pytest.mark.parametrize("key", ["o", "J"])
async def test_the_node_of_a_job_is_one_key_away(key: str) -> None:
    async with running(three_jobs()) as (app, pilot):
        await listed(app, pilot)
        await pilot.press(key)
        await until(lambda: workspace(app).navigator.here == Location("node", "node-1"))


async def test_why_is_a_dialog() -> None:
    async with running(three_jobs()) as (app, pilot):
        await listed(app, pilot)
        await pilot.press("i")
        await until(lambda: isinstance(app.screen, MessageDialog))
