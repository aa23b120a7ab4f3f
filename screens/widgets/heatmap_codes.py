"""What a cell of a map shows, as a small number, and the sign and colour of each number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum

from rich.segment import Segment
from rich.style import Style

from console.analysis.fleet_map import Condition, FleetMap
from console.present.table import Tone
from screens.widgets.ink import Ink
from themes.glyphs import SPARKS, Glyphs


class MapMode(StrEnum):
    """What the map shows; the names are catalogue keys."""

    HEALTH = "health"
    USE = "use"
    OWNER = "owner"
    IDLE = "idle"

    def next(self) -> MapMode:
        """The one after it; after the last the first."""
        modes = list(MapMode)
        return modes[(modes.index(self) + 1) % len(modes)]


BLANK = 0
SPARK = 1
"""Up to `SPARKS` codes for a share, from low to full."""
FREE = SPARK + SPARKS
CONDITION = FREE
"""Added to a `Condition` that is not healthy."""
CLOSED = CONDITION + Condition.CLOSED
FAILED = CONDITION + Condition.FAILED
UNMEASURED = FAILED + 1
OWNER = UNMEASURED + 1
OWNERS = 8
"""Owners with a letter and a colour of their own; the others share one."""
OTHERS = OWNER + OWNERS
COUNT = OTHERS + 1

OWNER_LETTERS = "ABCDEFGH"
OTHERS_SIGN = "+"


def spark(share: float | None) -> int:
    """The code of a share from 0 to 1, or of one that nobody measured."""
    if share is None or share != share:
        return UNMEASURED
    return SPARK + round(max(0.0, min(1.0, share)) * (SPARKS - 1))


class Signs:
    """What codes look like on one background: segments made once, for a run is drawn often."""

    def __init__(self, ink: Ink, glyphs: Glyphs, base: Style) -> None:
        self.glyphs = glyphs
        self.plain = base
        self.dim = base + ink.tone(Tone.DIM)
        self.failed = base + ink.tone(Tone.FAILED)
        self.accent = base + ink.tone(Tone.ACCENT)
        self.selection = base + ink.selection
        self.table = [(sign, base + style) for sign, style in _table(ink, glyphs)]
        self._single = [Segment(sign, style) for sign, style in self.table]

    def runs(self, codes: bytes | bytearray) -> list[Segment]:
        """Cells of one code after each other are one segment: a colour is told once."""
        segments: list[Segment] = []
        single, table = self._single, self.table
        for run in _RUNS.finditer(codes):
            code, length = codes[run.start()], run.end() - run.start()
            if length == 1:
                segments.append(single[code])
            else:
                sign, style = table[code]
                segments.append(Segment(sign * length, style))
        return segments

    def blank(self, width: int) -> Segment:
        """So many blanks."""
        return Segment(" " * width, self.plain)


_RUNS = re.compile(rb"(.)\1*", re.DOTALL)


def _table(ink: Ink, glyphs: Glyphs) -> list[tuple[str, Style]]:
    """Sign and style of each code."""
    dim = ink.tone(Tone.DIM)
    table: list[tuple[str, Style]] = [(" ", Style())] * COUNT
    for step in range(SPARKS):
        share = step / (SPARKS - 1)
        table[SPARK + step] = (glyphs.spark(share), ink.heat(share))
    table[FREE] = (glyphs["free"], dim)
    table[CLOSED] = (glyphs["cordoned"], dim)
    table[CONDITION + Condition.DEGRADED] = (glyphs["degraded"], ink.tone(Tone.WARNING))
    table[CONDITION + Condition.UNKNOWN] = (glyphs["unknown"], ink.tone(Tone.WARNING))
    table[FAILED] = (glyphs["dead"], ink.tone(Tone.FAILED))
    table[UNMEASURED] = (glyphs["rule"], dim)
    for index, letter in enumerate(OWNER_LETTERS):
        table[OWNER + index] = (letter, ink.series(index))
    table[OTHERS] = (OTHERS_SIGN, ink.tone(Tone.PLAIN))
    return table


_WELL = (("failed", FAILED), ("free", FREE))
_UNWELL = (
    ("degraded", CONDITION + Condition.DEGRADED),
    ("closed", CLOSED),
    ("unknown", CONDITION + Condition.UNKNOWN),
)

LEGENDS: dict[MapMode, tuple[tuple[str, int], ...]] = {
    MapMode.HEALTH: (*_WELL, *_UNWELL, ("unmeasured", UNMEASURED)),
    MapMode.USE: (*_WELL, ("unmeasured", UNMEASURED)),
    MapMode.OWNER: (*_WELL, ("others", OTHERS)),
    MapMode.IDLE: (("failed", FAILED), ("none", FREE), *_UNWELL),
}
"""What the signs of a mode are called beside its shades, the most wanted first."""


class OwnerLetters:
    """Which owner has which letter: those with most nodes; a letter stays with its owner."""

    def __init__(self) -> None:
        self._letters: dict[str, int] = {}
        self._owners: Sequence[str] = ()

    def learn(self, owners: Sequence[str]) -> None:
        """Whose each node is, by position; empty where it is nobody's."""
        self._owners = owners
        counts = Counter(owner for owner in owners if owner)
        self._letters = {name: at for name, at in self._letters.items() if counts[name]}
        spare = [at for at in range(OWNERS) if at not in self._letters.values()]
        waiting = sorted(
            (name for name in counts if name not in self._letters),
            key=lambda name: (-counts[name], name),
        )
        self._letters.update(zip(waiting, spare, strict=False))

    def legend(self) -> list[tuple[int, str]]:
        """Code and name of each owner that has a letter."""
        return sorted((OWNER + at, name) for name, at in self._letters.items())

    def code(self, start: int, end: int) -> int:
        """The code of the owner of most nodes of a range."""
        owners = self._owners[start:end]
        owner = owners[0] if len(owners) == 1 else _commonest(owners)
        return FREE if not owner else self._letter(owner)

    def _letter(self, owner: str) -> int:
        at = self._letters.get(owner)
        return OTHERS if at is None else OWNER + at


