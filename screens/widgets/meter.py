"""A share as a bar with its number."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from console.present.table import Tone
from screens.widgets.cells import cut, visible, width_of
from screens.widgets.ink import Inked

_BAR_MIN = 4


class Meter(Inked, Static):
    """`label ████░░░░ text`; a share that is not known (`None`) has no bar at all."""

    DEFAULT_CSS = "Meter { height: 1; }"

    def __init__(
        self,
        label: str = "",
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._label = label
        self._share: float | None = None
        self._text = "—"
        self._tone = Tone.DIM

    def show(self, share: float | None, text: str, tone: Tone = Tone.BUSY) -> None:
        """Show a share from 0 to 1 and the words for it."""
        known = None if share is None or share != share else max(0.0, min(1.0, share))
        if (known, text, tone) != (self._share, self._text, self._tone):
            self._share, self._text, self._tone = known, text, tone
            self.refresh()

    def render(self) -> Text:
        label, words = visible(self._label), visible(self._text)
        room = self.size.width - width_of(words) - 1 - (width_of(label) + 1 if label else 0)
        text = Text(f"{label} " if label else "", no_wrap=True, overflow="ellipsis")
        if self._share is not None and room >= _BAR_MIN:
            full = round(self._share * room)
            text.append(self.glyphs["bar_full"] * full, self.ink.tone(self._tone))
            text.append(self.glyphs["bar_empty"] * (room - full) + " ", self.ink.rule)
        text.append(cut(words, self.size.width), self.ink.tone(self._tone))
        return text
