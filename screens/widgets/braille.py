"""Curves as dots of braille signs: every column shows the lowest and the highest value in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from rich.segment import Segment
from rich.style import Style

from screens.widgets.chart_model import Curve

ROWS_A_CELL = 4
COLUMNS_A_CELL = 2

# Bits of a braille sign from the top dot down, left and right.
_LEFT = (0x01, 0x02, 0x04, 0x40)
_RIGHT = (0x08, 0x10, 0x20, 0x80)


def _table(bits: Sequence[int]) -> tuple[int, ...]:
    """Four dots of a column, the lowest the lowest bit, as bits of a braille sign."""
    rising = tuple(reversed(bits))
    return tuple(
        sum(rising[row] for row in range(ROWS_A_CELL) if dots >> row & 1) for dots in range(16)
    )


_LEFT_OF, _RIGHT_OF = _table(_LEFT), _table(_RIGHT)
_SIGNS = tuple(
    tuple(chr(0x2800 | left | right) if left | right else " " for right in _RIGHT_OF)
    for left in _LEFT_OF
)
"""The sign of four dots on the left and four on the right; none is a blank."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The range of times and values that fills a plot of `width` by `height` cells."""

    start: float
    end: float
    low: float
    high: float
    width: int
    height: int

    @property
    def columns(self) -> int:
        """Columns of dots."""
        return self.width * COLUMNS_A_CELL

    @property
    def rows(self) -> int:
        """Rows of dots."""
        return self.height * ROWS_A_CELL

    def row_of(self) -> Callable[[float], int]:
        """What finds the row of a value from the bottom; out of range it lies on the edge."""
        # Halved first: the span of two large values may be more than a number can hold.
        low, span, last = self.low / 2, self.high / 2 - self.low / 2, self.rows - 1

        def row(value: float) -> int:
            at = round((value / 2 - low) / span * last)
            return 0 if at < 0 else last if at > last else at

        return row


def dot_columns(curve: Curve, frame: Frame) -> list[int]:
    """The dots of each column as bits, the lowest row the lowest bit."""
    masks = [0] * frame.columns
    for first, last in curve.stretches(frame.start, frame.end):
        _draw(masks, curve, first, last, frame)
    return masks


def _draw(masks: list[int], curve: Curve, first: int, last: int, frame: Frame) -> None:
    """One unbroken stretch: its extremes in each column, lines from column to column."""
    times, values, row_of = curve.times, curve.values, frame.row_of()
    scale = frame.columns / (frame.end - frame.start)
    at, before, before_row = first, -1, 0
    while at < last:
        column = min(frame.columns - 1, int((times[at] - frame.start) * scale))
        edge = frame.start + (column + 1) / scale
        after = max(at + 1, bisect_left(times, edge, at, last))
        if column == frame.columns - 1:
            after = last
        inside = values[at:after]
        entry = low = high = leaving = row_of(inside[0])
        if len(inside) > 1:
            low, high, leaving = row_of(min(inside)), row_of(max(inside)), row_of(inside[-1])
        if before >= 0:
            _join(masks, before, before_row, column, entry)
        masks[column] |= _bar(low, high)
        at, before, before_row = after, column, leaving


def _join(masks: list[int], left: int, left_row: int, right: int, right_row: int) -> None:
    """A line between two points that lie in different columns, up to the right one's dots."""
    steps = right - left
    row = left_row
    for step in range(1, steps + 1):
        reached = left_row + round((right_row - left_row) * step / steps)
        middle = (row + reached) // 2
        masks[left + step - 1] |= _bar(*sorted((row, middle)))
        masks[left + step] |= _bar(*sorted((middle, reached)))
        row = reached


def _bar(low: int, high: int) -> int:
    return ((1 << (high - low + 1)) - 1) << low


def braille_rows(masks: Sequence[int], height: int) -> list[str]:
    """The dots as `height` lines of signs from the top; a blank where there is no dot."""
    lines: list[str] = []
    pairs = list(zip(masks[::2], masks[1::2], strict=True))
    used = reduce(or_, masks, 0)
    blank = " " * len(pairs)
    for line in range(height):
        shift = (height - 1 - line) * ROWS_A_CELL
        if not used >> shift & 15:
            # Most lines of most curves.
            lines.append(blank)
            continue
        signs = [_SIGNS[left >> shift & 15][right >> shift & 15] for left, right in pairs]
        lines.append("".join(signs))
    return lines


def sign_rows(masks: Sequence[int], height: int, sign: str) -> list[str]:
    """The same with one sign for a cell that has any dot."""
    return [
        "".join(" " if each == " " else sign for each in line)
        for line in braille_rows(masks, height)
    ]


class Canvas:
    """Curves over each other: in a cell that several pass the last one is seen."""

    def __init__(self, width: int, height: int) -> None:
        self._signs = [[" "] * width for _ in range(height)]
        self._inks = [[0] * width for _ in range(height)]
        self._styles = [Style()]

    def copy(self) -> Canvas:
        """One that can be drawn over."""
        found = Canvas(0, 0)
        found._signs = [list(row) for row in self._signs]
        found._inks = [list(row) for row in self._inks]
        found._styles = list(self._styles)
        return found

    def lay(self, lines: Sequence[str], style: Style) -> None:
        """Draw lines over what is there; their blanks hide nothing."""
        ink = self._ink(style)
        for line, signs, inks in zip(lines, self._signs, self._inks, strict=True):
            if line.isspace():
                continue
            for at, sign in enumerate(line):
                if sign != " ":
                    signs[at], inks[at] = sign, ink

    def stroke(self, column: int, sign: str, style: Style) -> None:
        """A line from top to bottom that goes under the curves and over other lines."""
        ink = self._ink(style)
        for signs, inks in zip(self._signs, self._inks, strict=True):
            if signs[column] in (" ", sign):
                signs[column], inks[column] = sign, ink

    def runs(self, row: int) -> list[Segment]:
        """One row with neighbours of one style together; a blank takes its neighbour's."""
        signs, inks = self._signs[row], self._inks[row]
        segments: list[Segment] = []
        start, ink = 0, 0
        for at, mine in enumerate(inks):
            if mine and mine != ink:
                if ink:
                    segments.append(Segment("".join(signs[start:at]), self._styles[ink]))
                    start = at
                ink = mine
        segments.append(Segment("".join(signs[start:]), self._styles[ink]))
        return segments

    def _ink(self, style: Style) -> int:
        self._styles.append(style)
        return len(self._styles) - 1
