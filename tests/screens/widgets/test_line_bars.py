"""The filter line and the command line by keys."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Input, Static

from screens.widgets.command_bar import CommandBar
from screens.widgets.filter_bar import FilterBar
from screens.widgets.line_bar import LineBar


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield FilterBar()
        yield CommandBar()

    def on_line_bar_submitted(self, message: LineBar.Submitted) -> None:
        self.said.append(("submitted", message.text))

    def on_line_bar_changed(self, message: LineBar.Changed) -> None:
        self.said.append(("changed", message.text))

    def on_line_bar_cancelled(self, message: LineBar.Cancelled) -> None:
        self.said.append(("cancelled", ""))


def below(bar: LineBar) -> str:
    return str(bar.query_one(".line-bar--below", Static).render())


async def test_full_width_signs_are_plain_and_enter_submits() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        bar = app.query_one(FilterBar)
        assert not bar.is_open
        bar.open()
        bar.query_one(Input).value = "state＝failed，x"
        await pilot.press("enter")
        assert ("changed", "state=failed,x") in app.said
        assert app.said[-1] == ("submitted", "state=failed,x")


async def test_escape_closes_and_history_goes_up_and_back_to_the_draft() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        bar = app.query_one(CommandBar)
        bar.set_history(["jobs", "nodes"])
        bar.open()
        await pilot.press("n", "e", "up", "up", "up")
        assert bar.text == "jobs"
        await pilot.press("down", "down")
        assert bar.text == "ne"
        await pilot.press("escape")
        assert not bar.is_open and app.said[-1] == ("cancelled", "")


async def test_the_error_points_at_its_place_and_tab_completes_the_word() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        bar = app.query_one(FilterBar)
        bar.open("state=failed onwer=me")
        bar.show_error("no field [onwer]; did you mean owner?", 13)
        assert below(bar).startswith(" " * 13 + "^ ▲ no field [onwer]")
        bar.show_error("")
        bar.open("mine sta")
        bar.show_candidates(["state=", "started="])
        await pilot.press("tab")
        assert bar.text == "mine state="
        assert bar.query_one(Input).has_focus


async def test_a_key_on_its_way_to_a_line_that_is_closed_goes_to_what_is_seen_now() -> None:
    keys: list[str] = []

    class Page(Screen[None]):
        def compose(self) -> ComposeResult:
            yield CommandBar()

        def on_key(self, event: events.Key) -> None:
            keys.append(event.key)
            event.stop()
            event.prevent_default()

    page = Page()
    async with App[None]().run_test(size=(60, 16)) as pilot:
        await pilot.app.push_screen(page)
        bar = page.query_one(CommandBar)
        bar.open()
        await pilot.pause()
        line = bar.query_one(Input)
        bar.close()
        line.post_message(events.Key("question_mark", "?"))
        await pilot.pause()
        assert keys == ["question_mark"] and line.value == ""
