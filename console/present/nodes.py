"""Nodes, their devices and their pools as rows."""

from __future__ import annotations

from typing import Final

from api_client.models.compute import Accelerator, Node, NodeHealth, NodeSummary, Pool, Scheduling
from console.present.cells import (
    UNKNOWN,
    age_cell,
    count_cell,
    figure_cell,
    list_cell,
    percent_cell,
    text_cell,
)
from console.present.context import PresentContext
from console.present.states import HEALTH_ORDER, health_face, scheduling_face
from console.present.table import Align, Cell, Column, Row, Tone
from console.present.units import DASH, bytes_text, number_text
from console.text import visible

NODE_COLUMNS: Final = (
    Column("name", "columns.node.name", 8, 30, weight=100),
    Column("health", "columns.node.health", 9, 12, weight=99),
    Column("scheduling", "columns.node.scheduling", 8, 12, weight=95),
    Column("slots", "columns.node.slots", 5, 8, Align.RIGHT, weight=90),
    Column("utilisation", "columns.node.utilisation", 5, 6, Align.RIGHT, weight=85),
    Column("jobs", "columns.node.jobs", 8, 40, weight=80),
    Column("pool", "columns.node.pool", 6, 14, weight=50),
    Column("region", "columns.node.region", 6, 12, weight=20),
    Column("model", "columns.node.model", 6, 20, weight=40),
    Column("heartbeat", "columns.node.heartbeat", 6, 9, Align.RIGHT, weight=60),
    Column("since", "columns.node.since", 5, 8, Align.RIGHT, weight=45),
    Column("pid", "columns.node.pid", 6, 9, Align.RIGHT, weight=30),
    Column("reason", "columns.node.reason", 10, 60, weight=70),
)

DEVICE_COLUMNS: Final = (
    Column("index", "columns.device.index", 4, 6, Align.RIGHT, weight=100),
    Column("model", "columns.device.model", 6, 24, weight=50),
    Column("utilisation", "columns.device.utilisation", 5, 6, Align.RIGHT, weight=90),
    Column("memory", "columns.device.memory", 8, 20, Align.RIGHT, weight=70),
    Column("power", "columns.device.power", 5, 8, Align.RIGHT, weight=40),
    Column("temperature", "columns.device.temperature", 5, 7, Align.RIGHT, weight=45),
    Column("job", "columns.device.job", 8, 30, weight=85),
    Column("rank", "columns.device.rank", 4, 6, Align.RIGHT, weight=60),
    Column("faults", "columns.device.faults", 6, 40, weight=80),
)

POOL_COLUMNS: Final = (
    Column("name", "columns.pool.name", 8, 24, weight=100),
    Column("region", "columns.pool.region", 6, 12, weight=30),
    Column("nodes", "columns.pool.nodes", 5, 8, Align.RIGHT, weight=80),
    Column("accelerators", "columns.pool.accelerators", 4, 8, Align.RIGHT, weight=90),
    Column("allocated", "columns.pool.allocated", 4, 8, Align.RIGHT, weight=85),
    Column("free", "columns.pool.free", 4, 8, Align.RIGHT, weight=95),
    Column("queued", "columns.pool.queued", 5, 8, Align.RIGHT, weight=88),
    Column("model", "columns.pool.model", 6, 24, weight=40),
)


def node_row(node: NodeSummary, ctx: PresentContext) -> Row:
    """One node; its name is its key."""
    free = node.accelerators - node.allocated
    return Row(
        node.name,
        {
            "name": text_cell(node.name),
            "health": health_face(node.health, ctx, node.native).cell(HEALTH_ORDER[node.health]),
            "scheduling": scheduling_face(node.scheduling, ctx, node.native).cell(),
            "slots": Cell(f"{node.allocated}/{node.accelerators}", sort=float(free)),
            "utilisation": percent_cell(node.utilisation),
            "jobs": list_cell(node.jobs),
            "pool": text_cell(node.pool),
            "region": text_cell(node.region),
            "model": text_cell(node.accelerator_model),
            "heartbeat": age_cell(node.last_heartbeat, ctx, _heartbeat_tone(node)),
            "since": age_cell(node.since, ctx),
            "pid": UNKNOWN if node.agent_pid is None else Cell(str(node.agent_pid)),
            "reason": text_cell(node.reason),
        },
        Tone.DIM if node.scheduling is Scheduling.DRAINED else Tone.PLAIN,
    )


def device_row(device: Accelerator, ctx: PresentContext) -> Row:
    """One accelerator or slot; its index is its key."""
    sample = device.sample
    faults = ", ".join(fault.code for fault in device.faults)
    return Row(
        str(device.index),
        {
            "index": count_cell(device.index),
            "model": text_cell(device.model),
            "utilisation": percent_cell(sample.utilisation if sample else None),
            "memory": _memory_cell(device),
            "power": _unit_cell(sample.power_watts if sample else None, "W"),
            "temperature": _unit_cell(sample.temperature_celsius if sample else None, "°C"),
            "job": text_cell(device.job),
            "rank": count_cell(device.rank),
            "faults": text_cell(faults, Tone.FAILED if faults else Tone.DIM),
        },
    )


def device_rows(node: Node, ctx: PresentContext) -> list[Row]:
    """The devices of a node by index."""
    return [device_row(device, ctx) for device in sorted(node.devices, key=lambda d: d.index)]


def pool_row(pool: Pool, ctx: PresentContext) -> Row:
    """One pool; what its source does not promise is a dash."""
    return Row(
        pool.name,
        {
            "name": text_cell(pool.name),
            "region": text_cell(pool.region),
            "nodes": count_cell(pool.nodes),
            "accelerators": count_cell(pool.accelerators),
            "allocated": count_cell(pool.allocated),
            "free": count_cell(pool.free, Tone.OK if pool.free else Tone.DIM),
            "queued": count_cell(pool.queued_jobs, Tone.WAITING if pool.queued_jobs else Tone.DIM),
            "model": text_cell(visible(pool.accelerator_model)),
        },
    )


def _heartbeat_tone(node: NodeSummary) -> Tone:
    return Tone.FAILED if node.health is NodeHealth.FAILED else Tone.PLAIN


def _unit_cell(value: float | None, unit: str) -> Cell:
    return figure_cell(f"{number_text(value)} {unit}", value)


def _memory_cell(device: Accelerator) -> Cell:
    used = device.sample.memory_used_bytes if device.sample else None
    if used is None and device.memory_bytes is None:
        return UNKNOWN
    of = f"/{bytes_text(device.memory_bytes)}" if device.memory_bytes is not None else ""
    return Cell(f"{bytes_text(used) if used is not None else DASH}{of}", sort=used)
