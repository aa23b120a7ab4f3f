"""The shared style sheet is accepted under every theme, and an app survives their switch."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Button, Input

from themes.library import DEFAULT_VARIABLES, PALETTES, themes
from themes.style_sheet import BASE_TCSS, HORIZONTAL_BREAKPOINTS


class Host(App[None]):
    CSS_PATH = BASE_TCSS
    HORIZONTAL_BREAKPOINTS = HORIZONTAL_BREAKPOINTS

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULT_VARIABLES

    def compose(self) -> ComposeResult:
        yield Input()
        yield Button("x")


async def test_every_theme_can_be_switched_to_live() -> None:
    app = Host()
    async with app.run_test(size=(60, 16)) as pilot:
        for theme in themes():
            app.register_theme(theme)
        for name, (palette, _) in PALETTES.items():
            app.theme = name
            await pilot.pause()
            assert app.screen.styles.background.hex.lower() == palette.surface
        assert app.screen.has_class("-narrow")
