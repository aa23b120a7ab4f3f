"""No key acts: the laws of the key map, pressed in the real application."""

from __future__ import annotations

import random

import pytest
from textual.widgets import Input

from api_client.models.slim import replace
from console.actions.action import Danger
from console.actions.lint import lint
from console.actions.presets import PRESETS
from console.actions.registry import ACTIONS
from console.keymap import build_keymap
from console.settings import KeySettings, Settings
from console.text import LANGUAGES, Translator
from screens.navigation import Location
from screens.palette import palette_entries
from screens.places import PLACES
from screens.strokes import TYPING_KEYS, active
from screens.views import view_names
from screens.widgets.dialogs import ConfirmDialog, Dialog
from screens.widgets.help_dialog import HelpDialog
from screens.widgets.menu_dialog import MenuDialog
from tests.screens.host import busy_tenant, running, settled, workspace, writes

HABITS = {
    "k9s": ["c", "d", "ctrl+d", "ctrl+k", "u", "r", "e", "ctrl+w", "delete", "l", "p"],
    "turm": ["c", "C", "ctrl+d", "o", "w", "p"],
    "lazyslurm": ["c", "C", "S", "m", "u", "o", "R"],
    "slurm-viewer": ["k", "d", "u", "s", "l"],
    "htop": ["f9", "k", "f5", "f6", "space", "delete", "backspace"],
    "nvitop": ["K", "T", "I", "ctrl+a", "slash", "escape"],
    "clouddeck": ["x", "X", "escape", "d"],
    "dolphie": ["k", "minus", "plus", "escape"],
}


def test_the_default_map_and_every_preset_are_without_a_clash() -> None:
    for preset in PRESETS:
        keymap = build_keymap(preset)
        assert not keymap.dropped, (preset, keymap.dropped)
        assert not lint(keymap.keys, strict=False), preset


@pytest.mark.parametrize("place", [place.view for place in PLACES])
async def test_every_key_of_a_place_can_be_pressed_in_every_state(place: str) -> None:
    """Pressed in a list with rows, in an empty one, stale and read-only: nothing is written."""
    states = (
        ((False, False), (True, False), (False, True)) if place == "jobs" else ((False, False),)
    )
    for empty, read_only in states:
        tenant = busy_tenant()
        if empty:
            tenant.job_items.clear()
            tenant.node_items.clear()
        async with running(tenant, read_only=read_only) as (app, pilot):
            screen = workspace(app)
            for action, keys in active(app.desk.keymap, ("list",)):
                if action.id in ("global.quit", "global.suspend"):
                    continue
                if screen.navigator.here != Location(place):
                    screen.go(Location(place))
                    await pilot.pause()
                await pilot.press(keys[0])
                await _leave_dialogs(app, pilot)
            assert app.is_running
            assert writes(tenant) == []


async def _leave_dialogs(app, pilot) -> None:  # type: ignore[no-untyped-def]
    for _ in range(6):
        if app.screen is app.workspace and not isinstance(app.focused, Input):
            return
        await pilot.press("escape")
        await pilot.pause()


@pytest.mark.parametrize("seed", range(4))
async def test_random_strokes_without_a_confirmation_change_nothing(seed: int) -> None:
    tenant = busy_tenant()
    chooser = random.Random(seed)
    keys = sorted(
        {
            key
            for action in ACTIONS.values()
            for key in action.keys
            if action.danger is not Danger.ACT
            and key not in ("enter", "y", "q", "f10", "ctrl+q", "ctrl+c", "ctrl+z")
        }
        | {"D", "c", "r", "B", "d"}
    )
    async with running(tenant) as (app, pilot):
        for _ in range(50):
            await pilot.press(chooser.choice(keys))
        await pilot.pause()
        assert app.is_running
        assert writes(tenant) == []


@pytest.mark.parametrize("peer", sorted(HABITS))
async def test_the_habits_of_other_programs_are_harmless(peer: str) -> None:
    tenant = busy_tenant()
    async with running(tenant) as (app, pilot):
        for place in ("jobs", "compute"):
            for key in HABITS[peer]:
                workspace(app).go(Location(place))
                await pilot.pause()
                await pilot.press(key)
                await _leave_dialogs(app, pilot)
        assert app.is_running
        assert writes(tenant) == []


