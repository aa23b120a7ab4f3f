"""Where one looks at a map of nodes: how near, at which group, where the cursor is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from console.analysis.fleet_map import Condition, FleetMap, MapGroup
from console.text import visible
from screens.widgets.cells import width_of
from screens.widgets.heatmap_model import (
    MapLayout,
    Span,
    Zoom,
    fitted,
    node_cells,
    slot_cells,
)

LABEL_MOST = 16
GUTTER_MOST = 20

Step = tuple[Zoom, tuple[str, str] | None]
"""How near, and the region and pool of the group looked at; `None` is all of them."""


class MapView:
    """A layout of a fleet and a cursor in it; the cursor is a node, its cell follows from that."""

    def __init__(self, fleet: FleetMap) -> None:
        self._fleet = fleet
        self._stack: list[Step] = []
        self._width, self._rows = 1, 1
        self.zoom = Zoom.SLOTS
        self.layout: MapLayout = fitted((), 1, 1)
        self.position = 0

    # How near.

    @property
    def scope(self) -> MapGroup | None:
        """The group looked at, `None` where it is all of them."""
        return self._group(self._stack[-1][1]) if self._stack else None

    @property
    def zoomed(self) -> bool:
        """Whether it is nearer than it begins."""
        return bool(self._stack)

    def zoom_in(self) -> bool:
        """One step nearer, to the node that is worst off in the cell of the cursor."""
        step = self._nearer()
        if step is None:
            return False
        start, end = self.range
        worst = self._fleet.worst(start, end)
        if self._fleet.conditions[worst] >= Condition.DEGRADED:
            self.position = worst
        self._stack.append(step)
        return True

    def zoom_out(self) -> bool:
        """One step back; False where it began here."""
        if not self._stack:
            return False
        self._stack.pop()
        return True

    def _nearer(self) -> Step | None:
        start, end = self.range
        if start >= end or self.zoom is Zoom.SLOTS:
            return None
        scope = self._stack[-1][1] if self._stack else None
        several = self.layout.per_cell > 1
        if self.zoom is Zoom.TENANT and len(self._fleet.groups) > 1:
            group = self._fleet.group_at(self.position)
            scope = (group.region, group.pool) if group else None
            return (Zoom.GROUP if several else Zoom.SLOTS), scope
        return (Zoom.NODES if several else Zoom.SLOTS), scope

    def _group(self, key: tuple[str, str] | None) -> MapGroup | None:
        groups = self._fleet.groups
        return next((each for each in groups if (each.region, each.pool) == key), None)

    # Laying out.

    def arrange(self, width: int, rows: int, at_key: str | None) -> None:
        """Lay out for so many columns and lines; the cursor goes where its node is now."""
        self._width, self._rows = width, rows
        while self._stack and self._stack[-1][1] and self._group(self._stack[-1][1]) is None:
            self._stack.pop()
        self._lay_out()
        found = self._fleet.position(at_key) if at_key is not None else None
        if found is not None:
            self.position = found
        self._keep_inside()

    def _lay_out(self) -> None:
        self.zoom = self._stack[-1][0] if self._stack else Zoom.SLOTS
        scope = self.scope
        groups = self._fleet.groups if scope is None else (scope,)
        if self._stack:
            self.layout = self._layout(self.zoom, groups, self._width, self._rows)
            return
        near = self._layout(Zoom.SLOTS, groups, self._width, self._rows)
        fits = near.lines <= self._rows
        self.zoom = Zoom.SLOTS if fits else Zoom.TENANT
        far = near if fits else self._layout(Zoom.TENANT, groups, self._width, self._rows)
        self.layout = far

    def _layout(self, zoom: Zoom, groups: Sequence[MapGroup], width: int, rows: int) -> MapLayout:
        spans: list[Span] = [(group.start, group.end) for group in groups]
        gutter = self._gutter(groups, width)
        if zoom is Zoom.SLOTS:
            most = max(self._fleet.slots, default=1)
            return slot_cells(spans, width, self._label(), most, gutter)
        if zoom is Zoom.NODES:
            return node_cells(spans, width, gutter)
        return fitted(spans, width, rows, gutter)

    def natural_lines(self, width: int, most: int) -> int:
        """Lines that show each node with its slots, where `most` are enough; else `most`."""
        return min(most, self._layout(Zoom.SLOTS, self._fleet.groups, width, most).lines)

    def _gutter(self, groups: Sequence[MapGroup], width: int) -> int:
        if len(groups) < 2:
            return 0
        widest = max(width_of(visible(group.name)) for group in groups)
        return min(widest, GUTTER_MOST, width // 4) + 1

    def _label(self) -> int:
        names = self._fleet.names
        widest = max(map(len, names), default=2)
        return min(LABEL_MOST, widest if all(map(str.isascii, names)) else 2 * widest)

    # The cursor.

    @property
    def place(self) -> tuple[int, int]:
        """Line and number in the line of the cell under the cursor."""
        return self.layout.place(self.position)

    @property
    def range(self) -> Span:
        """The nodes under the cursor, from and up to; empty where there is none."""
        return self.layout.cell(*self.place)

    @property
    def first(self) -> int:
        """The first node looked at."""
        return self.layout.blocks[0].start if self.layout.blocks else 0

    @property
    def last(self) -> int:
        """The last node looked at."""
        return self.layout.blocks[-1].end - 1 if self.layout.blocks else 0

    def go(self, position: int) -> bool:
        """Put the cursor on a node, looking at everything where it is in another group."""
        if not 0 <= position < len(self._fleet):
            return False
        if self.layout.block_of(position) is None:
            self._stack.clear()
            self._lay_out()
        moved = position != self.position
        self.position = position
        return moved

    def move(self, lines: int, cells: int) -> bool:
        """Move by lines or by cells, as far as there are some; False where there are none."""
        layout = self.layout
        line, number = self.place
        if cells:
            number += cells
            if number < 0 and line > 0:
                line, number = line - 1, layout.cells_in(line - 1) - 1
            elif number >= layout.cells_in(line) and line + 1 < layout.lines:
                line, number = line + 1, 0
        line = max(0, min(layout.lines - 1, line + lines))
        number = max(0, min(layout.cells_in(line) - 1, number))
        if (line, number) == self.place:
            return False
        start, end = layout.cell(line, number)
        return start < end and self.go(start)

    def cell_under(self, line: int, x: int) -> Span:
        """The nodes drawn at a line and a column; empty where none are."""
        if x < self.layout.gutter:
            return 0, 0
        return self.layout.cell(line, self.layout.number_at(x))

    def _keep_inside(self) -> None:
        if self.layout.blocks and self.layout.block_of(self.position) is None:
            self.position = max(self.first, min(self.position, self.last))

    def lines_of(self, positions: Iterable[int]) -> dict[int, set[int]]:
        """The numbers of the cells of these nodes by line."""
        found: dict[int, set[int]] = {}
        for position in positions:
            if self.layout.block_of(position) is not None:
                line, number = self.layout.place(position)
                found.setdefault(line, set()).add(number)
        return found
