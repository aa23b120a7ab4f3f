"""What every view looks like, kept as text: a change of the picture is seen in review.

A snapshot holds the lines of the screen as they are read and, below them, a digest of their
styles, so that a colour that moves is noticed without a picture of every cell.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from console.text import LANGUAGES
from screens.app import QuarterdeckApp
from screens.navigation import Location
from screens.widgets.dialogs import ConfirmDialog
from screens.widgets.help_dialog import HelpDialog
from tests.console.fakes import T0
from tests.screens.gallery import HOSTILE, gallery_tenant, hostile_tenant
from tests.screens.host import opened, until, workspace

NOW = T0 + timedelta(hours=2, minutes=5)
SIZES = ((60, 16), (80, 24), (120, 40))
HUGE = (200, 50)

VIEWS = {
    "overview": Location("overview"),
    "jobs": Location("jobs"),
    "job": Location("job", "alpha"),
    "compute": Location("compute"),
    "node": Location("node", "node-1"),
    "incidents": Location("incidents"),
    "incident": Location("incident", "alpha-0"),
    "billing": Location("billing"),
    "settings": Location("settings"),
    "submit": Location("submit"),
}


def screen_lines(app: QuarterdeckApp) -> list[str]:
    """The lines on the screen, dialogs over what they cover."""
    return [
        "".join(segment.text for segment in strip).rstrip()
        for strip in app.screen._compositor.render_strips()
    ]


def style_digest(app: QuarterdeckApp) -> str:
    """Eight signs that differ when any cell is drawn in another style."""
    found = hashlib.sha256()
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip.simplify():
            found.update(f"{len(text)} {style}\n".encode())
    return found.hexdigest()[:8]


def picture(app: QuarterdeckApp) -> str:
    width, height = app.size
    lines = screen_lines(app)
    assert len(lines) == height
    wide = [line for line in lines if cell_len(line) > width]
    assert wide == []
    return "\n".join([*lines, f"styles {style_digest(app)}"])


@asynccontextmanager
async def frozen(
    size: tuple[int, int], language: str
) -> AsyncIterator[tuple[QuarterdeckApp, Pilot[int]]]:
    async with opened(gallery_tenant(), size=size, language=language, now=NOW) as (app, pilot):
        yield app, pilot


async def shown(app: QuarterdeckApp, pilot: Pilot[int], location: Location) -> None:
    """Go somewhere and wait until the picture stands still."""
    screen = workspace(app)
    screen.go(location)
    await until(pilot, lambda: screen.view is not None and screen.view.VIEW == location.view)
    await still(app, pilot)


async def still(app: QuarterdeckApp, pilot: Pilot[int]) -> None:
    """Wait until every feed answered and two looks in a row are the same."""
    before: list[str] = []
    alike = 0
    for _ in range(100):
        await pilot.pause(0.03)
        lines = screen_lines(app)
        alike = alike + 1 if lines == before else 0
        before = lines
        if alike >= 4:
            return
    raise AssertionError("the screen never stood still")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_views(size: tuple[int, int], language: str, snapshot: SnapshotAssertion) -> None:
    async with frozen(size, language) as (app, pilot):
        for name, location in VIEWS.items():
            await shown(app, pilot, location)
            assert picture(app) == snapshot(name=name)


@pytest.mark.parametrize("name", ["overview", "node"])
async def test_views_on_a_huge_terminal(name: str, snapshot: SnapshotAssertion) -> None:
    async with frozen(HUGE, "en") as (app, pilot):
        await shown(app, pilot, VIEWS[name])
        assert picture(app) == snapshot


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids="{0[0]}x{0[1]}".format)
async def test_dialogs(size: tuple[int, int], language: str, snapshot: SnapshotAssertion) -> None:
    async with frozen(size, language) as (app, pilot):
        await shown(app, pilot, Location("jobs", "alpha"))
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpDialog))
        await still(app, pilot)
        assert picture(app) == snapshot(name="help")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.workspace)
        await pilot.press("x", "c")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await still(app, pilot)
        assert picture(app) == snapshot(name="confirm")


LISTS = ("overview", "jobs", "compute", "incidents", "billing", "inbox")

TURNS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Signs that turn the direction of what follows them."""


async def test_hostile_names_are_shown_in_lists_and_never_obeyed() -> None:
    async with opened(hostile_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        for view in LISTS:
            await shown(app, pilot, Location(view))
            harmless(app)
            await _press_each(app, pilot, "y", "i", "o", "w", "C")
        for name in HOSTILE:
            workspace(app).say(name)
            app.notify(name, markup=False)
        await pilot.pause(0.1)
        harmless(app)


@pytest.mark.parametrize("at", range(len(HOSTILE)))
async def test_hostile_names_are_shown_in_details_and_never_obeyed(at: int) -> None:
    name = HOSTILE[at]
    async with opened(hostile_tenant(), size=(80, 24), language="en", now=NOW) as (app, pilot):
        for view, key in (("job", name), ("incident", f"{name}-0"), ("node", name)):
            await shown(app, pilot, Location(view, key))
            harmless(app)
            await _press_each(app, pilot, "y", "x")
        await pilot.press("x", "u")
        await until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        harmless(app)


async def _press_each(app: QuarterdeckApp, pilot: Pilot[int], *keys: str) -> None:
    """Press keys that open a dialog or another view, and come back."""
    here = workspace(app).navigator.here
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        harmless(app)
        while app.screen is not app.workspace:
            await pilot.press("escape")
            await pilot.pause()
        if workspace(app).navigator.here != here:
            await shown(app, pilot, here)


def harmless(app: QuarterdeckApp) -> None:
    """No control character reaches the terminal and no line is wider than it."""
    text = picture(app).replace("\n", "")
    assert [sign for sign in text if unicodedata.category(sign) == "Cc" or sign in TURNS] == []
