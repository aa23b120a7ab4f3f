"""Events as rows: when, how grave, of what, and the words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from api_client.models.event import Event, Severity
from console.present.cells import moment_cell, text_cell
from console.present.context import PresentContext
from console.present.states import SEVERITY_ORDER, severity_face
from console.present.table import Column, Row, Tone

EVENT_COLUMNS: Final = (
    Column("time", "columns.event.time", 8, 19, weight=100),
    Column("severity", "columns.event.severity", 8, 10, weight=80),
    Column("subject", "columns.event.subject", 8, 32, weight=90),
    Column("reason", "columns.event.reason", 10, 22, weight=85),
    Column("message", "columns.event.message", 20, 200, weight=95),
    Column("kind", "columns.event.kind", 4, 8, weight=20),
)


def event_row(event: Event, ctx: PresentContext) -> Row:
    """One event; its id is its key."""
    grave = event.severity in (Severity.ERROR, Severity.WARNING)
    return Row(
        event.id,
        {
            "time": moment_cell(event.time, ctx),
            "severity": severity_face(event.severity, ctx).cell(SEVERITY_ORDER[event.severity]),
            "subject": text_cell(str(event.subject)),
            "reason": text_cell(event.reason),
            "message": text_cell(event.message),
            "kind": text_cell(event.kind),
        },
        Tone.PLAIN if grave else Tone.DIM,
    )


def event_rows(events: Iterable[Event], ctx: PresentContext) -> list[Row]:
    """All events in the order given."""
    return [event_row(event, ctx) for event in events]
