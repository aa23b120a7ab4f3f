"""One-line strips: where one is and how fresh it is on top, the keys at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.present.table import Tone
from screens.widgets.cells import cut, visible, width_of
from screens.widgets.ink import Inked

FOOTER_KEYS = 8
"""Key hints shown at most; help has all of them."""

_GAP = 2


@dataclass(frozen=True, slots=True)
class Badge:
    """One piece of a strip.

    Attributes:
        weight: what stays when the terminal is narrow; higher stays longer.
        glyph: name of the sign before the text.
        loud: reversed, for what nobody may overlook: read-only, simulation.
    """

    text: str
    tone: Tone = Tone.PLAIN
    glyph: str = ""
    weight: int = 50
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Hint:
    """One key as it is written on a keyboard and what it does here."""

    key: str
    text: str
    enabled: bool = True


class StatusBar(Inked):
    """Badges from the left and from the right on exactly one line, never wrapped.

    The caller hands in every word: tenant, profile, `live` or `stale since 14:02`, counts.
    """

    DEFAULT_CSS = "StatusBar { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._left: tuple[Badge, ...] = ()
        self._right: tuple[Badge, ...] = ()

    def show(self, left: Sequence[Badge], right: Sequence[Badge] = ()) -> None:
        """Show these badges; nothing is painted where they are the same."""
        if (tuple(left), tuple(right)) != (self._left, self._right):
            self._left, self._right = tuple(left), tuple(right)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        left, right = self._kept(width)
        ink, base = self.ink, self.ink.panel
        end = [piece for badge in right for piece in self._pieces(badge)]
        used = sum(width_of(text) for text, _ in end)
        start = [piece for badge in left for piece in self._pieces(badge)]
        strip = Strip([Segment(text, base + style) for text, style in start])
        strip = strip.adjust_cell_length(max(0, width - used), ink.panel)
        tail = Strip([Segment(text, base + style) for text, style in end])
        return Strip.join([strip, tail]).adjust_cell_length(width, base)

    def _pieces(self, badge: Badge) -> list[tuple[str, Style]]:
        sign = f"{self.glyphs[badge.glyph]} " if badge.glyph else ""
        style = self.ink.tone(badge.tone)
        if badge.loud:
            style = style + Style(reverse=True, bold=True)
        text = cut(f"{sign}{visible(badge.text)}", max(1, self.size.width - _GAP))
        return [(" ", Style.null()), (text, style), (" ", Style.null())]

    def _kept(self, width: int) -> tuple[list[Badge], list[Badge]]:
        kept = [*self._left, *self._right]
        while len(kept) > 1 and sum(self._width(badge) for badge in kept) > width:
            kept.remove(min(reversed(kept), key=lambda badge: badge.weight))
        return [b for b in self._left if b in kept], [b for b in self._right if b in kept]

    def _width(self, badge: Badge) -> int:
        return width_of(visible(badge.text)) + _GAP + (2 if badge.glyph else 0)


class FooterBar(Inked):
    """Up to eight keys of the context on exactly one line; those that do not fit are left out."""

    DEFAULT_CSS = "FooterBar { height: 1; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._hints: tuple[Hint, ...] = ()
        self._message: Badge | None = None

    def show(self, hints: Sequence[Hint]) -> None:
        """Show these keys, the most useful first; hand help in among the first."""
        if tuple(hints[:FOOTER_KEYS]) != self._hints:
            self._hints = tuple(hints[:FOOTER_KEYS])
            self.refresh()

    def say(self, message: Badge | None) -> None:
        """One sentence in place of the keys, until `None` brings them back."""
        if message != self._message:
            self._message = message
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.ink.panel
        segments: list[Segment] = []
        if self._message is not None:
            sign = f"{self.glyphs[self._message.glyph]} " if self._message.glyph else ""
            text = cut(f" {sign}{visible(self._message.text)}", width)
            segments = [Segment(text, base + self.ink.tone(self._message.tone))]
        else:
            segments = self._hint_segments(width, base)
        return Strip(segments).adjust_cell_length(width, base)

    def _hint_segments(self, width: int, base: Style) -> list[Segment]:
        segments: list[Segment] = []
        used = 0
        for hint in self._hints:
            key, text = f" {visible(hint.key)} ", f"{visible(hint.text)} "
            if used + width_of(key) + width_of(text) > width:
                continue
            used += width_of(key) + width_of(text)
            dim = self.ink.tone(Tone.DIM)
            key_style = self.ink.tone(Tone.ACCENT) + Style(bold=True) if hint.enabled else dim
            segments.append(Segment(key, base + key_style))
            segments.append(Segment(text, base if hint.enabled else base + dim))
        return segments
