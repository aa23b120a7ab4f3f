"""Which columns of a list are drawn, and how wide, on a terminal of a given width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from console.present.table import Column, Row
from screens.widgets.cells import width_of

GUTTER = 2
"""Cells before the first column: the cursor sign and the mark sign."""

_SAMPLE = 200
_WIDE = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """One drawn column and its width in cells."""

    column: Column
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawn columns, the gap between them, and whether some are hidden on either side."""

    slots: tuple[Slot, ...] = ()
    gap: int = 1
    hidden_left: bool = False
    hidden_right: bool = False

    def column_at(self, x: int) -> Column | None:
        """The column drawn at cell `x` of the widget."""
        ends = accumulate((slot.width + self.gap for slot in self.slots), initial=GUTTER)
        for slot, start in zip(self.slots, ends, strict=False):
            if start <= x < start + slot.width:
                return slot.column
        return None


def wanted_widths(
    columns: Sequence[Column],
    rows: Sequence[Row],
    titles: Mapping[str, str],
    known: Mapping[str, int],
) -> dict[str, int]:
    """Cells each column would like: a sample of its rows; never less than was `known`.

    Widths only grow while the columns stay the same, so that live rows do not make them jump.
    """
    stride = max(1, len(rows) // _SAMPLE)
    sample = [*rows[:_SAMPLE], *rows[_SAMPLE::stride]]
    return {
        column.id: _wanted(column, sample, titles, known.get(column.id, 0)) for column in columns
    }


def _wanted(column: Column, sample: Sequence[Row], titles: Mapping[str, str], known: int) -> int:
    # The sort sign takes one cell beside the title.
    widest = max(known, column.min_width, width_of(titles.get(column.id, column.id)) + 1)
    for row in sample:
        cell = row.cells.get(column.id)
        if cell is not None:
            width = width_of(cell.text) + (2 if cell.glyph else 0) + row.depth * 2
            widest = max(widest, width)
        if widest >= column.max_width:
            break
    return max(column.min_width, min(widest, column.max_width))


def lay_out(columns: Sequence[Column], wanted: Mapping[str, int], width: int, first: int) -> Layout:
    """Fit `columns` into `width` cells.

    From the start (`first` 0) the heaviest columns stay when not all fit; scrolled right, the
    first column stays and the others follow in order from the one at `first`.
    """
    if not columns or width <= GUTTER:
        return Layout()
    gap = 2 if width >= _WIDE else 1
    room = width - GUTTER
    if first:
        chosen = _in_order([columns[0], *columns[1 + first :]], room, gap)
        more = columns[-1] not in chosen
    else:
        chosen = _by_weight(columns, room, gap)
        more = len(chosen) < len(columns)
    widths = _share(chosen, wanted, room - gap * (len(chosen) - 1))
    slots = tuple(Slot(column, widths[column.id]) for column in chosen)
    return Layout(slots, gap, hidden_left=first > 0, hidden_right=more)


def _by_weight(columns: Sequence[Column], room: int, gap: int) -> list[Column]:
    kept = list(columns)
    while len(kept) > 1 and sum(c.min_width for c in kept) + gap * (len(kept) - 1) > room:
        # Of equal weights the rightmost goes first.
        kept.remove(min(reversed(kept), key=lambda column: column.weight))
    return kept


def _in_order(columns: Sequence[Column], room: int, gap: int) -> list[Column]:
    kept: list[Column] = []
    used = 0
    for column in columns:
        used += column.min_width + (gap if kept else 0)
        if kept and used > room:
            break
        kept.append(column)
    return kept


def _share(columns: Sequence[Column], wanted: Mapping[str, int], room: int) -> dict[str, int]:
    """Minimum widths first, then what is left to the columns that want more, heaviest first."""
    widths = {column.id: min(column.min_width, room) for column in columns}
    left = room - sum(widths.values())
    for column in sorted(columns, key=lambda column: -column.weight):
        extra = min(max(0, wanted.get(column.id, 0) - widths[column.id]), max(0, left))
        widths[column.id] += extra
        left -= extra
    return widths
