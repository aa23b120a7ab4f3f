"""Nodes and their slots: who holds which, and where the next worker fits."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from api_client.models.compute import Fault, NodeHealth, Scheduling
from localcloud.simulator.plan import FleetPlan, PoolPlan

_REMEMBERED = 256


@dataclass(slots=True, eq=False)
class SimNode:
    """One node as it is now."""

    index: int
    name: str
    pool: int
    slots: int
    free: int
    """Mask of slots nobody holds."""
    since: int
    holders: dict[int, int] = field(default_factory=dict)
    """Number of a life -> mask of the slots it holds here."""
    health: NodeHealth = NodeHealth.HEALTHY
    scheduling: Scheduling = Scheduling.OPEN
    reason: str = ""
    reason_by: str = ""
    faults: tuple[Fault, ...] = ()
    condition: str = ""
    cause: str = ""
    repair: int = 0
    """When it is well again; 0 where nothing is broken."""
    past: deque[int] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    """Numbers of the lives that held slots here, oldest first."""
    isolated: bool = False
    """Cordoned by the platform itself, which opens it after the repair."""
    version: int = 0

    @property
    def open(self) -> bool:
        """Whether new work may start here."""
        return self.scheduling is Scheduling.OPEN and self.health is NodeHealth.HEALTHY


class SimFleet:
    """Slots of every pool. Free nodes are kept by how many slots they have free."""

    def __init__(self, plan: FleetPlan, begin: int) -> None:
        self.pools = plan.pools
        self.shift = max(pool.accelerators for pool in plan.pools)
        self._mask = (1 << self.shift) - 1
        self.nodes: list[SimNode] = []
        self.by_name: dict[str, SimNode] = {}
        self.first: list[int] = []
        self._free: list[list[dict[int, None]]] = []
        for number, pool in enumerate(plan.pools):
            self._add_pool(number, pool, begin)

    def _add_pool(self, number: int, pool: PoolPlan, begin: int) -> None:
        self.first.append(len(self.nodes))
        buckets: list[dict[int, None]] = [{} for _ in range(pool.accelerators + 1)]
        single = len(self.first) == 1 and pool.name == "default"
        for count in range(pool.nodes):
            name = f"n{count + 1}" if single else f"{pool.name}-n{count + 1}"
            index = len(self.nodes)
            full = (1 << pool.accelerators) - 1
            node = SimNode(index, name, number, pool.accelerators, full, begin)
            self.nodes.append(node)
            self.by_name[name] = node
        # The last one in is taken first: the low numbers come first.
        for index in range(len(self.nodes) - 1, self.first[number] - 1, -1):
            buckets[pool.accelerators][index] = None
        self._free.append(buckets)

    def split(self, place: int) -> tuple[int, int]:
        """Node index and mask of slots of a place."""
        return place >> self.shift, place & self._mask

    def pool_nodes(self, pool: int) -> list[SimNode]:
        start = self.first[pool]
        return self.nodes[start : start + self.pools[pool].nodes]

    def find(
        self, pool: int, workers: int, per_worker: int, *, spare_empty: bool = False
    ) -> tuple[int, ...] | None:
        """Places for all workers or `None`; nothing is taken yet.

        Args:
            spare_empty: leave nodes nobody uses to a gang that waits for them.
        """
        size = self.pools[pool].accelerators
        if per_worker == 0:
            return ()
        fit = size // per_worker
        if fit == 0:
            return None
        whole, rest = divmod(workers, fit)
        if workers <= fit:
            whole, rest = 0, workers
        buckets = self._free[pool]
        chosen: list[int] = []
        if whole:
            usable = fit * per_worker
            if len(buckets[size]) < whole + (1 if rest else 0):
                return None
            for index in reversed(buckets[size]):
                if len(chosen) == whole:
                    break
                chosen.append(index << self.shift | ((1 << usable) - 1))
        if rest:
            place = self._tightest(pool, rest * per_worker, set(chosen), spare_empty)
            if place is None:
                return None
            chosen.append(place)
        return tuple(chosen)

    def _tightest(self, pool: int, need: int, taken: set[int], spare_empty: bool) -> int | None:
        buckets = self._free[pool]
        nodes = {place >> self.shift for place in taken}
        for count in range(need, len(buckets) - (1 if spare_empty else 0)):
            for index in reversed(buckets[count]):
                if index not in nodes:
                    return index << self.shift | _lowest(self.nodes[index].free, need)
        return None

    def find_anywhere(self, pool: int, need: int) -> tuple[int, ...]:
        """As many of the slots as there are, wherever they are, on open nodes first."""
        found = self.find(pool, 1, need) if 0 < need <= self.pools[pool].accelerators else None
        if found is not None:
            return found
        chosen: list[int] = []
        nodes = sorted(
            (node for node in self.pool_nodes(pool) if node.free),
            key=lambda node: (not node.open, node.index),
        )
        for node in nodes:
            if need == 0:
                break
            count = min(need, node.free.bit_count())
            chosen.append(node.index << self.shift | _lowest(node.free, count))
            need -= count
        return tuple(chosen)

    def take(self, number: int, places: tuple[int, ...]) -> None:
        """Give slots to a life.

        Raises:
            ValueError: one of them is held already.
        """
        for place in places:
            node = self.nodes[place >> self.shift]
            mask = place & self._mask
            if node.free & mask != mask:
                raise ValueError(f"a slot of {node.name} is held already")
            self._unlist(node)
            node.free &= ~mask
            node.holders[number] = mask
            node.past.append(number)
            self.list_again(node)

    def release(self, number: int, places: tuple[int, ...]) -> None:
        """Take the slots of a life back."""
        for place in places:
            node = self.nodes[place >> self.shift]
            self._unlist(node)
            node.free |= place & self._mask
            node.holders.pop(number, None)
            self.list_again(node)

    def close(self, node: SimNode) -> None:
        """Offer the node to nobody; call before its health or scheduling changes."""
        self._unlist(node)

    def list_again(self, node: SimNode) -> None:
        """Offer what is free on the node, if new work may start there."""
        if node.free and node.open:
            self._free[node.pool][node.free.bit_count()][node.index] = None

    def _unlist(self, node: SimNode) -> None:
        self._free[node.pool][node.free.bit_count()].pop(node.index, None)

    def free_slots(self, pool: int) -> int:
        """Slots a new worker could take now."""
        return sum(count * len(bucket) for count, bucket in enumerate(self._free[pool]))


def _lowest(free: int, count: int) -> int:
    """Mask of the `count` lowest free slots."""
    chosen = 0
    for _ in range(count):
        bit = free & -free
        chosen |= bit
        free ^= bit
    return chosen
