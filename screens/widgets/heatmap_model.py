"""How a map of nodes fits into a terminal: how many nodes a cell stands for, and where each is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

SLOTS_DRAWN = 64
"""Slots of one node drawn one by one; of a larger node each sign stands for several."""

Span = tuple[int, int]
"""Nodes from a position up to another."""


class Zoom(IntEnum):
    """How near the map is looked at."""

    TENANT = 0
    """Every group, made to fit."""
    GROUP = 1
    """One group, made to fit."""
    NODES = 2
    """A cell a node."""
    SLOTS = 3
    """A name and its accelerators a node."""


@dataclass(frozen=True, slots=True)
class Block:
    """The cells of one group: nodes from `start` up to `end`, `lines` lines from line `first`."""

    start: int
    end: int
    first: int
    lines: int


@dataclass(frozen=True, slots=True)
class MapLayout:
    """Cells in lines. A cell stands for `per_cell` nodes and takes `cell_width` columns.

    Attributes:
        gutter: columns at the left for the names of groups.
        per_line: cells a line.
        label: columns of a node's name, where a cell is a node with its slots.
        slots: signs for the slots of a node, where a cell is a node with its slots.
    """

    blocks: tuple[Block, ...]
    per_cell: int
    per_line: int
    gutter: int = 0
    cell_width: int = 1
    label: int = 0
    slots: int = 0

    @property
    def lines(self) -> int:
        """Lines in all."""
        return self.blocks[-1].first + self.blocks[-1].lines if self.blocks else 0

    def block_of_line(self, line: int) -> Block | None:
        """The block a line belongs to."""
        found = _within(self.blocks, line, lambda block: block.first)
        return found if found and line < found.first + found.lines else None

    def block_of(self, position: int) -> Block | None:
        """The block a node is in."""
        found = _within(self.blocks, position, lambda block: block.start)
        return found if found and position < found.end else None

    def place(self, position: int) -> tuple[int, int]:
        """Line and number in the line of the cell a node is in."""
        block = self.block_of(position)
        if block is None:
            return 0, 0
        cell = (position - block.start) // self.per_cell
        return block.first + cell // self.per_line, cell % self.per_line

    def cell(self, line: int, number: int) -> tuple[int, int]:
        """The nodes of a cell, from and up to; an empty range where there is none."""
        block = self.block_of_line(line)
        if block is None:
            return 0, 0
        at = (line - block.first) * self.per_line + number
        start = block.start + at * self.per_cell
        return (start, min(block.end, start + self.per_cell)) if start < block.end else (0, 0)

    def cells_in(self, line: int) -> int:
        """How many cells a line has."""
        block = self.block_of_line(line)
        if block is None:
            return 0
        cells = -(-(block.end - block.start) // self.per_cell)
        return min(self.per_line, cells - (line - block.first) * self.per_line)

    def number_at(self, x: int) -> int:
        """The cell of a line that is drawn at a column."""
        return max(0, min(self.per_line - 1, (x - self.gutter) // self.cell_width))


def _within(blocks: Sequence[Block], at: int, key: Callable[[Block], int]) -> Block | None:
    found = bisect_right(blocks, at, key=key) - 1
    return blocks[found] if found >= 0 else None


def fitted(spans: Sequence[Span], width: int, rows: int, gutter: int = 0) -> MapLayout:
    """As few nodes a cell as make everything fit in `rows` lines; a group has a line at least."""
    per_line = max(1, width - gutter)
    low, high = 1, max((end - start for start, end in spans), default=1)
    while low < high:
        middle = (low + high) // 2
        if _lines(spans, middle, per_line) <= max(rows, len(spans)):
            high = middle
        else:
            low = middle + 1
    return _laid(spans, max(1, low), per_line, gutter)


def node_cells(spans: Sequence[Span], width: int, gutter: int = 0) -> MapLayout:
    """A cell a node, however many lines that takes."""
    return _laid(spans, 1, max(1, width - gutter), gutter)


def slot_cells(
    spans: Sequence[Span], width: int, label: int, slots: int, gutter: int = 0
) -> MapLayout:
    """A name and its slots a node; names give way before slots do."""
    room = max(1, width - gutter)
    slots = max(1, min(slots, SLOTS_DRAWN, room - 5))
    label = max(2, min(label, room - slots - 3))
    cell = label + slots + 3
    layout = _laid(spans, 1, max(1, room // cell), gutter)
    return replace(layout, cell_width=cell, label=label, slots=slots)


def _lines(spans: Sequence[Span], per_cell: int, per_line: int) -> int:
    return sum(-(-(end - start) // (per_cell * per_line)) for start, end in spans)


def _laid(spans: Sequence[Span], per_cell: int, per_line: int, gutter: int) -> MapLayout:
    blocks: list[Block] = []
    first = 0
    for start, end in spans:
        lines = _lines(((start, end),), per_cell, per_line)
        if lines:
            blocks.append(Block(start, end, first, lines))
            first += lines
    return MapLayout(tuple(blocks), per_cell, per_line, gutter)
