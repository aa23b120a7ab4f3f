"""Settings: what the console looks like and how it behaves, changed with Enter and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.getters import query_one

from console.actions.presets import PRESETS
from console.present.cells import text_cell
from console.present.table import Cell, Column, Row, Tone
from console.problems import ConfigError
from console.settings import change_setting
from console.text import LANGUAGES
from screens.base import View
from screens.messages import Perform, SettingsChanged
from screens.widgets.grid import Grid

COLUMNS = (
    Column("name", "settings_view.column.name", 18, 34, weight=100),
    Column("value", "settings_view.column.value", 12, 24, weight=99),
    Column("about", "settings_view.column.about", 20, 80, weight=50),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One setting and the values Enter goes round; `live` ones take effect at once."""

    key: str
    values: tuple[Any, ...]
    live: bool = True


CHOICES: tuple[Choice, ...] = (
    Choice("theme", ()),
    Choice("language", ("auto", *LANGUAGES)),
    Choice("glyphs", ("unicode", "ascii")),
    Choice("keys.preset", tuple(PRESETS)),
    Choice("hints", (True, False)),
    Choice("quit_asks", (True, False)),
    Choice("notifications.toast", (True, False)),
    Choice("notifications.bell", (True, False)),
    Choice("mouse", (True, False), live=False),
)


class SettingsView(View):
    """One line a setting; Enter takes the next value and writes it to the file."""

    VIEW = "settings"
    HINTS: ClassVar = ("list.open", "global.theme", "global.language")

    grid = query_one("#settings-grid", Grid)

    def compose(self) -> ComposeResult:
        yield Grid(id="settings-grid", sorts_itself=False)

    def focus_main(self) -> None:
        self.grid.focus()

    def name_columns(self) -> None:
        self.grid.set_columns(COLUMNS, {each.id: self.desk.t(each.title_key) for each in COLUMNS})

    def draw(self) -> None:
        self.grid.set_rows([self._row(choice) for choice in CHOICES])

    def _row(self, choice: Choice) -> Row:
        t = self.desk.t
        value = self._value(choice)
        about = t(f"settings_view.about.{choice.key}")
        if not choice.live:
            about = f"{about} {t('settings_view.next_start')}"
        return Row(
            choice.key,
            {
                "name": text_cell(t(f"settings_view.name.{choice.key}")),
                "value": Cell(_shown(value), Tone.ACCENT),
                "about": text_cell(about, Tone.DIM),
            },
        )

    def _value(self, choice: Choice) -> Any:
        value: Any = self.desk.settings
        for part in choice.key.split("."):
            value = getattr(value, part)
        return value

    def handler(self, verb: str) -> Any:
        return super().handler(verb) or getattr(self.grid, f"action_{verb}", None)

    def do_open(self) -> None:
        """The next value of the setting under the cursor."""
        choice = next((c for c in CHOICES if c.key == self.grid.cursor_key), None)
        if choice is None:
            return
        if choice.key == "theme":
            self.post_message(Perform("global.theme"))
            return
        values: Sequence[Any] = choice.values
        now = self._value(choice)
        at = values.index(now) if now in values else -1
        self._change(choice, values[(at + 1) % len(values)])

    def _change(self, choice: Choice, value: Any) -> None:
        try:
            self.desk.settings = change_setting(choice.key, value)
        except (ConfigError, OSError) as error:
            self.say(self.desk.t("screen.not_kept", why=str(error)), tone=Tone.WARNING)
            return
        self.post_message(SettingsChanged(choice.key))
        self.draw()


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "✓" if value else "–"
    return str(value)
