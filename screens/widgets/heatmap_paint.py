"""Lines of a map: codes of cells kept until a node in them changes, drawn in runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip

from console.analysis.fleet_map import Condition, FleetMap
from console.text import visible
from screens.widgets.cells import fit
from screens.widgets.heatmap_codes import (
    CONDITION,
    LEGENDS,
    SPARK,
    CellCode,
    MapMode,
    OwnerLetters,
    Signs,
    cell_code,
    slot_codes,
)
from screens.widgets.heatmap_model import Zoom
from screens.widgets.heatmap_view import MapView
from themes.glyphs import SPARKS


@dataclass(frozen=True, slots=True)
class Legend:
    """What a map's signs mean.

    Attributes:
        scope: the untrusted name of the group looked at; empty where it is all of them.
        shades: the sign of nothing and the sign of all.
        signs: each other sign and the catalogue name of what it means.
        owners: each letter and the untrusted name of the owner it stands for.
    """

    mode: MapMode
    scope: str
    nodes_a_cell: int
    shades: tuple[str, str]
    signs: tuple[tuple[str, str], ...]
    owners: tuple[tuple[str, str], ...]


class MapPaint:
    """What each cell of a map shows now."""

    def __init__(self, fleet: FleetMap) -> None:
        self._fleet = fleet
        self._mode = MapMode.HEALTH
        self.owners = OwnerLetters()
        self._codes: dict[int, bytearray] = {}
        self._code: CellCode | None = None
        self.cursor_line = 0
        """The line the cursor was last drawn in."""

    @property
    def mode(self) -> MapMode:
        """What the cells show."""
        return self._mode

    @mode.setter
    def mode(self, mode: MapMode) -> None:
        self._mode = mode
        self.forget_cells()

    def forget_cells(self) -> None:
        """Every cell may show something else, or be elsewhere."""
        self._codes.clear()
        # The arrays of the fleet are new after places moved.
        self._code = None

    def touch(self, view: MapView, positions: Iterable[int]) -> set[int]:
        """Take over changed nodes; the lines that look different now."""
        lines: set[int] = set()
        near = view.zoom is Zoom.SLOTS
        code = self._cell_code()
        for line, numbers in view.lines_of(positions).items():
            codes = self._codes.get(line)
            if near or codes is None:
                lines.add(line)
                continue
            for number in numbers:
                now = code(*view.layout.cell(line, number))
                if codes[number] != now:
                    codes[number] = now
                    lines.add(line)
        return lines

    def legend(self, signs: Signs, view: MapView) -> Legend:
        """What the signs mean in this mode."""
        table = signs.table
        return Legend(
            mode=self._mode,
            scope=view.scope.name if view.scope else "",
            nodes_a_cell=view.layout.per_cell,
            shades=(table[SPARK][0], table[SPARK + SPARKS - 1][0]),
            signs=tuple((table[code][0], name) for name, code in LEGENDS[self._mode]),
            owners=tuple((table[code][0], name) for code, name in self.owners.legend()),
        )

    def line(self, line: int, view: MapView, signs: Signs, width: int) -> Strip:
        """One line of so many columns, the cursor in it where it is there."""
        at, chosen = view.place
        if at == line:
            self.cursor_line = line
        number = chosen if at == line else -1
        if view.layout.block_of_line(line) is None:
            return Strip([signs.blank(width)], width)
        segments = self._group_name(line, view, signs)
        if view.zoom is Zoom.SLOTS:
            segments += self._slots(line, view, signs, number)
        else:
            segments += self._cells(line, view, signs, number)
        layout = view.layout
        drawn = layout.gutter + layout.cells_in(line) * layout.cell_width
        segments.append(signs.blank(max(0, width - drawn)))
        strip = Strip(segments, max(width, drawn))
        return strip if drawn <= width else strip.adjust_cell_length(width)

    def _group_name(self, line: int, view: MapView, signs: Signs) -> list[Segment]:
        width, block = view.layout.gutter, view.layout.block_of_line(line)
        if not width or block is None:
            return []
        group = self._fleet.group_at(block.start) if line == block.first else None
        name = visible(group.name) if group else ""
        text = fit(name, width - 1, ellipsis=signs.glyphs["ellipsis"])
        return [Segment(text + " ", signs.dim)]

    def _cells(self, line: int, view: MapView, signs: Signs, chosen: int) -> list[Segment]:
        codes = self._codes.get(line)
        if codes is None:
            codes = self._codes[line] = self._line_codes(line, view)
        if not 0 <= chosen < len(codes):
            return signs.runs(codes)
        sign = Segment(signs.table[codes[chosen]][0], signs.selection)
        return [*signs.runs(codes[:chosen]), sign, *signs.runs(codes[chosen + 1 :])]

    def _line_codes(self, line: int, view: MapView) -> bytearray:
        layout, code = view.layout, self._cell_code()
        block = layout.block_of_line(line)
        if block is None:
            return bytearray()
        step = layout.per_cell
        start = block.start + (line - block.first) * layout.per_line * step
        end = min(block.end, start + layout.per_line * step)
        return bytearray(code(at, min(end, at + step)) for at in range(start, end, step))

    def _slots(self, line: int, view: MapView, signs: Signs, chosen: int) -> list[Segment]:
        segments: list[Segment] = []
        for number in range(view.layout.cells_in(line)):
            start, _ = view.layout.cell(line, number)
            segments += self._node(start, view, signs, number == chosen)
        return segments

    def _node(self, position: int, view: MapView, signs: Signs, chosen: bool) -> list[Segment]:
        layout = view.layout
        condition = Condition(self._fleet.conditions[position])
        name = visible(self._fleet.name(position))
        label = fit(name, layout.label, ellipsis=signs.glyphs["ellipsis"])
        failed = condition is Condition.FAILED
        style = signs.selection if chosen else signs.failed if failed else signs.plain
        lead = signs.blank(1)
        if chosen:
            lead = Segment(signs.glyphs["cursor"], signs.accent)
        elif condition in (Condition.DEGRADED, Condition.UNKNOWN):
            lead = Segment(*signs.table[CONDITION + condition])
        codes = slot_codes(self._fleet, position, self._mode, self.owners, layout.slots)
        gap = signs.blank(layout.slots - len(codes) + 1)
        return [lead, Segment(label, style), signs.blank(1), *signs.runs(codes), gap]

    def _cell_code(self) -> CellCode:
        if self._code is None:
            self._code = cell_code(self._fleet, self._mode, self.owners)
        return self._code