def _commonest(owners: Sequence[str]) -> str:
    counts = Counter(owner for owner in owners if owner)
    return counts.most_common(1)[0][0] if counts else ""


CellCode = Callable[[int, int], int]
"""The code of the nodes from a position up to another, at least one."""


def cell_code(fleet: FleetMap, mode: MapMode, owners: OwnerLetters) -> CellCode:
    """What a cell shows: the worst condition for its sign, the mean use where all is well."""
    conditions, used = fleet.conditions, fleet.used

    def health(start: int, end: int) -> int:
        gravest = max(conditions[start:end])
        if gravest > Condition.CLOSED:
            return CONDITION + gravest
        # Closed to work is no illness: it shows only where nothing in the cell takes any.
        if gravest and min(conditions[start:end]):
            return CLOSED
        return spark(fleet.use(start, end)) if any(used[start:end]) else FREE

    def use(start: int, end: int) -> int:
        if min(conditions[start:end]) == Condition.FAILED:
            return FAILED
        return spark(fleet.use(start, end)) if any(used[start:end]) else FREE

    def owner(start: int, end: int) -> int:
        if min(conditions[start:end]) == Condition.FAILED:
            return FAILED
        return owners.code(start, end)

    def idle(start: int, end: int) -> int:
        if min(conditions[start:end]):
            return CONDITION + max(conditions[start:end])
        free, slots = sum(fleet.free[start:end]), sum(fleet.slots[start:end])
        return spark(free / slots) if free and slots else FREE

    return {
        MapMode.HEALTH: health,
        MapMode.USE: use,
        MapMode.OWNER: owner,
        MapMode.IDLE: idle,
    }[mode]


def slot_codes(
    fleet: FleetMap, position: int, mode: MapMode, owners: OwnerLetters, drawn: int
) -> bytes:
    """One code a slot of a node, those in use first; which slot is whose the list does not say."""
    slots, used = fleet.slots[position], fleet.used[position]
    condition = fleet.conditions[position]
    if slots > drawn:
        used, slots = round(used * drawn / slots), drawn
    if condition == Condition.FAILED:
        return bytes([FAILED]) * slots
    rest = FREE if fleet.node(position).scheduling.value == "OPEN" else CLOSED
    if mode is MapMode.OWNER:
        busy = owners.code(position, position + 1)
    elif mode is MapMode.IDLE:
        busy = FREE
        rest = SPARK + SPARKS - 1 if fleet.free[position] else rest
    else:
        busy = spark(_share_of_used(fleet, position))
    return bytes([busy]) * used + bytes([rest]) * (slots - used)


def _share_of_used(fleet: FleetMap, position: int) -> float | None:
    """The mean use of the slots in use: the node's mean counts its free slots as idle."""
    used = fleet.used[position]
    if not used or not fleet.measured[position]:
        return None
    return min(1.0, fleet.busy[position] / used)
