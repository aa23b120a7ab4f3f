"""What a map of nodes says: the line of the cursor and the legend, in the person's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from api_client.models.job import JobSummary
from console.analysis.fleet_map import Condition, FleetMap
from console.present.context import PresentContext
from console.present.states import health_face, scheduling_face
from console.present.units import count_text, percent_text, relative_text
from screens.widgets.heatmap import MapWords
from screens.widgets.heatmap_codes import MapMode
from screens.widgets.heatmap_paint import Legend

JOBS_NAMED = 3

_CONDITION_KEYS = {
    Condition.FAILED: "failed",
    Condition.UNKNOWN: "unknown",
    Condition.DEGRADED: "degraded",
    Condition.CLOSED: "closed",
    Condition.HEALTHY: "healthy",
}


def map_words(ctx: PresentContext, jobs: Mapping[str, JobSummary], empty: str) -> MapWords:
    """How a map speaks now; `jobs` say whose a node is."""
    return MapWords(
        range_text=lambda fleet, start, end: range_text(fleet, start, end, ctx),
        legend=lambda legend: legend_text(legend, ctx),
        owner_of=_owner_of(jobs),
        empty=empty,
    )


def _owner_of(jobs: Mapping[str, JobSummary]) -> Callable[[str], str]:
    def owner(name: str) -> str:
        job = jobs.get(name)
        return job.owner if job is not None else ""

    return owner


def legend_text(legend: Legend, ctx: PresentContext) -> str:
    """How many nodes a cell stands for and what its signs mean."""
    each, (least, most) = legend.nodes_a_cell, legend.shades
    parts = [legend.scope] if legend.scope else []
    if each > 1:
        parts.append(ctx.t("compute_view.map.scale", n=each))
    if legend.mode is not MapMode.HEALTH:
        parts.append(ctx.t(f"compute_view.map.{legend.mode.value}"))
    if legend.mode is MapMode.OWNER:
        parts += [f"{sign} {name}" for sign, name in legend.owners]
    else:
        parts.append(ctx.t("compute_view.map.shades", least=least, most=most))
    parts += [f"{sign} {ctx.t(f'compute_view.map.sign.{name}')}" for sign, name in legend.signs]
    # Blanks between them: a dot is a sign of its own.
    return "  ".join(parts)


def range_text(fleet: FleetMap, start: int, end: int, ctx: PresentContext) -> str:
    """What the nodes of a cell are: one in full, several as sums."""
    if end - start == 1:
        return node_text(fleet.node(start), ctx)
    sums, group = fleet.sums(start, end), fleet.group_at(start)
    first, last = fleet.name(start), fleet.name(end - 1)
    parts = [f"{first} … {last}", ctx.t("compute_view.map.nodes", n=sums.nodes)]
    if group is not None and len(fleet.groups) > 1:
        parts.insert(0, group.name)
    parts += [
        ctx.t(f"overview_view.nodes.{key}", n=sums.conditions[each])
        for each, key in _CONDITION_KEYS.items()
        if each in sums.conditions
    ]
    slots = f"{count_text(sums.used)}/{count_text(sums.slots)}"
    parts.append(ctx.t("compute_view.note.slots", slots=slots))
    parts.append(ctx.t("overview_view.free", n=count_text(sums.free)))
    parts.append(ctx.t("compute_view.note.use", share=percent_text(sums.use)))
    return " · ".join(parts)


def node_text(node: NodeSummary, ctx: PresentContext) -> str:
    """One node: how it is, what it holds, what an hour of that costs, why it is closed."""
    parts = [node.name, health_face(node.health, ctx, node.native).word]
    if node.scheduling is not Scheduling.OPEN:
        parts.append(scheduling_face(node.scheduling, ctx, node.native).word)
    slots = f"{node.allocated}/{node.accelerators}"
    parts.append(ctx.t("compute_view.note.slots", slots=slots))
    parts.append(ctx.t("compute_view.note.use", share=percent_text(node.utilisation)))
    if node.jobs:
        more = len(node.jobs) - JOBS_NAMED
        names = ", ".join(node.jobs[:JOBS_NAMED])
        parts.append(f"{names} +{more}" if more > 0 else names)
    if node.reason:
        parts.append(node.reason)
    if node.health is NodeHealth.FAILED and node.last_heartbeat is not None:
        heard = relative_text(node.last_heartbeat, ctx)
        parts.append(ctx.t("compute_view.note.heard", when=heard))
    return " · ".join(parts)
