"""Every theme says every colour, and its text can be read."""

from __future__ import annotations

import pytest
from textual.color import Color

from console.present.table import Tone
from themes.contrast import HIGH_RATIO, TEXT_RATIO, ratio
from themes.glyphs import ASCII, UNICODE
from themes.library import DEFAULT_VARIABLES, PALETTES, themes
from themes.tokens import HEAT_STEPS, SERIES_COUNT, TEXT_FIELDS, heat_token, tone_token


@pytest.mark.parametrize("name", PALETTES)
def test_text_can_be_read_on_every_surface(name: str) -> None:
    palette, _ = PALETTES[name]
    least = HIGH_RATIO if name.endswith("contrast") else TEXT_RATIO
    for surface in (palette.surface, palette.panel):
        for field in TEXT_FIELDS:
            assert ratio(getattr(palette, field), surface) >= least, field
    assert ratio(palette.selection_text, palette.selection) >= least
    assert ratio(palette.match_text, palette.match) >= least


@pytest.mark.parametrize("name", PALETTES)
def test_curves_are_told_from_the_surface(name: str) -> None:
    palette, _ = PALETTES[name]
    assert len(set(palette.series)) == SERIES_COUNT and len(set(palette.heat)) == HEAT_STEPS
    assert all(ratio(colour, palette.surface) >= 3 for colour in palette.series)


def test_black_on_white_is_the_highest_ratio() -> None:
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#777777", "#777777") == 1


def test_every_theme_defines_every_token_as_a_colour() -> None:
    for theme in themes():
        assert set(DEFAULT_VARIABLES) <= set(theme.variables)
        assert all(Color.parse(theme.variables[name]).a == 1 for name in DEFAULT_VARIABLES)


def test_every_tone_and_share_has_a_token() -> None:
    assert {tone_token(tone) for tone in Tone} <= set(DEFAULT_VARIABLES)
    assert {heat_token(share) for share in (-1, 0, 0.5, 1, 7)} <= set(DEFAULT_VARIABLES)


def test_a_name_without_a_sign_is_a_blank_cell() -> None:
    assert UNICODE["no such sign"] == ASCII["no such sign"] == " "
