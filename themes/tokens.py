"""The colours by meaning: which tokens exist and what a theme must say about each."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from console.present.table import Tone

PREFIX = "qd-"
"""Before every token name, so that none meets one of Textual's own."""

SERIES_COUNT = 8
"""Chart curves and ranks with a colour of their own; the next one starts again."""

HEAT_STEPS = 5
"""Shades of a heat map, from idle to full."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme as `#rrggbb`; fields named like a `Tone` are its text colour.

    Attributes:
        surface: behind everything.
        panel: behind headings, strips, fields and dialogs.
        selection: behind the row of the cursor.
        selection_text: on `selection`.
        rule: lines and borders; not text.
        heading: column headings and labels.
        mark: the sign of a marked row.
        match: behind a search hit.
        match_text: on `match`.
        series: chart curves and ranks.
        heat: from idle to full, on `surface`.
    """

    surface: str
    panel: str
    selection: str
    selection_text: str
    rule: str
    heading: str
    mark: str
    match: str
    match_text: str
    plain: str
    dim: str
    ok: str
    busy: str
    waiting: str
    recovering: str
    failed: str
    warning: str
    stale: str
    money: str
    accent: str
    series: tuple[str, ...]
    heat: tuple[str, ...]

    def variables(self) -> dict[str, str]:
        """Token name to colour, as a theme and its style sheets want it."""
        found: dict[str, str] = {}
        for name, value in asdict(self).items():
            if isinstance(value, str):
                found[token(name)] = value
            else:
                found.update({token(f"{name}-{at}"): colour for at, colour in enumerate(value, 1)})
        return found


COLOUR_FIELDS = tuple(f.name for f in fields(Palette) if f.name not in ("series", "heat"))
"""The single colours of a palette, as a user's theme file names them."""

TEXT_FIELDS = (*(tone.value for tone in Tone), "heading", "mark")
"""The colours text is written in on `surface` and on `panel`."""


def token(name: str) -> str:
    """The theme variable of a palette field: `selection_text` -> `qd-selection-text`."""
    return PREFIX + name.replace("_", "-")


def tone_token(tone: Tone) -> str:
    """The theme variable of the text colour of `tone`."""
    return token(tone.value)


def series_token(index: int) -> str:
    """The theme variable of the curve or rank at `index`, from 0; it starts again when used up."""
    return token(f"series-{index % SERIES_COUNT + 1}")


def heat_token(ratio: float) -> str:
    """The theme variable of a share from 0 to 1."""
    step = int(max(0.0, min(1.0, ratio)) * HEAT_STEPS)
    return token(f"heat-{min(HEAT_STEPS, step + 1)}")
