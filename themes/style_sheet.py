"""Where the style sheet shared by every screen is."""

from __future__ import annotations

from pathlib import Path

BASE_TCSS = Path(__file__).with_name("base.tcss")
"""For `App.CSS_PATH`; the app must give `DEFAULT_VARIABLES` as its theme variable defaults."""

HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-normal"), (120, "-wide")]
"""For `App.HORIZONTAL_BREAKPOINTS`: the class of a screen by its width in cells."""
