"""One line of a grid as a strip of plain segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.present.table import Align, Cell, Row, Tone
from screens.widgets.cells import column_text, fit, shown_in
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
        self.bar = {True: self.on_ground(ink.tone(Tone.DIM)), False: self.on_ground(ink.rule)}

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


def bar_segment(thumb: bool, look: Look) -> Segment:
    """One cell of the bar that shows how far the list is scrolled."""
    return Segment(look.glyphs["bar_full" if thumb else "time_cursor"], look.bar[thumb])


def row_strip(row: Row, layout: Layout, state: RowState, width: int, look: Look) -> Strip:
    """One row: cursor sign, mark sign, cells. The text in it is shown, never obeyed.

    Each column is a segment of its own, so that two rows can be compared column by column.
    """
    styles, glyphs = _styles(state, look), look.glyphs
    cursor = glyphs["cursor"] if state.selected else " "
    mark = glyphs["mark"] if state.marked else " "
    segments = [Segment(cursor, styles[Tone.ACCENT]), Segment(mark, styles[None])]
    cells, own, gap = row.cells, row.tone, " " * layout.gap
    used = 2
    for at, slot in enumerate(layout.slots):
        cell = cells.get(slot.column.id, _NO_CELL)
        text = _cell_text(cell, row.depth if at == 0 else 0, slot, glyphs)
        tone = cell.tone if cell.tone is not Tone.PLAIN else own
        segments.append(Segment(gap + text if at else text, styles[tone]))
        used += slot.width + (layout.gap if at else 0)
    if used < width:
        segments.append(Segment(" " * (width - used), styles[Tone.PLAIN]))
    strip = Strip(segments, max(used, width))
    return strip if used <= width else strip.crop(0, width)


def _styles(state: RowState, look: Look) -> dict[Tone | None, Style]:
    if not state.selected:
        return look.plain
    return look.focused if state.focused else look.blurred


def _cell_text(cell: Cell, depth: int, slot: Slot, glyphs: Glyphs) -> str:
    text = shown_in(slot.width, cell.text)
    if cell.glyph:
        text = f"{glyphs[cell.glyph]} {text}"
    if depth:
        text = "  " * (depth - 1) + glyphs["tree_last"] + " " + text
    right = slot.column.align is Align.RIGHT
    return column_text(text, slot.width, right=right, ellipsis=glyphs["ellipsis"])


def _fitted(text: str, slot: Slot, glyphs: Glyphs) -> str:
    right = slot.column.align is Align.RIGHT
    return fit(text, slot.width, right=right, ellipsis=glyphs["ellipsis"])
