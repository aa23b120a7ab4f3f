"""Profiles: the tenants this console can open."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.getters import query_one

from console.present.cells import text_cell
from console.present.table import Cell, Column, Row, Tone
from console.problems import ConfigError
from console.profiles import Profile, load_profiles
from screens.base import View
from screens.messages import OpenProfile
from screens.widgets.grid import Grid

COLUMNS = (
    Column("name", "profiles_view.column.name", 10, 30, weight=100),
    Column("providers", "profiles_view.column.providers", 10, 40, weight=90),
    Column("flags", "profiles_view.column.flags", 6, 30, weight=80),
)


class ProfilesView(View):
    """Enter opens the profile under the cursor in place of this one."""

    VIEW = "profiles"
    HINTS: ClassVar = ("list.open", "global.back")

    grid = query_one("#profiles-grid", Grid)

    def compose(self) -> ComposeResult:
        yield Grid(id="profiles-grid")

    def focus_main(self) -> None:
        self.grid.focus()

    def name_columns(self) -> None:
        self.grid.set_columns(COLUMNS, {each.id: self.desk.t(each.title_key) for each in COLUMNS})

    def draw(self) -> None:
        try:
            profiles = load_profiles()
        except ConfigError as error:
            self.grid.set_rows([])
            self.grid.set_notice(str(error), Tone.FAILED)
            return
        self.grid.set_notice("")
        self.grid.set_rows([self._row(profile) for profile in profiles.items.values()])

    def _row(self, profile: Profile) -> Row:
        current = profile.name == self.desk.session.profile.name
        providers = dict.fromkeys(choice.provider for choice in profile.services.values())
        flags = [
            self.desk.t(f"profiles_view.{name}")
            for name, there in (
                ("open", current),
                ("read_only", profile.read_only),
                ("protected", profile.protected),
            )
            if there
        ]
        return Row(
            profile.name,
            {
                "name": Cell(profile.name, Tone.ACCENT if current else Tone.PLAIN),
                "providers": text_cell(", ".join(providers)),
                "flags": text_cell(", ".join(flags)),
            },
        )

    def handler(self, verb: str) -> Any:
        return super().handler(verb) or getattr(self.grid, f"action_{verb}", None)

    def do_open(self) -> None:
        name = self.grid.cursor_key
        if name is None:
            return
        if name == self.desk.session.profile.name:
            self.say(self.desk.t("profiles_view.already", name=name), tone=Tone.DIM)
        else:
            self.post_message(OpenProfile(name))
