"""Jobs as rows: what runs, how far it is, what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from api_client.models.billing import Estimate
from api_client.models.job import JobState, JobSummary
from console.analysis.rates import eta_seconds, job_cost, job_rate, progress_share
from console.present.cells import (
    UNKNOWN,
    age_cell,
    count_cell,
    figure_cell,
    percent_cell,
    text_cell,
)
from console.present.context import PresentContext
from console.present.node_names import nodes_text
from console.present.states import JOB_ORDER, job_face
from console.present.table import Align, Cell, Column, MadeCells, Row, Tone
from console.present.units import duration_text, estimate_text

_NODES_WIDE: Final = 30

JOB_COLUMNS: Final = (
    Column("name", "columns.job.name", 10, 40, weight=100),
    Column("state", "columns.job.state", 10, 14, weight=99),
    Column("progress", "columns.job.progress", 8, 20, Align.RIGHT, weight=90),
    Column("eta", "columns.job.eta", 6, 8, Align.RIGHT, weight=85),
    Column("workers", "columns.job.workers", 5, 9, Align.RIGHT, weight=55),
    Column("accelerators", "columns.job.accelerators", 4, 7, Align.RIGHT, weight=80),
    Column("utilisation", "columns.job.utilisation", 5, 6, Align.RIGHT, weight=75),
    Column("restarts", "columns.job.restarts", 4, 9, Align.RIGHT, weight=70),
    Column("age", "columns.job.age", 5, 8, Align.RIGHT, weight=78),
    Column("owner", "columns.job.owner", 5, 16, weight=65),
    Column("project", "columns.job.project", 6, 16, weight=35),
    Column("pool", "columns.job.pool", 6, 14, weight=40),
    Column("nodes", "columns.job.nodes", 6, _NODES_WIDE, weight=45),
    Column("reason", "columns.job.reason", 10, 60, weight=60),
    Column("rate", "columns.job.rate", 7, 18, Align.RIGHT, weight=50, money=True),
    Column("cost", "columns.job.cost", 7, 20, Align.RIGHT, weight=58, money=True),
)


def progress_text(job: JobSummary) -> str:
    """`120/600`, `120` where the total is unknown, empty where nothing is."""
    step, total = job.progress.step, job.progress.total_steps
    if step is None:
        return ""
    return f"{step}/{total}" if total is not None else str(step)


def restarts_text(job: JobSummary) -> str:
    """Restarts so far and the backoff limit: `1/3`. Restarts after a lost node may exceed it."""
    return f"{job.restarts}/{'∞' if job.backoff_limit < 0 else job.backoff_limit}"


def job_row(job: JobSummary, ctx: PresentContext) -> Row:
    """One job; its name is its key."""
    return Row(job.name, MadeCells(_CELLS, job, ctx), _row_tone(job))


def job_rows(jobs: Iterable[JobSummary], ctx: PresentContext) -> list[Row]:
    """All jobs in the order given."""
    return [job_row(job, ctx) for job in jobs]


def _row_tone(job: JobSummary) -> Tone:
    return Tone.DIM if job.state in (JobState.STOPPED, JobState.SUCCEEDED) else Tone.PLAIN


def _shape_cell(job: JobSummary) -> Cell:
    each, rest = divmod(job.accelerators, job.workers) if job.workers else (0, 0)
    text = str(job.workers) if rest else f"{job.workers}×{each}"
    return Cell(text, sort=float(job.workers))


def _restarts_cell(job: JobSummary) -> Cell:
    used_up = 0 <= job.backoff_limit <= job.backoff_used and job.backoff_used > 0
    tone = Tone.FAILED if used_up else Tone.WARNING if job.restarts else Tone.DIM
    return Cell(restarts_text(job), tone, float(job.restarts))


def _state_cell(job: JobSummary, ctx: PresentContext) -> Cell:
    return job_face(job.state, ctx, job.native).cell(JOB_ORDER[job.state])


def _progress_cell(job: JobSummary, ctx: PresentContext) -> Cell:
    text, share = progress_text(job), progress_share(job)
    rank = share if share is not None else float(job.progress.step or 0)
    return figure_cell(text, rank if text else None)


def _eta_cell(job: JobSummary, ctx: PresentContext) -> Cell:
    eta = eta_seconds(job, ctx.now)
    return figure_cell(duration_text(eta), eta)


def _rate_cell(job: JobSummary, ctx: PresentContext) -> Cell:
    return _money_cell(job_rate(job, ctx.prices, model=ctx.accelerator_model), ctx)


def _cost_cell(job: JobSummary, ctx: PresentContext) -> Cell:
    return _money_cell(job_cost(job, ctx.prices, model=ctx.accelerator_model), ctx)


def _money_cell(estimate: Estimate | None, ctx: PresentContext) -> Cell:
    if estimate is None:
        return UNKNOWN
    return Cell(estimate_text(estimate, ctx), Tone.MONEY, float(estimate.money.amount))


_CELLS: Final[Mapping[str, Callable[[JobSummary, PresentContext], Cell]]] = {
    "name": lambda job, ctx: text_cell(job.name),
    "state": _state_cell,
    "progress": _progress_cell,
    "eta": _eta_cell,
    "workers": lambda job, ctx: _shape_cell(job),
    "accelerators": lambda job, ctx: count_cell(job.accelerators),
    "utilisation": lambda job, ctx: percent_cell(job.utilisation),
    "restarts": lambda job, ctx: _restarts_cell(job),
    "age": lambda job, ctx: age_cell(job.created, ctx),
    "owner": lambda job, ctx: text_cell(job.owner),
    "project": lambda job, ctx: text_cell(job.project),
    "pool": lambda job, ctx: text_cell(job.pool),
    "nodes": lambda job, ctx: text_cell(nodes_text(job.nodes, _NODES_WIDE)),
    "reason": lambda job, ctx: text_cell(job.reason),
    "rate": _rate_cell,
    "cost": _cost_cell,
}
