"""Dialogs: what confirms, what never does."""

from __future__ import annotations

from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from console.present.facts import Fact
from screens.widgets.dialogs import ConfirmDialog, Consequence, Decision, MessageDialog
from screens.widgets.help_dialog import HelpDialog, HelpGroup, HelpLine
from screens.widgets.menu_dialog import MenuDialog, MenuItem

UNANSWERED = object()


class Host(App[None]):
    answer: Any = UNANSWERED

    def ask(self, dialog: ModalScreen[Any]) -> None:
        self.push_screen(dialog, self._take)

    def _take(self, answer: Any) -> None:
        self.answer = answer


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def stop(**changes: Any) -> Consequence:
    words: dict[str, Any] = {
        "title": "Stop job [/x]",
        "confirm": "Stop it",
        "cancel": "Cancel",
        "facts": (Fact("name", "Name", "char[/x]lm"), Fact("owner", "所有者", "li")),
        "effects": ("2 workers stop",),
        "undo": "Resubmit from step 120",
    }
    return Consequence(**{**words, **changes})


async def opened(pilot: Pilot[None], dialog: ConfirmDialog) -> Clock:
    clock = Clock()
    dialog.clock = clock
    assert isinstance(pilot.app, Host)
    pilot.app.ask(dialog)
    await pilot.pause()
    return clock


async def test_typed_ahead_keys_confirm_nothing_until_the_dialog_has_been_seen() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        clock = await opened(pilot, ConfirmDialog(stop()))
        await pilot.press("y")
        clock.now += 0.29
        await pilot.press("y")
        assert app.answer is UNANSWERED
        clock.now += 0.02
        await pilot.press("y")
        assert app.answer == Decision()


async def test_enter_on_a_fresh_dialog_cancels() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        clock = await opened(pilot, ConfirmDialog(stop()))
        clock.now += 1
        assert app.focused is not None and app.focused.id == "cancel"
        await pilot.press("enter")
        assert app.answer is None


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_n_and_escape_answer_no(key: str) -> None:
    app = Host()
    async with app.run_test() as pilot:
        await opened(pilot, ConfirmDialog(stop()))
        await pilot.press(key)
        assert app.answer is None


async def test_tab_then_enter_confirms_but_a_click_does_not() -> None:
    app = Host()
    async with app.run_test() as pilot:
        clock = await opened(pilot, ConfirmDialog(stop()))
        clock.now += 1
        await pilot.click("#confirm")
        assert app.answer is UNANSWERED
        await pilot.press("enter")
        assert app.answer == Decision()


async def test_the_irreversible_wants_the_name_typed_in_full() -> None:
    app = Host()
    async with app.run_test() as pilot:
        dialog = ConfirmDialog(stop(type_name="charlm", type_prompt="Type charlm"))
        clock = await opened(pilot, dialog)
        clock.now += 1
        await pilot.press("y")
        dialog.action_confirm()
        assert app.answer is UNANSWERED, "`y` is a letter of the name, never the answer"
        dialog.query_one("#type-name", Input).value = "charl"
        await pilot.pause()
        assert dialog.query_one("#confirm", Button).disabled
        dialog.query_one("#type-name", Input).value = "charlm"
        await pilot.pause()
        await pilot.press("tab", "tab", "enter")
        assert app.answer == Decision()


async def test_a_reason_is_mandatory_and_comes_back() -> None:
    app = Host()
    async with app.run_test() as pilot:
        dialog = ConfirmDialog(stop(reason_prompt="Why?"))
        clock = await opened(pilot, dialog)
        clock.now += 1
        assert dialog.query_one("#confirm", Button).disabled
        await pilot.press(*"bad y", "enter", "y")
        assert app.answer == Decision("bad y")


async def test_what_is_blocked_cannot_be_confirmed_and_says_why() -> None:
    app = Host()
    async with app.run_test() as pilot:
        dialog = ConfirmDialog(stop(blocked="data is 95 s old"))
        clock = await opened(pilot, dialog)
        clock.now += 1
        await pilot.press("y")
        assert app.answer is UNANSWERED
        assert "data is 95 s old" in str(dialog.query_one("#effects", Static).render())


async def test_a_menu_answers_by_letter_and_says_why_not() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        items = [
            MenuItem("c", "job.stop", "Stop [/x]", enabled=False, why_not="already ended"),
            MenuItem("D", "job.delete", "Delete", irreversible=True),
        ]
        app.ask(dialog := MenuDialog("job", items))
        await pilot.pause()
        await pilot.press("c")
        assert app.answer is UNANSWERED
        assert "already ended" in str(dialog.query_one("#menu", Static).render())
        await pilot.press("d")
        assert app.answer is UNANSWERED, "a small letter is another letter"
        await pilot.press("D")
        assert app.answer == "job.delete"


async def test_help_is_searched_by_word_and_id() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        groups = [
            HelpGroup("Lists", (HelpLine("j ↓", "down", "list.down"),)),
            HelpGroup("Jobs", (HelpLine("x c", "stop [/x]", "x_job.cancel", "read-only"),)),
        ]
        app.ask(dialog := HelpDialog("Help", groups, "search", "nothing"))
        await pilot.pause()
        text = dialog.query_one("#help", Static)
        assert "list.down" in str(text.render()) and "(read-only)" in str(text.render())
        await pilot.press("slash", *"cancel")
        assert "list.down" not in str(text.render()) and "stop [/x]" in str(text.render())
        await pilot.press(*"zzz")
        assert "nothing" in str(text.render())
        await pilot.press("escape")
        assert app.answer is UNANSWERED
        await pilot.press("escape")
        assert app.answer is None


async def test_a_message_shows_hostile_text_and_closes() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        app.ask(MessageDialog("[/t]", ["\x1b[2J[/x]", "\u202ename"]))
        await pilot.pause()
        await pilot.press("enter")
        assert app.answer is None
