"""The jobs of one node: those that run on it, and those that a failure drove away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from api_client.models.compute import Accelerator, Node
from api_client.models.event import Incident
from api_client.models.job import JobSummary
from console.present.cells import UNKNOWN, count_cell, text_cell
from console.present.context import PresentContext
from console.present.jobs import progress_text
from console.present.states import job_face, word_of
from console.present.table import Align, Cell, Column, Row, Tone
from console.present.units import phase_text, relative_text

COLUMNS: Final = (
    Column("name", "columns.job.name", 8, 30, weight=100),
    Column("state", "columns.job.state", 10, 14, weight=95),
    Column("slots", "node_view.column.slots", 5, 14, Align.RIGHT, weight=80),
    Column("progress", "columns.job.progress", 8, 20, Align.RIGHT, weight=60),
    Column("owner", "columns.job.owner", 5, 16, weight=40),
    Column("here", "node_view.column.here", 12, 90, weight=90),
)


def node_job_rows(
    node: Node,
    jobs: Mapping[str, JobSummary],
    incidents: Iterable[Incident],
    ctx: PresentContext,
) -> list[Row]:
    """Jobs that hold slots here first, then those whose failure names this node, newest first."""
    hurt: dict[str, Incident] = {}
    ours = [incident for incident in incidents if node.name in incident.nodes]
    for incident in sorted(ours, key=_when):
        for name in (incident.job, *incident.jobs):
            hurt[name] = incident
    gone = [name for name in reversed(hurt) if name not in node.jobs]
    here = {name: _devices(node.devices, name) for name in node.jobs}
    return [
        _row(name, jobs.get(name), here.get(name), hurt.get(name), ctx)
        for name in (*node.jobs, *gone)
    ]


def _when(incident: Incident) -> float:
    moment = incident.detected or incident.happened
    return moment.timestamp() if moment else 0.0


def _devices(devices: Sequence[Accelerator], job: str) -> list[int]:
    return sorted(device.index for device in devices if device.job == job)


def _row(
    name: str,
    job: JobSummary | None,
    slots: list[int] | None,
    incident: Incident | None,
    ctx: PresentContext,
) -> Row:
    return Row(
        name,
        {
            "name": text_cell(name),
            "state": job_face(job.state, ctx, job.native).cell() if job else UNKNOWN,
            "slots": text_cell(", ".join(map(str, slots))) if slots else count_cell(None),
            "progress": text_cell(progress_text(job)) if job else UNKNOWN,
            "owner": text_cell(job.owner) if job else UNKNOWN,
            "here": _here(slots is not None, incident, ctx),
        },
        Tone.PLAIN if slots is not None else Tone.DIM,
    )


def _here(holds: bool, incident: Incident | None, ctx: PresentContext) -> Cell:
    """What a failure of this node did to the job, in one sentence."""
    if incident is None:
        return text_cell(ctx.t("node_view.here.runs"))
    outcome = word_of("outcome", incident.outcome, ctx)
    if incident.time_to_recover is not None:
        outcome = f"{outcome} {phase_text(incident.time_to_recover)}"
    key = "node_view.here.again" if holds else "node_view.here.hurt"
    cause = incident.cause or word_of("category", incident.category, ctx)
    when = relative_text(incident.detected, ctx)
    return text_cell(ctx.t(key, when=when, cause=cause, outcome=outcome), Tone.WARNING)
