"""A widget of lines that repaints only the cells that differ from what the terminal shows."""

from __future__ import annotations

from collections.abc import Collection

from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.strip import Strip

from screens.widgets.ink import Inked
from screens.widgets.terminal_codes import Frame, Pens
from screens.widgets.terminal_seam import Seam, colour_system, send, waiting_frames

_AGAIN_SECONDS = 0.02
"""When to look again whether a slow terminal has taken the last frame."""

_SCROLLED = 3
"""Lines by which the terminal itself is asked to scroll; further, drawing is as good."""


class LinePainter(Inked, ScrollView):
    """Lines as wide as the widget, painted past the compositor while nothing covers them.

    A subclass makes `finished_line(y)` and calls `repaint()` when what it shows has changed.
    `_held` is what the terminal shows of each line, `None` where that is not known: a line is
    only known after it was written here, or by the compositor because this widget asked for it.
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._held: list[Strip | None] = []
        self._asked: set[int] = set()
        self._first = 0
        self._seam = Seam(self)
        self._pens: Pens | None = None
        self._waits = False

    # What a subclass says.

    def finished_line(self, y: int) -> Strip:
        """Line `y` of the widget in its final colours; its cells are as many as the width."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Called once before lines are taken."""

    @property
    def rolling(self) -> tuple[int, int, int]:
        """First and last line that scroll, and the number of what is drawn on the first."""
        return 0, 0, 0

    # Painting.

    def repaint(self) -> None:
        """Show what has changed, and no more, at once or as soon as the terminal is ready."""
        if not self.is_mounted or not self.size:
            return
        place = self._seam.place() if self._is_bare else None
        if place is not None and waiting_frames(self.app):
            self._paint_later()
        elif place is None or place.size != self.size:
            self._ask()
        else:
            self._write(place)

    def _ask(self) -> None:
        """Let the framework paint the lines that differ."""
        self.prepare()
        held, width = self._fitting_held(), self.size.width
        for y in range(self.size.height):
            if not _same(held[y], self.finished_line(y)):
                self.refresh(Region(0, y, width, 1))

    def _write(self, place: Region) -> None:
        self.prepare()
        held, height = self._fitting_held(), self.size.height
        lines = [self.finished_line(y) for y in range(height)]
        if self._pens is None:
            self._pens = Pens(colour_system(self.app))
        frame = Frame(self._pens)
        top, bottom, first = self.rolling
        by, self._first = first - self._first, first
        if by and abs(by) <= _SCROLLED < bottom - top and self._fills(place):
            self._roll(frame, place.y, top, bottom, by)
        for y, line in enumerate(lines):
            if not _same(held[y], line):
                frame.change(place.x, place.y + y, held[y], line)
                held[y] = line
        text = frame.text
        if text:
            send(self.app, text)

    def _fills(self, place: Region) -> bool:
        return place.x == 0 and place.width == self.app.size.width

    def _roll(self, frame: Frame, offset: int, top: int, bottom: int, by: int) -> None:
        """Let the terminal move the lines, where most of them stay the same."""
        held = self._held
        rolled = held[top : bottom + 1]
        blank: list[Strip | None] = [None] * abs(by)
        rolled = [*rolled[by:], *blank] if by > 0 else [*blank, *rolled[:by]]
        if rolled.count(None) > abs(by):
            return
        frame.scroll(offset + top, offset + bottom, by)
        held[top : bottom + 1] = rolled

    def _paint_later(self) -> None:
        if not self._waits:
            self._waits = True
            self.set_timer(_AGAIN_SECONDS, self._paint_now)

    def _paint_now(self) -> None:
        self._waits = False
        self.repaint()

    def _fitting_held(self) -> list[Strip | None]:
        if len(self._held) != self.size.height:
            self._held = [None] * self.size.height
        return self._held

    # What the compositor asks.

    @property
    def _is_bare(self) -> bool:
        """Whether the lines are all there is: no border, padding, tint or fading."""
        return not any(self.gutter) and self.opacity == 1.0

    def _exchange_repaint_regions(self) -> Collection[Region]:
        regions = super()._exchange_repaint_regions()
        for region in regions:
            if region.x <= 0 and region.right >= self.size.width:
                self._asked.update(region.line_range)
        return regions

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._is_bare:
            return super().render_lines(crop)
        self.prepare()
        held, width = self._fitting_held(), self.size.width
        strips = []
        for y in crop.line_range:
            strip = self.finished_line(y) if 0 <= y < len(held) else Strip.blank(width)
            strips.append(strip)
            if y < len(held) and not _same(held[y], strip):
                held[y] = strip if y in self._asked else None
        self._asked.clear()
        self._first = self.rolling[2]
        if crop.column_span != (0, width):
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        return strips


def _same(one: Strip | None, other: Strip) -> bool:
    return one is other or (one is not None and one == other)
