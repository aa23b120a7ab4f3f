"""The themes that come with the console."""

from __future__ import annotations

from textual.theme import Theme

from themes.tokens import Palette

DARK = Palette(
    surface="#11161d", panel="#1b222c", selection="#274769", selection_text="#ffffff",
    rule="#3a4656", heading="#a9b8ca", mark="#f2d05c", match="#f2d05c", match_text="#11161d",
    plain="#d7dee7", dim="#8f9cac", ok="#5fd38d", busy="#6cb6ff", waiting="#c3a6ff",
    recovering="#ffb454", failed="#ff8080", warning="#f2d05c", stale="#9aa4b0",
    money="#7fe0c6", accent="#4fd1e6",
    series=("#6cb6ff", "#ffb454", "#5fd38d", "#ff8080", "#c3a6ff", "#f2d05c", "#4fd1e6", "#f49ac1"),
    heat=("#46566a", "#3f7fb0", "#4fb3a9", "#c9c24f", "#ff9d4d"),
)  # fmt: skip

LIGHT = Palette(
    surface="#fbfbf9", panel="#eef0ef", selection="#bcd7f2", selection_text="#10151b",
    rule="#b4bcc4", heading="#414b56", mark="#8f4a00", match="#ffe38a", match_text="#1d232b",
    plain="#1d232b", dim="#59636e", ok="#17663a", busy="#0b5cad", waiting="#6a3fb5",
    recovering="#8f4a00", failed="#b3182b", warning="#765200", stale="#5c6670",
    money="#0f6656", accent="#00617a",
    series=("#0b5cad", "#b35c00", "#17663a", "#b3182b", "#6a3fb5", "#765200", "#00617a", "#a3246f"),
    heat=("#c3cad1", "#7fb2d9", "#3f9a90", "#a58a12", "#c2501a"),
)  # fmt: skip

CONTRAST = Palette(
    surface="#000000", panel="#0c0c0c", selection="#ffff66", selection_text="#000000",
    rule="#ffffff", heading="#ffffff", mark="#ffee55", match="#ffee55", match_text="#000000",
    plain="#ffffff", dim="#cccccc", ok="#5cff8f", busy="#80d0ff", waiting="#d9b8ff",
    recovering="#ffc14d", failed="#ff9a9a", warning="#ffee55", stale="#cfcfcf",
    money="#7dffe0", accent="#66f0ff",
    series=("#80d0ff", "#ffc14d", "#5cff8f", "#ff9a9a", "#d9b8ff", "#ffee55", "#66f0ff", "#ffaad8"),
    heat=("#707070", "#80d0ff", "#7dffe0", "#ffee55", "#ffffff"),
)  # fmt: skip

# The hues of Okabe and Ito, told apart with every common colour blindness; the dark ones are
# lightened until text in them can be read on the dark surface.
SAFE = Palette(
    surface="#14171c", panel="#1e232a", selection="#2f4a66", selection_text="#ffffff",
    rule="#48525e", heading="#b8c1cc", mark="#f0e442", match="#f0e442", match_text="#14171c",
    plain="#e6e6e6", dim="#9aa3ad", ok="#2fbf98", busy="#56b4e9", waiting="#d79abf",
    recovering="#e69f00", failed="#f07f3c", warning="#f0e442", stale="#a3abb4",
    money="#8fd3f4", accent="#56b4e9",
    series=("#56b4e9", "#e69f00", "#2fbf98", "#f0e442", "#d79abf", "#f07f3c", "#7f9fe0", "#e6e6e6"),
    heat=("#3d4a66", "#4a6f9c", "#5f93b8", "#b3b25f", "#f0e442"),
)  # fmt: skip

DEFAULT_THEME = "quarterdeck-dark"
"""The theme of a console nobody has configured."""

DEFAULT_VARIABLES = DARK.variables()
"""What `App.get_theme_variable_defaults` returns: every token has a value under any theme."""

PALETTES: dict[str, tuple[Palette, bool]] = {
    DEFAULT_THEME: (DARK, True),
    "quarterdeck-light": (LIGHT, False),
    "quarterdeck-contrast": (CONTRAST, True),
    "quarterdeck-safe": (SAFE, True),
}
"""Theme name to its palette and whether it is dark."""


def theme(name: str, palette: Palette, dark: bool) -> Theme:
    """A Textual theme made of a palette."""
    return Theme(
        name=name,
        primary=palette.accent,
        secondary=palette.busy,
        warning=palette.warning,
        error=palette.failed,
        success=palette.ok,
        accent=palette.accent,
        foreground=palette.plain,
        background=palette.surface,
        surface=palette.surface,
        panel=palette.panel,
        dark=dark,
        variables={
            **palette.variables(),
            "block-cursor-foreground": palette.selection_text,
            "block-cursor-background": palette.selection,
            "input-cursor-text-style": "reverse",
            "footer-key-foreground": palette.accent,
            "scrollbar": palette.rule,
            "scrollbar-hover": palette.heading,
            "scrollbar-active": palette.accent,
            "scrollbar-background": palette.surface,
            "scrollbar-background-hover": palette.surface,
            "scrollbar-background-active": palette.surface,
            "scrollbar-corner-color": palette.surface,
            "border": palette.accent,
            "border-blurred": palette.rule,
        },
    )


def themes() -> tuple[Theme, ...]:
    """Every theme that comes with the console, the default one first."""
    return tuple(theme(name, palette, dark) for name, (palette, dark) in PALETTES.items())
