"""How well a text colour is told from what is behind it (WCAG 2 contrast ratio)."""

from __future__ import annotations

from textual.color import Color

TEXT_RATIO = 4.5
"""Least ratio of text to its background."""

HIGH_RATIO = 7.0
"""Least ratio of text to its background in a high-contrast theme."""


def luminance(colour: str) -> float:
    """Relative luminance of a colour, 0 (black) to 1 (white)."""
    parsed = Color.parse(colour)
    red, green, blue = (_linear(part / 255) for part in (parsed.r, parsed.g, parsed.b))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(text: str, background: str) -> float:
    """Contrast ratio of two colours, 1 (the same) to 21 (black on white)."""
    light, dark = sorted((luminance(text), luminance(background)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
