"""A form keeps every letter typed and shows each error at its field."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Input, Static

from screens.widgets.form import Form, FormField


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, dict[str, str]]] = []

    def compose(self) -> ComposeResult:
        yield Form(
            [
                FormField("name", "名称", required=True),
                FormField("workers", "Workers", "2", hint="1 to 4"),
            ]
        )

    def on_form_review(self, message: Form.Review) -> None:
        self.said.append(("review", message.values))

    def on_form_cancelled(self, message: Form.Cancelled) -> None:
        self.said.append(("cancelled", message.values))


async def test_letters_are_text_and_only_chords_are_commands() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        form = app.query_one(Form)
        form.focus_first()
        await pilot.press(*"qx?:", "tab", "3", "ctrl+s")
        assert app.said == [("review", {"name": "qx?:", "workers": "23"})]
        await pilot.press("escape")
        assert app.said[-1] == ("cancelled", {"name": "qx?:", "workers": "23"})


async def test_errors_stand_at_their_fields_and_a_draft_comes_back() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        form = app.query_one(Form)
        form.set_values({"name": "a", "gone": "x"})
        form.set_errors({"workers": "at most 4 [/x]"}, focus=True)
        await pilot.pause()
        assert "at most 4 [/x]" in str(form.query_one("#label-workers", Static).render())
        assert form.query_one("#field-workers", Input).has_focus
        form.set_errors({})
        await pilot.pause()
        assert "at most" not in str(form.query_one("#label-workers", Static).render())
        assert form.values["name"] == "a"


class LinesHost(App[None]):
    def compose(self) -> ComposeResult:
        yield Form([FormField("env", "Environment", "A=1", multiline=True), FormField("b", "B")])


async def test_a_field_of_lines_keeps_its_lines_and_leaves_by_tab() -> None:
    app = LinesHost()
    async with app.run_test(size=(60, 16)) as pilot:
        form = app.query_one(Form)
        form.focus_first()
        await pilot.press("end", "enter", "B", "tab", "x")
        assert form.values == {"env": "A=1\nB", "b": "x"}
        form.set_values({"env": "one\ntwo"})
        form.relabel([FormField("env", "环境变量", multiline=True)])
        await pilot.pause()
        assert form.values["env"] == "one\ntwo"
        assert "环境变量" in str(form.query_one("#label-env", Static).render())


def _typed_ahead(app: App[None], *keys: str) -> None:
    """Keys that arrive in one piece, as from a slow line."""
    for key in keys:
        character = key if len(key) == 1 else None
        app.post_message(events.Key(key, character))


async def test_keys_typed_ahead_act_in_their_order() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        form = app.query_one(Form)
        form.focus_first()
        await pilot.pause()
        _typed_ahead(app, "a", "b", "backspace", "c", "tab", "backspace", "8", "shift+tab", "d")
        await pilot.pause(0.1)
        assert form.values == {"name": "acd", "workers": "8"}
        _typed_ahead(app, "enter", "9")
        await pilot.pause(0.1)
        assert form.values == {"name": "acd", "workers": "89"}


async def test_a_field_of_lines_is_gone_on_with_at_its_end() -> None:
    app = LinesHost()
    async with app.run_test(size=(60, 16)) as pilot:
        form = app.query_one(Form)
        form.set_values({"env": "A=1\nB=2"})
        form.focus_first()
        await pilot.pause()
        _typed_ahead(app, "0", "home", "X", "end", "9")
        await pilot.pause(0.1)
        assert form.values["env"] == "A=1\nXB=209"
