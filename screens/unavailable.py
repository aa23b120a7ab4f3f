"""A place the open profile cannot fill: it says so, why, and what would."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Static

from console.text import visible
from screens.base import View


class UnavailableView(View):
    """Shows the capability's own sentence; a subclass names the capability."""

    NEEDS: ClassVar[str] = ""
    HINTS: ClassVar = ("global.back",)
    DEFAULT_CSS = "UnavailableView Static { padding: 1 2; }"
    can_focus = True

    body = query_one(Static)

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def draw(self) -> None:
        there = self.desk.session.capability(self.NEEDS)
        about = self.desk.t(f"unavailable.{self.VIEW}")
        why = self.desk.t("unavailable.available") if there.available else visible(there.reason)
        lines = [about, "", why, visible(there.remedy)]
        self.body.update("\n".join(lines).rstrip())
