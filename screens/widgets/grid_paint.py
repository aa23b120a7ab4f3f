"""One line of a grid as a strip of plain segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.present.table import Align, Cell, Row, Tone
from screens.widgets.cells import fit, visible
from screens.widgets.grid_columns import Layout, Slot
from screens.widgets.grid_model import Sort
from screens.widgets.ink import Ink
from themes.glyphs import Glyphs

_NO_CELL = Cell("—", Tone.DIM)


@dataclass(frozen=True, slots=True)
class RowState:
    """What is drawn of a row besides its cells."""

    selected: bool = False
    focused: bool = False
    marked: bool = False


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


def row_strip(
    row: Row, layout: Layout, state: RowState, width: int, ink: Ink, glyphs: Glyphs
) -> Strip:
    """One row: cursor sign, mark sign, cells. The text in it is shown, never obeyed."""
    cursor = glyphs["cursor"] if state.selected else " "
    mark = glyphs["mark"] if state.marked else " "
    segments = [Segment(cursor, ink.tone(Tone.ACCENT)), Segment(mark, ink.mark)]
    for at, slot in enumerate(layout.slots):
        if at:
            segments.append(Segment(" " * layout.gap))
        cell = row.cells.get(slot.column.id, _NO_CELL)
        depth = row.depth if at == 0 else 0
        text = _cell_text(cell, depth, slot, glyphs)
        tone = cell.tone if cell.tone is not Tone.PLAIN else row.tone
        segments.append(Segment(text, ink.tone(tone)))
    strip = Strip(segments).adjust_cell_length(width)
    over = _row_style(state, ink)
    return (strip if over is None else Strip(_restyled(strip, over), width)).simplify()


def _row_style(state: RowState, ink: Ink) -> Style | None:
    if not state.selected:
        return None
    return ink.selection if state.focused else ink.selection_blurred


def _restyled(strip: Strip, over: Style) -> list[Segment]:
    return [
        Segment(text, over if style is None else style + over) for text, style, _control in strip
    ]


def _cell_text(cell: Cell, depth: int, slot: Slot, glyphs: Glyphs) -> str:
    lead = "  " * (depth - 1) + glyphs["tree_last"] + " " if depth else ""
    if cell.glyph:
        lead += glyphs[cell.glyph] + " "
    return _fitted(lead + visible(cell.text), slot, glyphs)


def _fitted(text: str, slot: Slot, glyphs: Glyphs) -> str:
    right = slot.column.align is Align.RIGHT
    return fit(text, slot.width, right=right, ellipsis=glyphs["ellipsis"])
