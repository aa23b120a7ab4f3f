"""Labels and values, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from console.present.facts import Fact
from screens.widgets.cells import fit, visible, width_of
from screens.widgets.ink import Inked

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

    def set_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts; nothing is painted where they are the same."""
        if tuple(facts) == self._facts:
            return
        grows = len(facts) != len(self._facts)
        self._facts = tuple(facts)
        self.refresh(layout=grows)

    def render(self) -> Text:
        room = self.size.width or 80
        widest = max((width_of(fact.label) for fact in self._facts), default=0)
        labels = min(widest, max(8, room // _LABEL_SHARE))
        text = Text(no_wrap=False, overflow="fold")
        for at, fact in enumerate(self._facts):
            text.append("\n" if at else "")
            text.append(fit(visible(fact.label), labels) + "  ", self.ink.heading.without_color)
            sign = f"{self.glyphs[fact.glyph]} " if fact.glyph else ""
            text.append(sign + visible(fact.text), self.ink.tone(fact.tone))
        return text
