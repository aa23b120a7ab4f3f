"""Which columns of a list are drawn, and how wide, on a terminal of a given width."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from console.present.table import Align, Column, Row
from screens.widgets.cells import shown_in, width_of

GUTTER = 2
"""Cells before the first column: the cursor sign and the mark sign."""

_SAMPLE = 200
_WIDE = 100

_PROSE = 50
"""A column that may be this wide holds sentences, which say something even when cut."""

_SENTENCE = 24
"""Cells a sentence is cut to before a lighter column is left out."""

_FEW = 3
"""So many columns left are cut, if they are text, rather than left out."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One drawn column and its width in cells."""

    column: Column
    width: int
    right: bool = field(init=False, default=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "right", self.column.align is Align.RIGHT)


@dataclass(frozen=True, slots=True)
class Layout:
    """The drawn columns, the gap between them, and whether some are hidden on either side."""

    slots: tuple[Slot, ...] = ()
    gap: int = 1
    hidden_left: bool = False
    hidden_right: bool = False
    width: int = field(init=False, default=GUTTER, compare=False)
    """Cells of the signs and of all columns with their gaps."""

    def __post_init__(self) -> None:
        gaps = self.gap * max(0, len(self.slots) - 1)
        width = GUTTER + sum(slot.width for slot in self.slots) + gaps
        object.__setattr__(self, "width", width)

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
        column.id: max(
            _content(column, sample, indented=at == 0),
            _floor(column, titles),
            known.get(column.id, 0),
        )
        for at, column in enumerate(columns)
    }


def _content(column: Column, sample: Sequence[Row], *, indented: bool) -> int:
    name, most, widest = column.id, column.max_width, 0
    for row in sample:
        cell = row.cells.get(name)
        if cell is None:
            continue
        text = cell.text
        # Control characters of ASCII are shown as one cell too.
        width = len(text) if text.isascii() else width_of(shown_in(most, text))
        width += 2 if cell.glyph else 0
        width += row.depth * 2 if indented else 0
        if width > widest:
            if width >= most:
                return most
            widest = width
    return widest


def _floor(column: Column, titles: Mapping[str, str]) -> int:
    """Never narrower than its title, beside which the sort sign takes one cell."""
    return max(column.min_width, width_of(titles.get(column.id, column.id)) + 1)


@dataclass(frozen=True, slots=True)
class _Fitting:
    """Measures one set of columns for one width of the list."""

    wanted: Mapping[str, int]
    titles: Mapping[str, str]
    room: int
    gap: int
    fixed: Collection[str] = ()

    def least(self, columns: Sequence[Column]) -> dict[str, int]:
        """Cells below which each is not cut while the others stand beside it."""
        few = len(columns) <= _FEW
        return {column.id: self._least(column, few) for column in columns}

    def _least(self, column: Column, few: bool) -> int:
        if column.id in self.fixed:
            return self.wanted[column.id]
        floor = _floor(column, self.titles)
        need = max(floor, self.wanted.get(column.id, 0))
        if column.align is Align.RIGHT:
            # A figure that is cut is another figure.
            return need
        if few:
            return floor
        return min(need, max(floor, _SENTENCE)) if column.max_width >= _PROSE else need

    def fits(self, columns: Sequence[Column]) -> bool:
        """Whether all of them have room, gaps between them."""
        gaps = self.gap * (len(columns) - 1)
        return sum(self.least(columns).values()) + gaps <= self.room

    def widths(self, columns: Sequence[Column]) -> dict[str, int]:
        """The least each takes, then what is left to those that want more.

        Names and figures, heaviest first, are whole before a sentence is: its end is missed least.
        """
        room = self.room - self.gap * (len(columns) - 1)
        widths = {name: min(least, room) for name, least in self.least(columns).items()}
        left = room - sum(widths.values())
        for column in sorted(columns, key=lambda each: (each.max_width >= _PROSE, -each.weight)):
            extra = min(max(0, self.wanted.get(column.id, 0) - widths[column.id]), max(0, left))
            widths[column.id] += extra
            left -= extra
        return widths


def lay_out(
    columns: Sequence[Column],
    wanted: Mapping[str, int],
    titles: Mapping[str, str],
    width: int,
    first: int,
    fixed: Collection[str] = (),
) -> Layout:
    """Fit `columns` into `width` cells; those `fixed` are exactly as wide as is `wanted`.

    From the start (`first` 0) the heaviest columns stay when not all fit; scrolled right, the
    first column stays and the others follow in order from the one at `first`.
    """
    if not columns or width <= GUTTER:
        return Layout()
    gap = 2 if width >= _WIDE else 1
    fitting = _Fitting(wanted, titles, width - GUTTER, gap, fixed)
    if first:
        chosen = _in_order([columns[0], *columns[1 + first :]], fitting)
        more = columns[-1] not in chosen
    else:
        chosen = _by_weight(columns, fitting)
        more = len(chosen) < len(columns)
    widths = fitting.widths(chosen)
    slots = tuple(Slot(column, widths[column.id]) for column in chosen)
    return Layout(slots, gap, hidden_left=first > 0, hidden_right=more)


def _by_weight(columns: Sequence[Column], fitting: _Fitting) -> list[Column]:
    kept = list(columns)
    while len(kept) > 1 and not fitting.fits(kept):
        # Of equal weights the rightmost goes first.
        kept.remove(min(reversed(kept), key=lambda column: column.weight))
    return kept


def _in_order(columns: Sequence[Column], fitting: _Fitting) -> list[Column]:
    kept = [columns[0]]
    for column in columns[1:]:
        if not fitting.fits([*kept, column]):
            break
        kept.append(column)
    return kept
