"""What the nodes hold, what is wrong with them, and the largest gang that could start now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api_client.models.compute import NodeHealth, NodeSummary, Scheduling


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


def fleet(nodes: Iterable[NodeSummary]) -> Fleet:
    """The sums over these nodes."""
    nodes = tuple(nodes)
    free = [free_slots(node) for node in nodes]
    health = [node.health for node in nodes]
    return Fleet(
        nodes=len(nodes),
        healthy=health.count(NodeHealth.HEALTHY),
        degraded=health.count(NodeHealth.DEGRADED),
        failed=health.count(NodeHealth.FAILED),
        unknown=health.count(NodeHealth.UNKNOWN),
        closed=sum(node.scheduling is not Scheduling.OPEN for node in nodes),
        accelerators=sum(node.accelerators for node in nodes),
        allocated=sum(node.allocated for node in nodes),
        free=sum(free),
        largest_free=max(free, default=0),
        utilisation=_utilisation(nodes),
    )


def _utilisation(nodes: Iterable[NodeSummary]) -> float | None:
    weighted = [
        (node.utilisation * node.accelerators, node.accelerators)
        for node in nodes
        if node.utilisation is not None and node.accelerators
    ]
    slots = sum(count for _, count in weighted)
    return sum(share for share, _ in weighted) / slots if slots else None
