"""Labels and values, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.geometry import Size
from textual.widgets import Static

from console.present.facts import Fact
from screens.widgets.cells import fit, visible, width_of, wrap
from screens.widgets.ink import Inked

_GAP = 2
_LABEL_SHARE = 3
"""Labels take at most one part in so many of the width."""


class Facts(Inked, Static):
    """Facts with their values aligned; a value that is unknown is handed in as `—`."""

    DEFAULT_CSS = "Facts { height: auto; }"

    def __init__(
        self,
        facts: Sequence[Fact] = (),
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__("", id=id, classes=classes, markup=False)
        self._facts = tuple(facts)
        self._laid_out = (0, 0)

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts; nothing is painted where they are the same."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        width, height = self._laid_out
        self.refresh(layout=not width or self._lines(width) != height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        # Not by `render`: it asks where it stands, and that arranges the whole screen once more.
        height = self._lines(width)
        self._laid_out = (width, height)
        return height

    def _lines(self, width: int) -> int:
        return self._text(width).plain.count("\n") + 1

    def render(self) -> Text:
        return self._text(self.size.width or 80)

    def _text(self, room: int) -> Text:
        widest = max((width_of(fact.label) for fact in self._facts), default=0)
        labels = min(widest, max(8, room // _LABEL_SHARE))
        text = Text(no_wrap=False, overflow="fold")
        for at, fact in enumerate(self._facts):
            text.append("\n" if at else "")
            label = fit(visible(fact.label), labels) + " " * _GAP
            text.append(label, self.ink.heading.without_color)
            sign = f"{self.glyphs[fact.glyph]} " if fact.glyph else ""
            value, width = sign + visible(fact.text), max(1, room - labels - _GAP)
            # Breaking folds blanks together; what fits is shown exactly.
            lines = [value] if width_of(value) <= width else wrap(value, width)
            indent = "\n" + " " * (labels + _GAP)
            text.append(indent.join(lines), self.ink.tone(fact.tone))
        return text
