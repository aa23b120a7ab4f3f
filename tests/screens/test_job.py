"""One job on one screen: every tab, its verbs, and what it says when there is no job."""

from __future__ import annotations

from textual.pilot import Pilot

from api_client.models.job import JobState
from screens.app import QuarterdeckApp
from screens.job import TABS, JobView
from screens.navigation import Location
from screens.widgets.dialogs import ConfirmDialog, MessageDialog
from screens.widgets.menu_dialog import MenuDialog
from tests.console.fakes import until
from tests.screens.host import running, workspace, writes
from tests.screens.logged import LINES, LoggedTenant, tenant_with


async def opened(app: QuarterdeckApp, pilot: Pilot[int], name: str = "demo") -> JobView:
    workspace(app).go(Location("job", name))
    await until(lambda: isinstance(workspace(app).view, JobView))
    view = workspace(app).view
    assert isinstance(view, JobView)
    await until(
        lambda: view.snapshot(f"job/{name}").fetched_at or view.snapshot(f"job/{name}").error
    )
    await until(lambda: str(view.head.render()) not in ("", view.desk.t("common.fresh.loading")))
    await pilot.pause(0.05)
    return view


async def test_the_top_says_state_progress_and_reason() -> None:
    tenant = tenant_with(LINES, reason="training [/x]")
    for size in ((60, 16), (80, 24), (140, 45)):
        async with running(tenant, size=size) as (app, pilot):
            view = await opened(app, pilot)
            assert "running" in str(view.head.render()) and "[/x]" in str(view.head.render())
            assert "120/600" in str(view.meter.render())


async def test_tabs_go_round_both_ways_and_each_has_its_content() -> None:
    tenant = tenant_with(LINES)
    async with running(tenant, size=(100, 30)) as (app, pilot):
        view = await opened(app, pilot)
        seen = []
        for _ in TABS:
            seen.append(view.tab)
            await pilot.press("tab")
        assert seen == list(TABS) and view.tab == TABS[0]
        await pilot.press("left_parenthesis")
        assert view.tab == "log"
        await until(lambda: view.log_tab.log_view.shown_lines[-1:] != ())
        assert view.log_tab.log_view.shown_lines[-1].startswith("step 400/600")
        await pilot.press("left_parenthesis")
        assert len(view.events_tab.grid.rows) == 2
        await pilot.press("left_parenthesis")
        assert [row.key for row in view.workers_tab.grid.rows] == ["0.0", "1.0"]


async def test_facts_stand_beside_the_tabs_where_there_is_room() -> None:
    async with running(tenant_with(LINES), size=(140, 45)) as (app, pilot):
        view = await opened(app, pilot)
        assert view.beside.display and view.tab == "life"
        await until(lambda: bool(view.life_tab.chart._data.series))
        assert view.life_tab.chart._data.series[0].name == "node-1/0"


async def test_enter_on_a_worker_opens_its_log() -> None:
    async with running(tenant_with(LINES), size=(100, 30)) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press("tab", "tab", "j", "enter")
        await until(lambda: workspace(app).navigator.here.view == "logs")
        assert workspace(app).navigator.here == Location("logs", "demo", detail="1:0")
        assert view.tab == "workers"


async def test_a_command_line_over_a_tab_keeps_the_keyboard() -> None:
    async with running(tenant_with(LINES), size=(100, 30)) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("colon")
        await pilot.pause(0.1)
        await pilot.press(*"job gone", "enter")
        await until(lambda: workspace(app).navigator.here == Location("job", "gone"))


async def test_a_job_that_is_not_there_is_said_so() -> None:
    async with running(LoggedTenant()) as (app, pilot):
        view = await opened(app, pilot, "gone")
        await until(lambda: "gone" in str(view.head.render()))
        assert not view.tabs.parent.display  # type: ignore[union-attr]
        await pilot.press("tab", "i", "m", "L")
        assert app.is_running


async def test_pin_why_raw_related_and_clone() -> None:
    tenant = tenant_with(LINES, nodes=("node-1", "node-2"), reason="waits for [x]")
    async with running(tenant, size=(100, 30)) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("m")
        assert "demo" in app.desk.pins
        await pilot.press("m")
        assert "demo" not in app.desk.pins
        for key in ("i", "y"):
            await pilot.press(key)
            await until(lambda: isinstance(app.screen, MessageDialog))
            await pilot.press("escape")
        await pilot.press("o")
        await until(lambda: isinstance(app.screen, MenuDialog))
        await pilot.press("2")
        await until(lambda: workspace(app).navigator.here == Location("node", "node-2"))
        await pilot.press("escape", "S")
        await until(lambda: workspace(app).navigator.here.detail == "clone:demo")


async def test_x_asks_about_this_job_and_changes_nothing_by_itself() -> None:
    tenant = tenant_with(LINES)
    async with running(tenant, size=(100, 30)) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("x", "c")
        await until(lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("escape")
        assert writes(tenant) == []


async def test_both_languages_and_an_ended_job() -> None:
    tenant = tenant_with(LINES, state=JobState.SUCCEEDED, exit_code=0)
    async with running(tenant, size=(100, 30)) as (app, pilot):
        view = await opened(app, pilot)
        english = str(view.tab_line.render())
        workspace(app).do_language("zh_CN")
        await pilot.press("tab", "tab")
        assert str(view.tab_line.render()) != english
        assert view.tab == "workers"


async def test_a_language_switched_elsewhere_reaches_the_timeline() -> None:
    async with running(tenant_with(LINES), size=(140, 45)) as (app, pilot):
        view = await opened(app, pilot)
        line = view.life_tab.line
        workspace(app).go(Location("jobs"))
        await pilot.pause(0.05)
        workspace(app).do_language("zh_CN")
        workspace(app).go(Location("job", "demo"))
        await until(lambda: view.life_tab.line is not line)
        await pilot.pause(0.05)
        assert view.life_tab.line._words.states != line._words.states
