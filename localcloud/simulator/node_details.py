"""One node with its accelerators and everything that is known of them."""

from __future__ import annotations

from collections.abc import Iterator

from api_client.models.compute import (
    Accelerator,
    AcceleratorSample,
    Condition,
    Node,
    NodeHealth,
    Scheduling,
)
from api_client.models.telemetry import Metric
from localcloud.simulator.dice import uniform
from localcloud.simulator.fleet import SimNode
from localcloud.simulator.moments import from_moment
from localcloud.simulator.plan import Life
from localcloud.simulator.telemetry import level_at, value_of
from localcloud.simulator.views import Views, heard
from localcloud.simulator.world import World

_CPUS = 128
_MEMORY = 2 * 1024**4


class NodeDetails:
    """Reads the world as it is now."""

    def __init__(self, world: World, views: Views) -> None:
        self._world, self._views = world, views

    def node(self, node: SimNode) -> Node:
        """Everything about one node."""
        pool = self._world.fleet.pools[node.pool]
        return Node(
            **self._views.node_columns(node),
            address=f"10.{node.index >> 16 & 255}.{node.index >> 8 & 255}.{node.index & 255}",
            reason_by=node.reason_by,
            conditions=self._conditions(node),
            devices=tuple(self.devices(node)),
            cpu_count=_CPUS if pool.accelerators > 4 else _CPUS // 2,
            memory_bytes=_MEMORY if pool.accelerators > 4 else _MEMORY // 4,
            agent_version="simulated",
            created=self._world.plan.begin,
        )

    def _conditions(self, node: SimNode) -> tuple[Condition, ...]:
        since = from_moment(node.since)
        failed = node.health is NodeHealth.FAILED
        found = [
            Condition(
                type="Ready",
                status=not failed,
                reason=node.health.value,
                message=node.reason if failed else "",
                since=since,
            ),
            Condition(
                type="Schedulable",
                status=node.scheduling is Scheduling.OPEN,
                reason=node.scheduling.value,
                message=node.reason,
                since=since,
            ),
        ]
        if node.condition and node.condition != "Ready":
            fault = node.faults[-1]
            pressure = node.condition.endswith("Pressure")
            found.append(
                Condition(
                    type=node.condition,
                    status=pressure,
                    reason=fault.code,
                    message=fault.message,
                    since=since,
                )
            )
        return tuple(found)

    def devices(self, node: SimNode) -> Iterator[Accelerator]:
        """Every accelerator of a node with its reading."""
        pool = self._world.fleet.pools[node.pool]
        holders = self._holders(node)
        for index in range(node.slots):
            life, rank = holders.get(index, (None, None))
            name = f"{node.name}/{index}"
            yield Accelerator(
                id=name,
                node=node.name,
                index=index,
                vendor="simulated",
                model=pool.model,
                memory_bytes=pool.memory_bytes,
                job=life.name if life is not None else None,
                rank=rank,
                sample=self._sample(node, index, life, pool.memory_bytes),
                faults=tuple(fault for fault in node.faults if fault.device == name),
            )

    def _holders(self, node: SimNode) -> dict[int, tuple[Life, int]]:
        world = self._world
        found: dict[int, tuple[Life, int]] = {}
        for number in node.holders:
            life = world.lives[number]
            place = world.strikes.place_on(life.attempts[-1], node)
            before = sum(
                world.fleet.split(each)[1].bit_count() for each in life.attempts[-1].places[:place]
            )
            mask = node.holders[number]
            slots = [slot for slot in range(node.slots) if mask >> slot & 1]
            for at, slot in enumerate(slots):
                found[slot] = (life, (before + at) // life.per_worker)
        return found

    def _sample(
        self, node: SimNode, index: int, life: Life | None, memory: int
    ) -> AcceleratorSample | None:
        """`None` for a node that is silent."""
        if node.health is NodeHealth.FAILED:
            return None
        world = self._world
        level = level_at(life, life.attempts[-1], world.now) if life is not None else 0.0

        def read(metric: str) -> float:
            held = life is not None
            return value_of(metric, world.seed, node.index, index, level, held, memory, world.now)

        use = read(Metric.UTILISATION)
        broken = any(fault.device == f"{node.name}/{index}" for fault in node.faults)
        return AcceleratorSample(
            time=from_moment(heard(node, world.now)),
            utilisation=use,
            memory_used_bytes=read(Metric.MEMORY_USED),
            power_watts=read(Metric.POWER),
            temperature_celsius=read(Metric.TEMPERATURE),
            tensor_activity=round(use * (0.45 + 0.2 * uniform(node.index, index)), 4),
            sm_activity=round(use * 0.7, 4),
            ecc_errors=1.0 if broken and node.cause in ("ecc", "sram") else 0.0,
            throttled=node.cause == "thermal" and broken,
        )
