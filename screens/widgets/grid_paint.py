"""One line of a grid as a strip of plain segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

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

    Each column is a segment of its own, so that two rows can be compared column by column.
    """
    styles, glyphs = _styles(state, look), look.glyphs
    cursor = glyphs["cursor"] if state.selected else " "
    mark = glyphs["mark"] if state.marked else " "
    segments = [Segment(cursor, styles[Tone.ACCENT]), Segment(mark, styles[None])]
    cells, own, gap = row.cells, row.tone, ""
    depth = row.depth
    for slot in layout.slots:
        cell = cells.get(slot.column.id, _NO_CELL)
        text = gap + _cell_text(cell, depth, slot, glyphs)
        tone = cell.tone
        segments.append(Segment(text, styles[own if tone is Tone.PLAIN else tone]))
        gap, depth = " " * layout.gap, 0
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
    text = shown_in(width, text)
    if cell.glyph:
        text = f"{glyphs[cell.glyph]} {text}"
    if depth:
        text = "  " * (depth - 1) + glyphs["tree_last"] + " " + text
    return column_text(text, width, right=slot.right, ellipsis=glyphs["ellipsis"])


def _fitted(text: str, slot: Slot, glyphs: Glyphs) -> str:
    return fit(text, slot.width, right=slot.right, ellipsis=glyphs["ellipsis"])
