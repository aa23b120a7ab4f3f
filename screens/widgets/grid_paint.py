"""One line of a grid as a strip of plain segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.present.table import Cell, Row, Tone
from screens.widgets.cells import column_text, fit, plain, shown_in
from screens.widgets.grid_columns import Layout, Slot
from screens.widgets.grid_model import Sort
from screens.widgets.ink import Ink
from themes.glyphs import Glyphs

_NO_CELL = Cell("—", Tone.DIM)

_SHORT = 64
"""Characters up to which the text of a cell is kept as it was drawn."""


@dataclass(frozen=True, slots=True)
class RowState:
    """What is drawn of a row besides its cells; `thumb` is `None` where no bar stands beside."""

    selected: bool = False
    focused: bool = False
    marked: bool = False
    thumb: bool | None = None


class Look:
    """The final styles of a grid: every tone on the grid's ground, and under the cursor.

    `finish` makes a style what the terminal gets; it is asked once for each, not for each cell.
    """

    def __init__(
        self, ink: Ink, glyphs: Glyphs, ground: Style, finish: Callable[[Style], Style]
    ) -> None:
        self.ink, self.glyphs = ink, glyphs
        self.ground, self._finish = ground, finish
        self.plain = self._on(None)
        self.focused = self._on(ink.selection)
        self.blurred = self._on(ink.selection_blurred)
        self.bars = {
            True: Segment(glyphs["bar_full"], self.on_ground(ink.tone(Tone.DIM))),
            False: Segment(glyphs["time_cursor"], self.on_ground(ink.rule)),
        }
        """One cell of the bar that shows how far the list is scrolled, on its thumb and off it."""

    def on_ground(self, style: Style) -> Style:
        """A style on the grid's ground."""
        return self._finish(self.ground + style)

    def finished(self, strip: Strip) -> Strip:
        """A strip on the grid's ground."""
        return Strip(
            [Segment(text, self.on_ground(style or Style.null())) for text, style, _ in strip],
            strip.cell_length,
        )

    def _on(self, over: Style | None) -> dict[Tone | None, Style]:
        """By tone; `None` is the sign of a mark."""
        styles: dict[Tone | None, Style] = {tone: self.ink.tone(tone) for tone in Tone}
        styles[None] = self.ink.mark
        return {
            tone: self.on_ground(style if over is None else style + over)
            for tone, style in styles.items()
        }


def heading_strip(
    layout: Layout, titles: Mapping[str, str], sort: Sort, width: int, ink: Ink, glyphs: Glyphs
) -> Strip:
    """The line of column headings; the sorted one carries a sign, hidden columns show as arrows."""
    left = glyphs["more_left"] if layout.hidden_left else " "
    segments = [Segment(left + " ", ink.heading)]
    for at, slot in enumerate(layout.slots):
        title = titles.get(slot.column.id, slot.column.id)
        if slot.column.id == sort.column:
            sign = glyphs["sort_down" if sort.descending else "sort_up"]
            title = fit(title, max(0, slot.width - 1), ellipsis=glyphs["ellipsis"]).rstrip() + sign
        text = _fitted(title, slot, glyphs)
        segments.append(Segment((" " * layout.gap if at else "") + text, ink.heading))
    strip = Strip(segments).adjust_cell_length(width, ink.heading)
    if layout.hidden_right and width > 1:
        more = Strip([Segment(glyphs["more_right"], ink.heading)])
        strip = Strip.join([strip.crop(0, width - 1), more])
    return strip


def row_strip(row: Row, layout: Layout, state: RowState, width: int, look: Look) -> Strip:
    """One row: cursor sign, mark sign, cells. The text in it is shown, never obeyed.

    Columns of one style are one segment as far as nobody doubts how wide their letters are.
    """
    styles, glyphs = _styles(state, look), look.glyphs
    segments: list[Segment] = []
    run, over = "  ", styles[Tone.PLAIN]
    if state.selected or state.marked:
        segments.append(Segment(glyphs["cursor"] if state.selected else " ", styles[Tone.ACCENT]))
        run, over = glyphs["mark"] if state.marked else " ", styles[None]
    cells, own, depth, gap = row.cells, row.tone, row.depth, ""
    for slot in layout.slots:
        cell = cells.get(slot.column.id, _NO_CELL)
        tone = cell.tone
        style = styles[own if tone is Tone.PLAIN else tone]
        if style is over and run.isascii():
            run += gap + _cell_text(cell, depth, slot, glyphs)
        else:
            segments.append(Segment(run, over))
            run, over = gap + _cell_text(cell, depth, slot, glyphs), style
        gap, depth = " " * layout.gap, 0
    segments.append(Segment(run, over))
    used = layout.width
    if used > width:
        segments = [*Strip(segments, used).crop(0, width)]
    elif used < width:
        segments.append(Segment(" " * (width - used), styles[Tone.PLAIN]))
    if state.thumb is None:
        return Strip(segments, width)
    segments.append(look.bars[state.thumb])
    return Strip(segments, width + 1)


def _styles(state: RowState, look: Look) -> dict[Tone | None, Style]:
    if not state.selected:
        return look.plain
    return look.focused if state.focused else look.blurred


def _cell_text(cell: Cell, depth: int, slot: Slot, glyphs: Glyphs) -> str:
    text, width = cell.text, slot.width
    if not depth and not cell.glyph and len(text) <= width and plain(text):
        # Nearly every cell.
        return text.rjust(width) if slot.right else text.ljust(width)
    lead = f"{glyphs[cell.glyph]} " if cell.glyph else ""
    if depth:
        lead = "  " * (depth - 1) + glyphs["tree_last"] + " " + lead
    ellipsis = glyphs["ellipsis"]
    if len(text) <= _SHORT:
        return _lasting_text(lead, text, width, slot.right, ellipsis)
    return column_text(lead + shown_in(width, text), width, right=slot.right, ellipsis=ellipsis)


@lru_cache(4096)
def _lasting_text(lead: str, text: str, width: int, right: bool, ellipsis: str) -> str:
    """States, dashes and shapes come again in every row."""
    return column_text(lead + shown_in(width, text), width, right=right, ellipsis=ellipsis)


def _fitted(text: str, slot: Slot, glyphs: Glyphs) -> str:
    return fit(text, slot.width, right=slot.right, ellipsis=glyphs["ellipsis"])
