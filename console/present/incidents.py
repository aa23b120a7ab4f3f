"""Incidents as rows: what broke, how long each phase took, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api_client.models.base import Quality
from api_client.models.event import Incident, IncidentOutcome
from console.present.cells import (
    UNKNOWN,
    count_cell,
    figure_cell,
    moment_cell,
    text_cell,
)
from console.present.context import PresentContext
from console.present.node_names import nodes_text
from console.present.states import outcome_face, word_of
from console.present.table import Align, Cell, Column, Row, Tone
from console.present.units import accelerator_time_text, money_text, phase_text

PHASES: Final = ("happened", "detected", "isolated", "rescheduled", "restored", "resumed")
"""The phases of an incident in the order they come."""

_NODES_WIDE: Final = 24

INCIDENT_COLUMNS: Final = (
    Column("time", "columns.incident.time", 8, 19, weight=95),
    Column("job", "columns.incident.job", 10, 30, weight=100),
    Column("outcome", "columns.incident.outcome", 10, 14, weight=99),
    Column("category", "columns.incident.category", 6, 12, weight=60),
    Column("cause", "columns.incident.cause", 12, 60, weight=90),
    Column("nodes", "columns.incident.nodes", 6, _NODES_WIDE, weight=70),
    Column("attempt", "columns.incident.attempt", 3, 8, Align.RIGHT, weight=30),
    Column("detect", "columns.incident.detect", 6, 8, Align.RIGHT, weight=80),
    Column("reschedule", "columns.incident.reschedule", 6, 10, Align.RIGHT, weight=55),
    Column("restore", "columns.incident.restore", 6, 8, Align.RIGHT, weight=50),
    Column("recover", "columns.incident.recover", 6, 8, Align.RIGHT, weight=85),
    Column("steps", "columns.incident.steps", 5, 10, Align.RIGHT, weight=65),
    Column("time_lost", "columns.incident.time_lost", 8, 12, Align.RIGHT, weight=45),
    Column("money", "columns.incident.money", 7, 18, Align.RIGHT, weight=75, money=True),
)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of an incident: its word, when it ended, how long after the one before.

    `time` and `took` are `None` while it has not come or where nobody reported it.
    """

    name: str
    word: str
    time: datetime | None
    took: timedelta | None


def phases(incident: Incident, ctx: PresentContext) -> tuple[Phase, ...]:
    """Every phase in order; a missing one does not hide how long the next took in all."""
    found: list[Phase] = []
    last: datetime | None = None
    for name in PHASES:
        time: datetime | None = getattr(incident, name)
        took = time - last if time is not None and last is not None else None
        found.append(Phase(name, ctx.t(f"facts.phase.{name}"), time, took))
        last = time or last
    return tuple(found)


def incident_row(incident: Incident, ctx: PresentContext) -> Row:
    """One incident; its id is its key."""
    return Row(
        incident.id,
        {
            "time": moment_cell(incident.happened or incident.detected, ctx),
            "job": text_cell(incident.job),
            "outcome": outcome_face(incident.outcome, ctx).cell(),
            "category": text_cell(word_of("category", incident.category, ctx)),
            "cause": text_cell(incident.cause),
            "nodes": text_cell(nodes_text(incident.nodes, _NODES_WIDE)),
            "attempt": count_cell(incident.attempt),
            "detect": _phase_cell(incident.time_to_detect),
            "reschedule": _phase_cell(incident.time_to_reschedule),
            "restore": _phase_cell(incident.time_to_restore),
            "recover": _phase_cell(incident.time_to_recover),
            "steps": count_cell(incident.lost_steps),
            "time_lost": figure_cell(
                accelerator_time_text(incident.lost_accelerator_seconds),
                incident.lost_accelerator_seconds,
            ),
            "money": lost_money_cell(incident, ctx),
        },
        Tone.PLAIN if incident.outcome is not IncidentOutcome.RECOVERED else Tone.DIM,
    )


def lost_money_cell(incident: Incident, ctx: PresentContext) -> Cell:
    """What the failure cost; marked where it is an estimate."""
    money = incident.lost_money
    if money is None:
        return UNKNOWN
    estimated = incident.lost_money_quality is not Quality.MEASURED
    text = money_text(money, ctx, estimated=estimated)
    return Cell(text, Tone.MONEY, float(money.amount))


def _phase_cell(took: timedelta | None) -> Cell:
    return figure_cell(phase_text(took), None if took is None else took.total_seconds())
