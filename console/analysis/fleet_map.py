"""Every node in one fixed order, as flat arrays that a map of any size is summed from."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import isfinite
from operator import itemgetter

from api_client.models.compute import NodeHealth, NodeSummary, Scheduling

_DIGITS = re.compile(r"\d+")
_SLOTS_MOST = 1_000_000


class Condition(IntEnum):
    """How well a node is, the gravest last: the worst of several is the greatest."""

    HEALTHY = 0
    CLOSED = 1
    DEGRADED = 2
    UNKNOWN = 3
    FAILED = 4


_OF_HEALTH = {
    NodeHealth.HEALTHY: Condition.HEALTHY,
    NodeHealth.DEGRADED: Condition.DEGRADED,
    NodeHealth.FAILED: Condition.FAILED,
}


@dataclass(frozen=True, slots=True)
class MapGroup:
    """The nodes of one pool in one region: positions from `start` up to `end`."""

    region: str
    pool: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """`region/pool`, or the pool alone."""
        return f"{self.region}/{self.pool}" if self.region else self.pool


@dataclass(frozen=True, slots=True)
class RangeSums:
    """What the nodes of a range hold together; `use` is `None` where none is measured."""

    nodes: int
    conditions: Mapping[Condition, int]
    slots: int
    used: int
    free: int
    use: float | None


_Known = tuple[str, NodeSummary, int, int, int, int, float, float]
"""Where a node belongs, the node, and a figure for each of the arrays."""


class FleetMap:
    """Nodes by region, pool and name in natural order; a place moves only when nodes come or go.

    A `Tally` of nodes: put and take them, then `settle`.

    Attributes:
        conditions: one `Condition` a node.
        slots, used, free: accelerators of each node, allocated, and open to a new job.
        busy, measured: utilisation times slots, and the slots it was measured on.
    """

    def __init__(self) -> None:
        self.groups: tuple[MapGroup, ...] = ()
        self.conditions = bytearray()
        self.slots, self.used, self.free = array("i"), array("i"), array("i")
        self.busy, self.measured = array("d"), array("d")
        self._known: dict[str, _Known] = {}
        self._keys: dict[tuple[str, str, str], str] = {}
        self._order: list[str] = []
        self._nodes: list[NodeSummary] = []
        self._names: list[str] = []
        self._index: dict[str, int] = {}
        self._touched: set[str] = set()

    def __len__(self) -> int:
        return len(self._names)

    @property
    def names(self) -> Sequence[str]:
        """The names of the nodes in order."""
        return self._names

    def name(self, position: int) -> str:
        """The name of the node at a position."""
        return self._names[position]

    def node(self, position: int) -> NodeSummary:
        """The node at a position."""
        return self._nodes[position]

    def position(self, name: str) -> int | None:
        """Where a node is, `None` where there is none of that name."""
        return self._index.get(name)

    def group_at(self, position: int) -> MapGroup | None:
        """The group a position lies in."""
        return next((each for each in self.groups if each.start <= position < each.end), None)

    # Following the nodes.

    def put(self, node: NodeSummary) -> None:
        """Take a node in as it is now."""
        place = (node.region, node.pool, node.name)
        key = self._keys.get(place)
        if key is None:
            key = self._keys[place] = "\0".join(natural(part) for part in place)
        self._known[node.name] = (key, node, *_figures(node))
        self._touched.add(node.name)

    def take(self, node: NodeSummary) -> None:
        """Give a node back; most are put again at once as they are now."""
        known = self._known.get(node.name)
        if known is not None and known[1] is node:
            del self._known[node.name]
            self._touched.add(node.name)

    def settle(self) -> Sequence[int] | None:
        """Show what was put and taken: the positions that changed, `None` where places moved."""
        touched, self._touched = self._touched, set()
        positions: list[int] = []
        for name in touched:
            known, position = self._known.get(name), self._index.get(name)
            if known is None and position is None:
                continue
            if known is None or position is None or known[0] != self._order[position]:
                self._arrange()
                return None
            positions.append(position)
            self._nodes[position] = known[1]
            (
                self.conditions[position],
                self.slots[position],
                self.used[position],
                self.free[position],
                self.busy[position],
                self.measured[position],
            ) = known[2:]
        return positions

    def _arrange(self) -> None:
        known = sorted(self._known.values(), key=itemgetter(0))
        self._order = [each[0] for each in known]
        self._nodes = [each[1] for each in known]
        self._names = [node.name for node in self._nodes]
        self._index = {name: at for at, name in enumerate(self._names)}
        self.conditions = bytearray(each[2] for each in known)
        self.slots = array("i", [each[3] for each in known])
        self.used = array("i", [each[4] for each in known])
        self.free = array("i", [each[5] for each in known])
        self.busy = array("d", [each[6] for each in known])
        self.measured = array("d", [each[7] for each in known])
        self._group()

    def _group(self) -> None:
        starts: list[int] = []
        last: tuple[str, str] | None = None
        for at, node in enumerate(self._nodes):
            place = (node.region, node.pool)
            if place != last:
                starts.append(at)
                last = place
        ends = [*starts[1:], len(self._nodes)]
        self.groups = tuple(
            MapGroup(self._nodes[start].region, self._nodes[start].pool, start, end)
            for start, end in zip(starts, ends, strict=False)
        )

    # Sums.

    def use(self, start: int, end: int) -> float | None:
        """The mean utilisation over the slots measured; `None` where none is."""
        measured = sum(self.measured[start:end])
        return sum(self.busy[start:end]) / measured if measured else None

    def sums(self, start: int, end: int) -> RangeSums:
        """What the nodes from `start` up to `end` hold."""
        counts = Counter(self.conditions[start:end])
        return RangeSums(
            nodes=max(0, end - start),
            conditions={each: counts[each] for each in Condition if counts[each]},
            slots=sum(self.slots[start:end]),
            used=sum(self.used[start:end]),
            free=sum(self.free[start:end]),
            use=self.use(start, end),
        )

    def worst(self, start: int, end: int) -> int:
        """The position of the first of the nodes that are worst off."""
        gravest = max(self.conditions[start:end])
        return self.conditions.index(gravest, start, end)

    def owners(self, owner_of: Callable[[str], str]) -> list[str]:
        """Whose each node is: the owner of the first job on it, empty where it has none."""
        return [owner_of(node.jobs[0]) if node.jobs else "" for node in self._nodes]


def condition(node: NodeSummary) -> Condition:
    """How well a node is; one that is well and takes no new work is closed."""
    found = _OF_HEALTH.get(node.health, Condition.UNKNOWN)
    if found is Condition.HEALTHY and node.scheduling is not Scheduling.OPEN:
        return Condition.CLOSED
    return found


def natural(text: str) -> str:
    """A key that puts `n2` before `n10`."""
    return _DIGITS.sub(lambda digits: digits[0].rjust(12, "0"), text)


def _figures(node: NodeSummary) -> tuple[int, int, int, int, float, float]:
    slots = max(0, min(_SLOTS_MOST, node.accelerators))
    used = max(0, min(slots, node.allocated))
    how = condition(node)
    free = slots - used if how is Condition.HEALTHY else 0
    use = node.utilisation
    if use is None or not isfinite(use):
        return how, slots, used, free, 0.0, 0.0
    return how, slots, used, free, min(1.0, max(0.0, use)) * slots, float(slots)