async def test_keys_typed_ahead_of_a_dialog_confirm_nothing() -> None:
    tenant = busy_tenant()
    async with running(tenant) as (app, pilot):
        workspace(app).go(Location("jobs", "alpha"))
        await pilot.pause()
        await pilot.press("x", "c", "y")
        await pilot.pause(0.1)
        assert writes(tenant) == []
        assert isinstance(app.screen, ConfirmDialog)


async def test_the_dialog_acts_on_the_object_it_pinned_while_the_list_moves() -> None:
    tenant = busy_tenant()
    async with running(tenant) as (app, pilot):
        workspace(app).go(Location("jobs", "alpha"))
        await pilot.pause()
        await pilot.press("x", "c")
        await _until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        for name in ("alpha", "beta", "gamma"):
            job = replace(tenant.job_items[name], owner="somebody-else")
            tenant.change(job, tenant.version + 1)
        app.desk.session.store.put("jobs", app.desk.session.store.snapshot("jobs"))
        await pilot.pause(0.4)
        await pilot.press("y")
        await _until(pilot, lambda: bool(writes(tenant)))
        assert writes(tenant) == ["stop alpha"]


async def _until(pilot, condition) -> None:  # type: ignore[no-untyped-def]
    for _ in range(1000):
        if condition():
            return
        await pilot.pause(0.02)
    raise AssertionError("it never came true")


async def test_help_shows_exactly_what_is_bound() -> None:
    async with running(busy_tenant()) as (app, pilot):
        for view in ("jobs", "compute", "incidents", "billing", "settings", "alerts"):
            workspace(app).go(Location(view))
            await _until(pilot, lambda v=view: workspace(app).view.VIEW == v)  # type: ignore[union-attr]
            await pilot.pause()
            await pilot.press("question_mark")
            await _until(pilot, lambda: isinstance(app.screen, HelpDialog))
            screen = app.screen
            assert isinstance(screen, HelpDialog)
            shown = {line.action for group in screen._groups for line in group.lines}
            contexts = workspace(app).view.contexts()  # type: ignore[union-attr]
            reachable = {
                app.desk.keymap.action_for(context, key)
                for context in contexts
                for action in ACTIONS.values()
                for key in app.desk.keymap.strokes(action.id, context)
                + app.desk.keymap.strokes(action.id, "global")
            }
            bound = [ACTIONS[each] for each in reachable if each is not None]
            meant = {each.id for each in bound if workspace(app).means_something(each)}
            assert shown == meant
            for hint in workspace(app).view.HINTS:  # type: ignore[union-attr]
                assert hint in meant | {"global.theme", "global.language"}, (view, hint)
            await pilot.press("q")
            await _until(pilot, lambda: app.screen is app.workspace)


async def test_every_action_means_something_where_it_can_be_pressed() -> None:
    keys = {
        "job": "alpha",
        "logs": "alpha",
        "node": "node-1",
        "incident": "gone",
        "file": "/gone.log",
    }
    meant: set[str] = set()
    async with running(busy_tenant()) as (app, pilot):
        screen = workspace(app)
        for view in view_names():
            screen.go(Location(view, keys.get(view, "")))
            await _until(pilot, lambda v=view: screen.view.VIEW == v)  # type: ignore[union-attr]
            for _ in range(5):
                contexts = screen.view.contexts()  # type: ignore[union-attr]
                for action, _keys in active(app.desk.keymap, contexts):
                    if screen.means_something(action):
                        meant.add(action.id)
                if view not in ("job", "node", "compute"):
                    break
                await pilot.press("v" if view == "compute" else "right_parenthesis")
        wanted = {
            action.id
            for action in ACTIONS.values()
            if action.keys and action.context in ("global", "list", "text", "chart", "form")
        }
        assert wanted - meant == set()


def test_every_action_has_a_word_a_palette_entry_and_both_names() -> None:
    for action in ACTIONS.values():
        if action.context not in ("form", "dialog"):
            assert action.word, action.id
        for language in LANGUAGES:
            translator = Translator(language)
            assert translator.t(action.title_key) != action.title_key, (action.id, language)
            assert translator.has(f"group.{action.group}")


