"""The form of a job: checked while typing, never lost, sent only when confirmed."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot

from api_client.errors import InvalidRequest
from api_client.models.slim import replace
from console.submit.drafts import MOST_DRAFTS, Drafts
from screens.app import QuarterdeckApp
from screens.navigation import Location
from screens.submit import SubmitView
from screens.widgets.dialogs import GUARD_SECONDS, ConfirmDialog
from tests.console.fakes import make_job, until
from tests.screens.host import running, workspace, writes
from tests.screens.logged import LINES, LoggedTenant, tenant_with

COMMANDS = ("f1", "f4", "f5", "tab", "shift+tab", "ctrl+p", "ctrl+r", "ctrl+l", "ctrl+c")


async def opened(app: QuarterdeckApp, pilot: Pilot[int], detail: str = "") -> SubmitView:
    workspace(app).go(Location("submit", detail=detail))
    await until(lambda: isinstance(workspace(app).view, SubmitView))
    view = workspace(app).view
    assert isinstance(view, SubmitView)
    await until(lambda: view.form.display)
    await pilot.pause(0.05)
    return view


def label(view: SubmitView, name: str) -> str:
    return str(view.form._label_of(name).render())


async def test_a_wrong_field_says_so_while_it_is_typed() -> None:
    async with running(tenant_with(LINES), size=(80, 24)) as (app, pilot):
        view = await opened(app, pilot)
        clean = label(view, "command")
        await pilot.press(*"Demo")
        await pilot.pause(0.05)
        assert "demo" in label(view, "name").splitlines()[1]
        assert label(view, "command") == clean, "what nobody touched is not complained about"
        await pilot.press("ctrl+s")
        await pilot.pause(0.05)
        assert label(view, "command") != clean
        assert app.screen is workspace(app)


async def test_a_name_that_is_taken_is_known_before_it_is_sent() -> None:
    async with running(tenant_with(LINES)) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press(*"demo")
        await pilot.pause(0.05)
        assert "demo-2" in label(view, "name")


async def test_price_and_room_are_shown() -> None:
    async with running(tenant_with(LINES)) as (app, pilot):
        view = await opened(app, pilot, "example")
        await until(lambda: "20" in str(view.panel.render()))
        assert "1 free" in str(view.panel.render())


async def test_confirmed_it_is_created_once_pinned_and_shown() -> None:
    tenant = tenant_with(LINES)
    async with running(tenant) as (app, pilot):
        await opened(app, pilot, "example")
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(app.screen, ConfirmDialog))
        assert writes(tenant) == []
        await asyncio.sleep(GUARD_SECONDS + 0.05)
        await pilot.press("y")
        await until(lambda: workspace(app).navigator.here == Location("job", "charlm"))
        assert writes(tenant) == ["create charlm"]
        assert "charlm" in app.desk.pins
        await pilot.press("escape")
        await pilot.pause()
        assert workspace(app).navigator.here.view != "submit"


async def test_what_the_service_refuses_stands_at_its_field() -> None:
    tenant = tenant_with(LINES)
    tenant.write_error = InvalidRequest("create job", "no", fields={"pool": "closed [/x]"})
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot, "example")
        await pilot.press("f8")
        await until(lambda: isinstance(app.screen, ConfirmDialog))
        await asyncio.sleep(GUARD_SECONDS + 0.05)
        await pilot.press("y")
        await until(lambda: "closed [/x]" in label(view, "pool"))
        assert view.form.values["name"] == "charlm"


@pytest.mark.parametrize("detail", ["clone:demo", "edit:demo"])
async def test_a_copy_has_a_free_name_and_says_what_differs(detail: str) -> None:
    tenant = LoggedTenant()
    job = make_job("demo")
    spec = job.spec.model_copy(update={"command": "one\ntwo", "env": {"A": "1", "B": "2"}})
    tenant.add(replace(job, spec=spec), LINES)
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot, detail)
        assert view.form.values["name"] == "demo-2"
        assert view.form.values["command"] == "one\ntwo"
        assert view.form.values["env"] == "A=1\nB=2"
        await until(lambda: "demo → demo-2" in str(view.panel.render()))


async def test_no_command_key_loses_the_draft() -> None:
    async with running(tenant_with(LINES), size=(80, 24)) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press(*"draft-1")
        for key in COMMANDS:
            await pilot.press(key)
            await pilot.pause()
            while app.screen is not workspace(app):
                await pilot.press("escape")
                await pilot.pause()
            assert view.form.values["name"] == "draft-1", key
            assert workspace(app).view is view, key


async def test_a_draft_left_behind_comes_back_even_after_a_restart() -> None:
    tenant = tenant_with(LINES)
    async with running(tenant) as (app, pilot):
        await opened(app, pilot)
        await pilot.press(*"kept", "escape")
        await until(lambda: workspace(app).navigator.here.view != "submit")
        view = await opened(app, pilot, "example")
        assert view.form.values["name"] == "charlm"
        view = await opened(app, pilot)
        assert view.form.values["name"] == "kept"
        await pilot.press(*"-on")
        await pilot.pause()
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot)
        assert view.form.values["name"] == "kept-on"


def test_drafts_are_few_and_private(isolated_home: object) -> None:
    drafts = Drafts("p")
    for number in range(MOST_DRAFTS + 3):
        drafts.put(str(number), {"name": "a"})
    drafts.save()
    assert drafts._file.stat().st_mode & 0o077 == 0
    again = Drafts("p")
    assert again.get("0") is None and again.get(str(MOST_DRAFTS)) == {"name": "a"}
    drafts._file.write_text("[1")
    assert Drafts("p").get("5") is None
