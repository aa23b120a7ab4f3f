"""The colours and signs a widget paints by hand, taken from the theme of the app."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol, runtime_checkable

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme
from textual.widget import Widget

from console.present.table import Tone
from themes.glyphs import UNICODE, Glyphs
from themes.library import DEFAULT_VARIABLES
from themes.tokens import heat_token, series_token, token, tone_token


@runtime_checkable
class HasGlyphs(Protocol):
    """An app that has chosen a glyph set."""

    glyphs: Glyphs


class Ink:
    """Rich styles by meaning, made from theme variables."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._texts: dict[str, Style] = {}
        self._tones = {tone: self.text(tone_token(tone)) for tone in Tone}

    def colour(self, name: str) -> str:
        """The `#rrggbb` of a token; the default theme's where the app's theme has none."""
        value = self._variables.get(name) or DEFAULT_VARIABLES.get(name, "#808080")
        try:
            return Color.parse(value).hex6
        except ColorParseError:
            return DEFAULT_VARIABLES.get(name, "#808080")

    def text(self, name: str) -> Style:
        """Text in the colour of a token."""
        style = self._texts.get(name)
        if style is None:
            style = self._texts[name] = Style(color=self.colour(name))
        return style

    def tone(self, tone: Tone) -> Style:
        """Text of that meaning."""
        return self._tones[tone]

    def series(self, index: int) -> Style:
        """A chart curve or a rank."""
        return self.text(series_token(index))

    def heat(self, ratio: float) -> Style:
        """A share from 0 to 1."""
        return self.text(heat_token(ratio))

    @cached_property
    def selection(self) -> Style:
        """The row of the cursor: reversed, so that it is seen without colour too."""
        return Style(
            color=self.colour(token("selection")),
            bgcolor=self.colour(token("selection_text")),
            reverse=True,
        )

    @cached_property
    def selection_blurred(self) -> Style:
        """The row of the cursor while the keys go elsewhere."""
        return Style(bgcolor=self.colour(token("panel")), bold=True)

    @cached_property
    def match(self) -> Style:
        """A search hit: reversed, so that it is seen without colour too."""
        return Style(
            color=self.colour(token("match")),
            bgcolor=self.colour(token("match_text")),
            reverse=True,
        )

    @cached_property
    def heading(self) -> Style:
        """Column headings."""
        return Style(
            color=self.colour(token("heading")), bgcolor=self.colour(token("panel")), bold=True
        )

    @cached_property
    def panel(self) -> Style:
        """Plain text on a strip."""
        return Style(color=self.colour(token("plain")), bgcolor=self.colour(token("panel")))

    @cached_property
    def rule(self) -> Style:
        """Lines and axes."""
        return self.text(token("rule"))

    @cached_property
    def mark(self) -> Style:
        """The sign of a marked row."""
        return self.text(token("mark"))


class Inked(Widget):
    """A widget that paints by hand; `ink` follows the theme and `glyphs` the app's set."""

    _ink: Ink | None = None
    _ink_theme = ""

    @property
    def ink(self) -> Ink:
        """The styles of the theme in use."""
        theme = self.app.theme
        if self._ink is None or theme != self._ink_theme:
            self._ink = Ink(self.app.theme_variables)
            self._ink_theme = theme
        return self._ink

    @property
    def glyphs(self) -> Glyphs:
        """The signs of the app, Unicode where it has not chosen."""
        app = self.app
        return app.glyphs if isinstance(app, HasGlyphs) else UNICODE

    def on_mount(self) -> None:
        self.app.theme_changed_signal.subscribe(self, self._repaint)

    def _repaint(self, _theme: Theme) -> None:
        self.notify_style_update()
        self.refresh()
