"""Finds slots for a whole gang of workers, or says why there are none. Pure.

All workers of a gang are placed or none. Workers of one job go to distinct nodes while there
are enough that fit, else they share. Among nodes that fit, those with the fewest free slots
are taken first, so that large holes stay for large jobs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NodeSlots:
    """One node as the scheduler sees it."""

    name: str
    total: int
    free: tuple[int, ...]
    """Indices of the slots nobody holds."""
    open: bool
    workers: int = 0
    """Workers that run there now."""


@dataclass(frozen=True)
class Place:
    """Where one worker goes."""

    node: str
    slots: tuple[int, ...]


@dataclass(frozen=True)
class Waiting:
    """No place now; the reason is for a person."""

    reason: str


def place(workers: int, per_worker: int, nodes: Sequence[NodeSlots]) -> tuple[Place, ...] | Waiting:
    """Places for `workers` workers of `per_worker` slots each, in rank order."""
    usable = [node for node in nodes if node.open]
    if not usable:
        return Waiting(_why(workers, per_worker, nodes))
    if per_worker == 0:
        return _spread(workers, usable)
    room = {node.name: len(node.free) // per_worker for node in usable}
    if sum(room.values()) < workers:
        return Waiting(_why(workers, per_worker, nodes))
    fitting = sorted((node for node in usable if room[node.name]), key=lambda n: len(n.free))
    chosen = _share_out(workers, [node.name for node in fitting], room)
    return _take(chosen, per_worker, {node.name: list(node.free) for node in fitting})


def _spread(workers: int, nodes: Sequence[NodeSlots]) -> tuple[Place, ...]:
    """Workers without accelerators go where the fewest workers are."""
    load = {node.name: node.workers for node in nodes}
    places = []
    for _ in range(workers):
        name = min(load, key=lambda node: load[node])
        load[name] += 1
        places.append(Place(name, ()))
    return tuple(places)


def _share_out(workers: int, names: list[str], room: dict[str, int]) -> list[str]:
    """One worker per node in turn, so that nodes are shared only when there are too few."""
    left = {name: room[name] for name in names}
    chosen: list[str] = []
    while len(chosen) < workers:
        for name in names:
            if left[name] and len(chosen) < workers:
                left[name] -= 1
                chosen.append(name)
    return chosen


def _take(chosen: list[str], per_worker: int, free: dict[str, list[int]]) -> tuple[Place, ...]:
    places = []
    for name in chosen:
        slots, free[name] = free[name][:per_worker], free[name][per_worker:]
        places.append(Place(name, tuple(slots)))
    return tuple(places)


def _why(workers: int, per_worker: int, nodes: Sequence[NodeSlots]) -> str:
    need = workers * per_worker
    free = sum(len(node.free) for node in nodes if node.open)
    closed = sum(len(node.free) for node in nodes if not node.open)
    total = sum(node.total for node in nodes)
    largest = max((node.total for node in nodes), default=0)
    if per_worker > largest:
        return (
            f"needs {per_worker} accelerators on one node, the largest has {largest};"
            " it can never start here"
        )
    start = f"needs {need}, {free} free"
    if need > total:
        return f"{start}; the pool has {total} in all, it can never start here"
    if not any(node.open for node in nodes):
        return f"{start}; no node is healthy and open"
    if free + closed >= need > free:
        return f"{start}; {closed} more on nodes that are cordoned or not healthy"
    if free >= need:
        return f"{start}, but not {per_worker} together on enough nodes ({workers} workers)"
    return start
