"""Asks for the path of a file to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from screens.widgets.cells import visible
from screens.widgets.dialogs import Dialog
from screens.widgets.editing import LineInput


class PathDialog(Dialog[str | None]):
    """Enter answers the path. What `check` says against it is shown, and Enter again insists.

    An empty path answers nothing; Esc answers `None`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel")]

    def __init__(self, title: str, hint: str, path: str, check: Callable[[str], str]) -> None:
        super().__init__()
        self._words = (title, hint, path)
        self._check = check
        self._warned = ""

    def compose(self) -> ComposeResult:
        title, hint, path = self._words
        with VerticalScroll(can_focus=False):
            yield Static(visible(title), markup=False, classes="dialog--title")
            yield LineInput(path, id="path", compact=True)
            yield Static(visible(hint), markup=False, id="path-note", classes="dialog--body")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._warned = ""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = event.value.strip()
        if not path:
            return
        objection = self._check(path)
        if objection and self._warned != path:
            self._warned = path
            self.query_one("#path-note", Static).update(visible(objection))
            return
        self.dismiss(path)

    def action_cancel(self) -> None:
        self.dismiss(None)
