"""Node rows as the domain models of the client."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api_client.models.compute import (
    Accelerator,
    AcceleratorSample,
    Condition,
    Node,
    NodeHealth,
    NodeSummary,
    Pool,
    Scheduling,
)
from api_client.models.job import JobState
from localcloud.engine.clock import Clock, from_epoch
from localcloud.engine.job_views import JobViews
from localcloud.engine.live import LiveFacts
from localcloud.engine.protocol import DeviceReport
from localcloud.engine.settings import CloudSettings
from localcloud.store.rows import NodeRow, RunRow
from localcloud.store.store import Store

_CPU_VENDOR = "CPU"


class NodeViews:
    """Makes summaries, details, devices with their latest reading, and pools."""

    def __init__(
        self, store: Store, live: LiveFacts, settings: CloudSettings, clock: Clock, jobs: JobViews
    ) -> None:
        self._store = store
        self._live = live
        self._settings = settings
        self._clock = clock
        self._jobs = jobs

    def summaries(self, nodes: Sequence[NodeRow]) -> list[NodeSummary]:
        """Summaries in the given order."""
        runs, names = self._live_runs(), self._store.jobs.active_names()
        return [NodeSummary(**self._columns(n, runs.get(n.name, []), names)) for n in nodes]

    def detail(self, node: NodeRow) -> Node:
        runs, names = self._store.runs.live(node.name), self._store.jobs.active_names()
        return Node(
            **self._columns(node, runs, names),
            address="127.0.0.1",
            reason_by=node.reason_by,
            conditions=_conditions(node),
            devices=tuple(self._devices(node, runs, names)),
            cpu_count=node.cpu_count,
            memory_bytes=node.memory_bytes,
            agent_version=node.agent_version,
            created=from_epoch(node.created),
        )

    def devices(self) -> list[Accelerator]:
        """Every accelerator of every node with its latest reading."""
        runs, names = self._live_runs(), self._store.jobs.active_names()
        return [
            device
            for node in self._store.nodes.all()
            for device in self._devices(node, runs.get(node.name, []), names)
        ]

    def pool(self) -> Pool:
        """The one pool all nodes belong to."""
        nodes, runs = self._store.nodes.all(), self._live_runs()
        used = {node.name: _slots(runs.get(node.name, [])) for node in nodes}
        return Pool(
            name=self._settings.pool,
            region=self._settings.region,
            nodes=len(nodes),
            accelerators=sum(node.accelerators for node in nodes),
            allocated=sum(used.values()),
            free=sum(node.accelerators - used[node.name] for node in nodes if node.open),
            queued_jobs=self._store.jobs.in_states(JobState.QUEUED),
            accelerator_model=self._settings.accelerator_model,
        )

    def _columns(self, node: NodeRow, runs: list[RunRow], names: dict[str, str]) -> dict[str, Any]:
        jobs = dict.fromkeys(names[run.job_uid] for run in runs if run.job_uid in names)
        return {
            "name": node.name,
            "pool": self._settings.pool,
            "region": self._settings.region,
            "health": node.health,
            "scheduling": node.scheduling,
            "native": node.native,
            "reason": "; ".join(part for part in (node.fault, node.reason) if part),
            "since": from_epoch(node.since),
            "accelerators": node.accelerators,
            "allocated": _slots(runs),
            "accelerator_model": self._model(node),
            "jobs": tuple(jobs),
            "utilisation": self._mean(node, runs, names),
            "last_heartbeat": from_epoch(node.last_heartbeat),
            "agent_pid": node.agent_pid if node.health is NodeHealth.HEALTHY else None,
            "resource_version": node.version,
        }

    def _mean(self, node: NodeRow, runs: list[RunRow], names: dict[str, str]) -> float | None:
        samples = [device.sample for device in self._devices(node, runs, names)]
        measured = [s.utilisation for s in samples if s is not None and s.utilisation is not None]
        return sum(measured) / len(measured) if measured else None

    def _model(self, node: NodeRow) -> str:
        real = self._live.devices.get(node.name)
        return real[0].model if real else self._settings.accelerator_model

    def _devices(
        self, node: NodeRow, runs: list[RunRow], names: dict[str, str]
    ) -> list[Accelerator]:
        holder = {slot: run for run in runs for slot in run.slots}
        real = {device.index: device for device in self._live.devices.get(node.name, [])}
        return [
            self._device(node, index, holder.get(index), real.get(index), names)
            for index in range(node.accelerators)
        ]

    def _device(
        self,
        node: NodeRow,
        index: int,
        run: RunRow | None,
        real: DeviceReport | None,
        names: dict[str, str],
    ) -> Accelerator:
        return Accelerator(
            id=f"{node.name}/{index}",
            node=node.name,
            index=index,
            vendor=real.vendor if real else _CPU_VENDOR,
            model=real.model if real else self._settings.accelerator_model,
            memory_bytes=real.memory_bytes if real else None,
            virtual=real is None,
            job=names.get(run.job_uid) if run else None,
            rank=run.rank if run else None,
            sample=self._sample(node, run, real),
        )

    def _sample(
        self, node: NodeRow, run: RunRow | None, real: DeviceReport | None
    ) -> AcceleratorSample | None:
        """Nothing is known of a node that is not heard; a free virtual slot is measured idle."""
        if node.health is not NodeHealth.HEALTHY or node.last_heartbeat is None:
            return None
        if node.name not in self._live.heard:
            return None
        time = from_epoch(node.last_heartbeat)
        assert time is not None
        if real is not None:
            return AcceleratorSample(
                time=time,
                utilisation=real.utilisation,
                memory_used_bytes=real.memory_used_bytes,
                power_watts=real.power_watts,
                temperature_celsius=real.temperature_celsius,
            )
        if run is None:
            return AcceleratorSample(time=time, utilisation=0.0, memory_used_bytes=0.0)
        load = self._live.loads.get(run.id)
        memory = None if load is None or load.memory_bytes is None else load.memory_bytes
        return AcceleratorSample(
            time=time,
            utilisation=self._jobs.utilisation(run),
            memory_used_bytes=None if memory is None else memory / len(run.slots),
        )

    def _live_runs(self) -> dict[str, list[RunRow]]:
        found: dict[str, list[RunRow]] = {}
        for run in self._store.runs.live():
            found.setdefault(run.node, []).append(run)
        return found


def _slots(runs: list[RunRow]) -> int:
    return sum(len(run.slots) for run in runs)


def _conditions(node: NodeRow) -> tuple[Condition, ...]:
    since = from_epoch(node.since)
    ready = {NodeHealth.HEALTHY: True, NodeHealth.FAILED: False}.get(node.health)
    heartbeat = from_epoch(node.last_heartbeat)
    heard = "never" if heartbeat is None else heartbeat.isoformat(timespec="seconds")
    return (
        Condition(type="Ready", status=ready, reason=node.native, message=node.fault, since=since),
        Condition(
            type="Schedulable",
            status=node.scheduling is Scheduling.OPEN,
            reason=node.scheduling.value,
            message=node.reason,
            since=since,
        ),
        Condition(
            type="AgentHeard",
            status=ready,
            message=f"last heartbeat {heard}",
            since=heartbeat,
        ),
    )
