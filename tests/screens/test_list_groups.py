"""Groups, folds, arrays, saved views and many objects at once, pressed."""

from __future__ import annotations

from api_client.models.job import JobState
from console.lists.kept import named_views
from screens.list_view import ListView
from screens.navigation import Location
from screens.widgets.dialogs import ConfirmDialog
from screens.widgets.menu_dialog import MenuDialog
from screens.widgets.results_dialog import ResultsDialog
from screens.workspace import Workspace
from tests.console.fakes import StreamingTenant, make_job
from tests.screens.host import running, until, workspace, writes


def _tenant(jobs: int = 12) -> StreamingTenant:
    tenant = StreamingTenant()
    for at in range(jobs):
        owner = "kim" if at % 3 else "lee"
        name = f"sweep-{at:03}" if at % 2 else f"job-{chr(97 + at % 26)}{at}x"
        tenant.job_items[name] = make_job(name, JobState.RUNNING, owner=owner, uid=f"u{at}")
    return tenant


def _list(screen: Workspace) -> ListView:
    assert isinstance(screen.view, ListView)
    return screen.view


def _said(screen: Workspace) -> str:
    return screen.footer.render_line(0).text


async def test_groups_fold_and_unfold_by_key_and_come_back_the_next_time() -> None:
    tenant = _tenant()
    async with running(tenant) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(
            pilot, lambda: isinstance(screen.view, ListView) and len(_list(screen).model) == 12
        )
        view = _list(screen)
        await pilot.press("z")
        await until(pilot, lambda: "No groups" in _said(screen))
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, MenuDialog))
        dialog = app.screen
        assert isinstance(dialog, MenuDialog)
        letter = next(item.letter for item in dialog._items if item.value == "owner")
        await pilot.press(letter)
        await until(pilot, lambda: len(view.model) == 14)
        assert [head.name for head in view.model.heads] == ["kim", "lee"]
        first = view.model.row(0)
        assert first.cells["name"].text == "kim · 8" and "8" in first.cells["state"].text
        await pilot.press("Z")
        await until(pilot, lambda: len(view.model) == 2)
        await pilot.press("g", "enter")
        await until(pilot, lambda: len(view.model) == 10)
        assert len(view.subjects()) == 8
        await pilot.press("j", "h")
        await until(pilot, lambda: len(view.model) == 2)
        assert view.cursor_head is not None and view.cursor_head.name == "kim"
        await until(pilot, lambda: not view.workers)
    async with running(tenant) as (app, pilot):
        workspace(app).go(Location("jobs"))
        await until(pilot, lambda: isinstance(workspace(app).view, ListView))
        await until(pilot, lambda: len(_list(workspace(app)).model) == 2)


async def test_an_array_stands_under_one_row() -> None:
    async with running(_tenant()) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(
            pilot, lambda: isinstance(screen.view, ListView) and len(_list(screen).model) == 12
        )
        view = _list(screen)
        await pilot.press("a")
        await until(pilot, lambda: len(view.model) == 9)
        assert [(head.name, head.tally.count) for head in view.model.heads] == [("sweep-", 4)]
        await pilot.press("a")
        await until(pilot, lambda: len(view.model) == 12)


async def test_a_view_is_kept_opened_from_elsewhere_and_says_when_it_is_wrong() -> None:
    async with running(_tenant()) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs", filter="owner=lee"))
        await until(
            pilot, lambda: isinstance(screen.view, ListView) and len(_list(screen).model) == 4
        )
        await pilot.press("greater_than_sign")
        screen.run_command(":save-view lees")
        assert named_views() == {"lees": "jobs?owner=lee&sort=name"}
        screen.go(Location("inbox"))
        await until(pilot, lambda: screen.view is not None and screen.view.VIEW == "inbox")
        screen.run_command(":view lees")
        await until(pilot, lambda: screen.view is not None and screen.view.VIEW == "jobs")
        assert _list(screen).location.filter == "owner=lee"
        assert _list(screen).grid.sort.column == "name"
        screen.run_command(":view jobs?state=running&sort=-age&columns=name,age:9")
        await until(pilot, lambda: len(_list(screen).model) == 12)
        assert [column.id for column in _list(screen).grid.columns] == ["name", "age"]
        screen.run_command(":view lee")
        await until(pilot, lambda: "did you mean lees" in _said(screen))
        screen.run_command(":view jobs?nofield=1")
        await until(pilot, lambda: "filter" in _said(screen).casefold())


async def test_many_objects_have_a_result_each_and_can_be_stopped_between() -> None:
    tenant = _tenant(6)
    async with running(tenant) as (app, pilot):
        screen = workspace(app)
        screen.go(Location("jobs"))
        await until(
            pilot, lambda: isinstance(screen.view, ListView) and len(_list(screen).model) == 6
        )
        await pilot.press("asterisk")
        assert "6 marked" in _list(screen).counts()
        del tenant.job_items["sweep-001"]
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, MenuDialog))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        dialog = app.screen
        assert isinstance(dialog, ConfirmDialog)
        await until(pilot, lambda: not dialog.guarded)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, ResultsDialog) and not app.screen.running)
        results = app.screen
        assert isinstance(results, ResultsDialog)
        words = [each.word for each in results._results]
        assert sorted(words) == ["done"] * 5 + ["refused"]
        assert len(writes(tenant)) == 5
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