async def test_the_palette_offers_every_action() -> None:
    async with running(busy_tenant()) as (app, pilot):
        offered = {action.id for action, _, _ in palette_entries(app.desk)}
        assert offered == {a.id for a in ACTIONS.values() if a.context not in ("form", "dialog")}


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 40)])
async def test_the_key_hints_never_wrap_and_help_scrolls(size: tuple[int, int]) -> None:
    for language in LANGUAGES:
        settings = Settings(language=language)  # type: ignore[arg-type]
        async with running(busy_tenant(), size=size, settings=settings) as (app, pilot):
            screen = workspace(app)
            keys = {
                "job": "alpha",
                "logs": "alpha",
                "node": "node-1",
                "incident": "gone",
                "file": "/gone.log",
            }
            for view in view_names():
                screen.go(Location(view, keys.get(view, "")))
                await _until(pilot, lambda v=view, s=screen: s.view.VIEW == v)
                assert screen.footer.size.height == 1, view
                assert screen.status.size.height == 1, view
                assert screen.footer.region.bottom == size[1], view
                assert screen.footer.render_line(0).cell_length == size[0], view
            await pilot.press("question_mark")
            await _until(pilot, lambda: isinstance(app.screen, HelpDialog))
            await pilot.press("G")
            await pilot.pause()
            await pilot.press("q")


async def test_no_command_key_loses_a_half_filled_form() -> None:
    harmless = sorted(TYPING_KEYS - {"ctrl+q", "ctrl+c", "ctrl+z"})
    async with running(busy_tenant()) as (app, pilot):
        for key in harmless:
            workspace(app).go(Location("submit"))
            await pilot.pause()
            field = app.screen.query(Input).first()
            field.focus()
            field.value = "half-a-name"
            await pilot.pause()
            await pilot.press(key)
            await _leave_dialogs_but_the_form(app, pilot)
            workspace(app).go(Location("submit"))
            await pilot.pause()
            values = [each.value for each in app.workspace.query(Input)]
            assert "half-a-name" in values, key


async def _leave_dialogs_but_the_form(app, pilot) -> None:  # type: ignore[no-untyped-def]
    for _ in range(4):
        if app.screen is app.workspace:
            return
        await pilot.press("escape")
        await pilot.pause()


async def test_a_preset_moves_keys_and_still_only_asks() -> None:
    tenant = busy_tenant()
    settings = Settings(keys=KeySettings(preset="turm"))
    async with running(tenant, settings=settings) as (app, pilot):
        workspace(app).go(Location("jobs", "alpha"))
        await pilot.pause()
        await pilot.press("c")
        await _until(pilot, lambda: isinstance(app.screen, ConfirmDialog))
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert writes(tenant) == []


async def test_full_width_signs_of_an_input_method_work() -> None:
    async with running(busy_tenant()) as (app, pilot):
        await pilot.press("？")
        await pilot.pause()
        assert isinstance(app.screen, Dialog)
        await pilot.press("escape")
        await pilot.press("：")
        await pilot.pause()
        assert workspace(app).command_bar.is_open


async def test_an_open_line_keeps_what_is_typed_whatever_takes_the_focus() -> None:
    tenant = busy_tenant()
    async with running(tenant) as (app, pilot):
        await pilot.press("colon")
        await _until(pilot, lambda: workspace(app).command_bar.is_open)
        await pilot.press("j")
        workspace(app).set_focus(None)
        await pilot.press("o")
        workspace(app).view.focus_main()  # type: ignore[union-attr]
        await pilot.press("b", "s")
        await _until(pilot, lambda: workspace(app).command_bar.text == "jobs")
        await pilot.press("enter")
        await _until(pilot, lambda: workspace(app).navigator.here.view == "jobs")


async def test_a_read_only_profile_says_so_and_writes_nothing() -> None:
    tenant = busy_tenant()
    async with running(tenant, read_only=True) as (app, pilot):
        workspace(app).go(Location("jobs", "alpha"))
        await settled(app, pilot)
        await pilot.press("x")
        await pilot.pause()
        assert isinstance(app.screen, MenuDialog)
        await pilot.press("c")
        await pilot.pause(0.2)
        assert isinstance(app.screen, MenuDialog)
        assert writes(tenant) == []
