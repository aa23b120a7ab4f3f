"""Workers as rows: where each rank runs, since when, and how it ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from api_client.models.job import Worker
from console.present.cells import (
    UNKNOWN,
    age_cell,
    count_cell,
    figure_cell,
    list_cell,
    moment_cell,
    percent_cell,
    text_cell,
)
from console.present.context import PresentContext
from console.present.states import worker_face
from console.present.table import Align, Cell, Column, Row, Tone
from console.present.units import bytes_text, duration_text

WORKER_COLUMNS: Final = (
    Column("rank", "columns.worker.rank", 4, 6, Align.RIGHT, weight=100),
    Column("attempt", "columns.worker.attempt", 4, 8, Align.RIGHT, weight=70),
    Column("state", "columns.worker.state", 9, 12, weight=99),
    Column("node", "columns.worker.node", 8, 24, weight=95),
    Column("slots", "columns.worker.slots", 5, 18, weight=50),
    Column("utilisation", "columns.worker.utilisation", 5, 6, Align.RIGHT, weight=85),
    Column("exit", "columns.worker.exit", 4, 8, Align.RIGHT, weight=80),
    Column("started", "columns.worker.started", 8, 19, weight=40),
    Column("duration", "columns.worker.duration", 5, 8, Align.RIGHT, weight=65),
    Column("output", "columns.worker.output", 5, 12, Align.RIGHT, weight=60),
    Column("log", "columns.worker.log", 6, 9, Align.RIGHT, weight=45),
    Column("pid", "columns.worker.pid", 5, 9, Align.RIGHT, weight=30),
    Column("reason", "columns.worker.reason", 10, 60, weight=75),
)


def worker_row(worker: Worker, ctx: PresentContext) -> Row:
    """One rank of one attempt; `rank.attempt` is its key."""
    return Row(
        f"{worker.rank}.{worker.attempt}",
        {
            "rank": count_cell(worker.rank),
            "attempt": count_cell(worker.attempt),
            "state": worker_face(worker.state, ctx, worker.native).cell(),
            "node": text_cell(worker.node),
            "slots": list_cell(str(index) for index in worker.accelerators),
            "utilisation": percent_cell(worker.utilisation),
            "exit": _exit_cell(worker),
            "started": moment_cell(worker.started, ctx),
            "duration": _duration_cell(worker, ctx),
            "output": age_cell(worker.last_output, ctx),
            "log": figure_cell(bytes_text(worker.log_bytes), worker.log_bytes),
            "pid": UNKNOWN if worker.pid is None else Cell(str(worker.pid), sort=worker.pid),
            "reason": text_cell(worker.reason),
        },
        Tone.DIM if worker.ended is not None else Tone.PLAIN,
    )


def worker_rows(workers: Iterable[Worker], ctx: PresentContext) -> list[Row]:
    """All workers in the order given."""
    return [worker_row(worker, ctx) for worker in workers]


def exit_text(exit_code: int | None, signal: int | None) -> str:
    """`0`, `137`, `SIG9`; empty where it has not ended."""
    if signal is not None:
        return f"SIG{signal}"
    return "" if exit_code is None else str(exit_code)


def _exit_cell(worker: Worker) -> Cell:
    text = exit_text(worker.exit_code, worker.signal)
    return Cell(text, Tone.DIM if text == "0" else Tone.FAILED, text) if text else UNKNOWN


def _duration_cell(worker: Worker, ctx: PresentContext) -> Cell:
    if worker.started is None:
        return UNKNOWN
    seconds = max(0.0, ((worker.ended or ctx.now) - worker.started).total_seconds())
    return figure_cell(duration_text(seconds), seconds)
