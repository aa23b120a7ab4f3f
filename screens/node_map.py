"""Nodes as a map: one sign a slot, from what the list of nodes says."""

from __future__ import annotations

from collections.abc import Iterable

from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from console.present.context import PresentContext
from console.present.states import health_face, scheduling_face
from console.present.units import percent_text, relative_text
from screens.widgets.heatmap_model import HeatCell, HeatNode, SlotState


def heat_nodes(nodes: Iterable[NodeSummary], ctx: PresentContext) -> list[HeatNode]:
    """Each node with its slots in use first; which slot is whose is on the node's own screen."""
    return [
        HeatNode(
            key=node.name,
            label=node.name,
            cells=_cells(node),
            note=_note(node, ctx),
            failed=node.health is NodeHealth.FAILED,
        )
        for node in nodes
    ]


def _cells(node: NodeSummary) -> tuple[HeatCell, ...]:
    used = min(node.accelerators, max(0, node.allocated))
    closed = node.scheduling is not Scheduling.OPEN
    rest = SlotState.CLOSED if closed else SlotState.FREE
    busy = HeatCell(SlotState.USED, _share(node))
    return (busy,) * used + (HeatCell(rest),) * (node.accelerators - used)


def _share(node: NodeSummary) -> float | None:
    """The mean use of the slots in use: the node's mean counts its free slots as idle."""
    if node.utilisation is None or not node.allocated:
        return None
    return min(1.0, node.utilisation * node.accelerators / node.allocated)


def _note(node: NodeSummary, ctx: PresentContext) -> str:
    parts = [node.name, health_face(node.health, ctx, node.native).word]
    if node.scheduling is not Scheduling.OPEN:
        parts.append(scheduling_face(node.scheduling, ctx, node.native).word)
    slots = f"{node.allocated}/{node.accelerators}"
    parts.append(ctx.t("compute_view.note.slots", slots=slots))
    parts.append(ctx.t("compute_view.note.use", share=percent_text(node.utilisation)))
    if node.jobs:
        parts.append(", ".join(node.jobs))
    if node.reason:
        parts.append(node.reason)
    if node.health is NodeHealth.FAILED and node.last_heartbeat is not None:
        heard = relative_text(node.last_heartbeat, ctx)
        parts.append(ctx.t("compute_view.note.heard", when=heard))
    return " · ".join(parts)
