"""The log of one rank: its end first, followed, searched, on into the next attempt."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from api_client.errors import Unavailable
from api_client.models.job import JobState
from screens.app import QuarterdeckApp
from screens.log_pager import plain_lines
from screens.log_pane import LogPhase
from screens.logs import LogsView
from screens.navigation import Location
from screens.widgets.menu_dialog import MenuDialog
from tests.console.fakes import make_job, until
from tests.screens.host import running, workspace
from tests.screens.logged import LINES, LoggedTenant, tenant_with


async def opened(app: QuarterdeckApp, pilot: Pilot[int], detail: str = "") -> LogsView:
    """The log of `demo`, read to its end."""
    workspace(app).go(Location("logs", "demo", detail=detail))
    await until(lambda: isinstance(workspace(app).view, LogsView))
    view = workspace(app).view
    assert isinstance(view, LogsView)
    await until(lambda: view.pane.phase is not LogPhase.LOADING and view.attempts)
    await pilot.pause()
    return view


def lines(view: LogsView) -> tuple[str, ...]:
    return view.pane.log_view.shown_lines


async def test_it_opens_at_the_end_and_shows_what_is_written_next() -> None:
    tenant = tenant_with(LINES)
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot)
        assert lines(view)[-1].startswith("step 400/600")
        tenant.write("demo", b"step 401/600 loss 1.9 [/x]\x1b[2J\n")
        await until(lambda: lines(view)[-1].startswith("step 401/600"))
        assert "[/x]" in lines(view)[-1] and "\x1b" not in lines(view)[-1]
        await pilot.press("g")
        assert lines(view)[0].startswith("step 1/600")
        tenant.write("demo", b"later\n")
        await until(lambda: view.pane.log_view.pending > 0)
        assert lines(view)[0].startswith("step 1/600"), "what is read stays where it is"
        await pilot.press("F")
        await until(lambda: lines(view)[-1] == "later")


async def test_a_large_log_is_read_by_range_only() -> None:
    tenant = tenant_with(b"x" * 99 + b"\n" + (b"y" * 99 + b"\n") * 50_000)
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press("g")
        await until(lambda: lines(view)[0].startswith("xxx"))
        assert sum(length for _, length in tenant.reads) < 2_000_000
        assert all(length <= 262_144 for _, length in tenant.reads)


async def test_following_goes_on_into_the_next_attempt() -> None:
    tenant = tenant_with(b"first life\n")
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot)
        assert lines(view) == ("first life",)
        again = make_job("demo", JobState.RUNNING, attempt=1)
        tenant.worker_items.clear()
        tenant.add(again, b"first life\n", b"second life\n")
        tenant.written.set()
        await app.session.refresh("workers/demo")
        await until(lambda: lines(view) == ("second life",))
        assert "1" in view.title()
        await pilot.press("p")
        await until(lambda: lines(view) == ("first life",))
        await pilot.press("F")
        await until(lambda: lines(view) == ("second life",))


async def test_someone_reading_is_told_of_the_next_attempt_and_left_alone() -> None:
    tenant = tenant_with(LINES)
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press("g")
        tenant.worker_items.clear()
        tenant.add(make_job("demo", JobState.RUNNING, attempt=1), LINES, b"second life\n")
        tenant.written.set()
        await app.session.refresh("workers/demo")
        await pilot.pause(0.1)
        assert lines(view)[0].startswith("step 1/600")


async def test_search_goes_from_hit_to_hit_and_escape_ends_it() -> None:
    async with running(tenant_with(LINES)) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press("g", "slash", *"step 20", "enter")
        await until(lambda: bool(view.pane.log_view.hits))
        assert view.pane.log_view.hit_text.startswith("step 20/600")
        await pilot.press("n")
        assert view.pane.log_view.hit_text.startswith("step 200/600")
        await pilot.press("N")
        assert view.pane.log_view.hit_text.startswith("step 20/600")
        await pilot.press("y")
        assert app.clipboard.startswith("step 20/600")
        await pilot.press("escape")
        assert not view.pane.log_view.hits and workspace(app).view is view


async def test_the_ranks_are_a_menu() -> None:
    async with running(tenant_with(LINES)) as (app, pilot):
        view = await opened(app, pilot)
        await pilot.press("a")
        await until(lambda: isinstance(app.screen, MenuDialog))
        await pilot.press("1")
        await until(lambda: lines(view) == ("other rank",))
        assert view.rank == 1


async def test_a_log_that_is_not_there_says_why() -> None:
    tenant = LoggedTenant()
    tenant.add(make_job("demo", JobState.QUEUED, reason="needs 16, 5 free [/x]"))
    async with running(tenant) as (app, pilot):
        workspace(app).go(Location("logs", "demo"))
        await pilot.pause(0.3)
        view = workspace(app).view
        assert isinstance(view, LogsView)
        assert "needs 16, 5 free" in view.pane.log_view._empty
        workspace(app).go(Location("logs", "gone"))
        await until(lambda: "gone" in view.pane.log_view._empty)


async def test_a_dead_service_is_a_sentence_and_reading_goes_on_when_it_is_back() -> None:
    tenant = tenant_with(LINES)
    tenant.log_error = Unavailable("read the log", "no one is there")
    async with running(tenant) as (app, pilot):
        view = await opened(app, pilot)
        assert view.pane.phase is LogPhase.FAILED
        assert "no one is there" in view.pane.log_view._empty
        tenant.log_error = None
        await until(lambda: bool(lines(view)))


async def test_the_pager_gets_a_copy_that_acts_on_no_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat \"$1\" > '{seen}'\n")
    pager.chmod(0o755)
    monkeypatch.setenv("PAGER", str(pager))
    calls: list[Any] = []
    monkeypatch.setattr("screens.log_pager.run_pager", lambda app, command: calls.append(command))

    def run(app: object, command: list[str]) -> str:
        os.spawnv(os.P_WAIT, command[0], command)
        return ""

    monkeypatch.setattr("screens.log_pager.run_pager", run)
    async with running(tenant_with(b"one\x1b[2J\ntwo\n")) as (app, pilot):
        await opened(app, pilot)
        await pilot.press("P")
        await until(seen.exists)
        await pilot.pause(0.05)
    text = seen.read_text()
    assert text.splitlines()[0].startswith("one") and "\x1b" not in text


def test_plain_lines_keep_every_line() -> None:
    assert plain_lines(b"a\n\xffb").splitlines() == ["a", "\\xffb"]
