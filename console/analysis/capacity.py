"""What the nodes hold, what is wrong with them, and the largest gang that could start now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from api_client.models.compute import NodeHealth, NodeSummary, Scheduling

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Fleet:
    """Sums over nodes.

    Attributes:
        closed: healthy or not, nodes that take no new work (cordoned, draining, drained).
        free: slots a new job could take now, on healthy open nodes.
        largest_free: the most of them on one node.
        utilisation: mean over the slots of nodes that measure it; `None` where none does.
    """

    nodes: int = 0
    healthy: int = 0
    degraded: int = 0
    failed: int = 0
    unknown: int = 0
    closed: int = 0
    accelerators: int = 0
    allocated: int = 0
    free: int = 0
    largest_free: int = 0
    utilisation: float | None = None


def free_slots(node: NodeSummary) -> int:
    """Slots of a node that a new job could take now."""
    takes = node.health is NodeHealth.HEALTHY and node.scheduling is Scheduling.OPEN
    return max(0, node.accelerators - node.allocated) if takes else 0


class FleetTally:
    """The sums over nodes, following each change of one of them."""

    def __init__(self) -> None:
        self.free_by_model: Counter[str] = Counter()
        """Slots a new job could take now, by the model of the accelerator."""
        self._health: Counter[NodeHealth] = Counter()
        self._free: Counter[int] = Counter()
        self._nodes = self._closed = self._accelerators = self._allocated = 0
        self._measured = self._busy = 0

    def put(self, node: NodeSummary) -> None:
        """Count a node."""
        self._add(node, 1)

    def take(self, node: NodeSummary) -> None:
        """Stop counting it as it was."""
        self._add(node, -1)

    def _add(self, node: NodeSummary, sign: int) -> None:
        free = free_slots(node)
        self._nodes += sign
        self._health[node.health] += sign
        self._free[free] += sign
        self.free_by_model[node.accelerator_model] += sign * free
        self._closed += sign * (node.scheduling is not Scheduling.OPEN)
        self._accelerators += sign * node.accelerators
        self._allocated += sign * node.allocated
        share = node.utilisation
        if share is not None and isfinite(share):
            self._measured += sign * node.accelerators
            # Whole millionths: a sum of fractions taken in and given back drifts.
            self._busy += sign * round(min(1.0, max(0.0, share)) * _MILLION) * node.accelerators

    @property
    def sums(self) -> Fleet:
        """The sums as they are now."""
        health = self._health
        measured = self._measured
        return Fleet(
            nodes=self._nodes,
            healthy=health[NodeHealth.HEALTHY],
            degraded=health[NodeHealth.DEGRADED],
            failed=health[NodeHealth.FAILED],
            unknown=health[NodeHealth.UNKNOWN],
            closed=self._closed,
            accelerators=self._accelerators,
            allocated=self._allocated,
            free=sum(self.free_by_model.values()),
            largest_free=max((free for free, count in self._free.items() if count), default=0),
            utilisation=self._busy / _MILLION / measured if measured > 0 else None,
        )


def fleet(nodes: Iterable[NodeSummary]) -> Fleet:
    """The sums over these nodes."""
    tally = FleetTally()
    for node in nodes:
        tally.put(node)
    return tally.sums
