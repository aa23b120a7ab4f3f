"""A log file on the screen: its place, its lines by number, searching, marks, saving."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from screens.app import QuarterdeckApp
from screens.log_file import FileView
from screens.log_pane import LogPhase
from screens.navigation import Location
from screens.widgets.dialogs import MessageDialog
from screens.widgets.path_dialog import PathDialog
from tests.screens.host import busy_tenant, running, until, workspace


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[tuple[FileView, QuarterdeckApp, Pilot[int]]]:
    """The view of a file, read to its end."""
    async with running(busy_tenant()) as (app, pilot):
        workspace(app).run_command(f"open {path}")
        await until(pilot, lambda: isinstance(workspace(app).view, FileView))
        view = workspace(app).view
        assert isinstance(view, FileView)
        await until(pilot, lambda: view.pane.phase is not LogPhase.LOADING)
        await pilot.pause()
        yield view, app, pilot


def lines(view: FileView) -> tuple[str, ...]:
    return view.pane.log_view.shown_lines


def written(path: Path, count: int = 60_000) -> Path:
    path.write_bytes(b"".join(b"line %d of it\n" % n for n in range(1, count + 1)))
    return path


async def test_it_opens_at_its_end_and_goes_to_percents_and_lines(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.log")) as (view, app, pilot):
        assert lines(view)[-1] == "line 60000 of it"
        top = workspace(app).status.render_line(0).text
        assert "a.log" in top and "@" not in top, "a file is nobody's tenant"
        await until(pilot, lambda: view.numbers.total == 60_000)
        await pilot.press("colon", *"12,345", "enter")
        await until(pilot, lambda: lines(view)[0] == "line 12345 of it")
        await until(pilot, lambda: "12,345" in view.title() and "60,000" in view.title())
        await pilot.press("colon", *"50%", "enter")
        await until(pilot, lambda: view.pane.log_view.percent in (49, 50))
        await pilot.press("G")
        await until(pilot, lambda: lines(view)[-1] == "line 60000 of it")
        await pilot.press("g")
        await until(pilot, lambda: lines(view)[0] == "line 1 of it")
        workspace(app).run_command("99,999,999")
        await pilot.pause(0.1)
        assert lines(view)[0] == "line 1 of it"


async def test_a_search_counts_every_hit_and_goes_round(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.log")) as (view, _, pilot):
        await pilot.press("g", "slash", *"line 599", "enter")
        await until(pilot, lambda: view.pane.log_view.hit_text == "line 599 of it")
        await until(pilot, lambda: not view.finding.running)
        assert "1/111" in view.counts()
        await pilot.press("N")
        await until(pilot, lambda: view.pane.log_view.hit_text == "line 59999 of it")
        await until(pilot, lambda: "111/111" in view.counts())
        view.apply_filter("~e 5+ of")
        await until(pilot, lambda: view.finding.search is not None and not view.finding.running)
        await until(pilot, lambda: "/5 " in f"{view.counts()} ")


async def test_errors_are_found_in_all_of_the_log(tmp_path: Path) -> None:
    path = written(tmp_path / "a.log", 1_200_000)
    content = path.read_bytes().replace(b"line 70000 of it\n", b"ValueError: first\n")
    path.write_bytes(content.replace(b"line 90000 of it\n", b"ERROR second\n"))
    async with opened(path) as (view, _, pilot):
        await pilot.press("e")
        await until(pilot, lambda: lines(view)[0] == "ValueError: first")
        await pilot.press("E")
        await until(pilot, lambda: lines(view)[0] == "ERROR second")


async def test_an_expression_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.log", 10)) as (view, _, pilot):
        view.apply_filter("~(")
        await pilot.pause()
        assert view.finding.search is None and not view.location.filter


async def test_matching_lines_alone_with_context_and_all_again(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.log")) as (view, _, pilot):
        view.apply_filter("line 33333 ")
        await until(pilot, lambda: view.pane.log_view.hit_text == "line 33333 of it")
        await pilot.press("ampersand")
        await until(pilot, lambda: lines(view) == ("line 33333 of it",))
        await pilot.press("ampersand")
        await until(pilot, lambda: len(lines(view)) == 5)
        assert [line.split()[1] for line in lines(view)] == [str(n) for n in range(33331, 33336)]
        await pilot.press("escape")
        assert lines(view)[0].startswith("line 333") and len(lines(view)) > 5


async def test_marks_selection_and_a_saved_range(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.log")) as (view, app, pilot):
        await until(pilot, lambda: view.numbers.total is not None)
        view.jump("100")
        await until(pilot, lambda: lines(view)[0] == "line 100 of it")
        await pilot.press("m", "G", "greater_than_sign")
        await until(pilot, lambda: lines(view)[0] == "line 100 of it")
        await pilot.press("v", "j", "j", "y")
        assert app.clipboard == "line 100 of it\nline 101 of it\nline 102 of it"
        await pilot.press("v", "j", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, PathDialog))
        target = tmp_path / "out.log"
        app.screen.query_one("#path").value = str(target)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, target.exists)
        assert target.read_bytes() == b"line 100 of it\nline 101 of it\n"


async def test_states_of_a_bar_are_one_key_away(tmp_path: Path) -> None:
    path = tmp_path / "bar.log"
    path.write_bytes(b"10%\r20%\r100%\n")
    async with opened(path) as (view, app, pilot):
        assert lines(view) == ("100%",)
        await pilot.press("g", "d")
        await until(pilot, lambda: isinstance(app.screen, MessageDialog))
        shown = " ".join(str(each.render()) for each in app.screen.query("Static"))
        assert "10%" in shown and "20%" in shown


async def test_it_follows_what_is_appended_and_says_that_it_was_cut(tmp_path: Path) -> None:
    path = written(tmp_path / "a.log", 5000)
    async with opened(path) as (view, _, pilot):
        with path.open("ab") as log:
            log.write("半".encode()[:2])
            log.flush()
            await pilot.pause(0.1)
            log.write("半".encode()[2:] + b" done\n")
        await until(pilot, lambda: lines(view)[-1] == "半 done")
        await until(pilot, lambda: view.numbers.total == 5001)
        path.write_bytes(b"new life\n")
        await until(pilot, lambda: lines(view) == ("new life",))
        await until(pilot, lambda: view.numbers.total == 1)


@pytest.mark.parametrize("kind", ["folder", "device", "missing", "empty", "packed"])
async def test_what_is_no_log_is_a_sentence(tmp_path: Path, kind: str) -> None:
    path = {"folder": tmp_path, "device": Path("/dev/null")}.get(kind, tmp_path / "a.log")
    if kind == "empty":
        path.write_bytes(b"")
    if kind == "packed":
        path.write_bytes(gzip.compress(b"packed away\n"))
    async with opened(path) as (view, _, pilot):
        if kind == "packed":
            await until(pilot, lambda: lines(view) == ("packed away",))
            return
        assert not lines(view)
        assert view.pane.log_view._empty
        await pilot.press("g", "G", "n", "m", "v", "d", "y", "ampersand", "e")
        assert view.pane.phase is (LogPhase.LIVE if kind == "empty" else LogPhase.FAILED)


async def test_one_line_without_an_end_is_shown_and_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(b"")
    os.truncate(path, 1 << 30)
    async with opened(path) as (view, _, pilot):
        await pilot.press("g", "pagedown", "G", "d")
        await pilot.pause(0.1)
        held = view.pane.log_view.held
        assert held[1] - held[0] <= 8 << 20


async def test_going_back_and_forth_keeps_the_file_open(tmp_path: Path) -> None:
    async with opened(written(tmp_path / "a.log", 500)) as (view, app, pilot):
        await pilot.press("g")
        workspace(app).go(Location("overview"))
        await pilot.pause(0.1)
        await pilot.press("escape")
        await until(pilot, lambda: workspace(app).view is view)
        assert lines(view)[0] == "line 1 of it"
