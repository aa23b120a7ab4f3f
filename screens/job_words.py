"""What the top of the job view says, in words and signs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from rich.text import Text

from api_client.models.job import Job, JobSummary
from console.analysis.rates import eta_seconds, job_cost, job_rate, progress_share
from console.present.context import PresentContext
from console.present.facts import Fact, job_facts
from console.present.jobs import progress_text
from console.present.node_names import nodes_text
from console.present.states import job_face
from console.present.table import Tone
from console.present.units import (
    duration_text,
    estimate_text,
    moment_text,
    number_text,
    percent_text,
    relative_text,
)
from console.text import visible
from screens.desk import Desk
from screens.log_pane import LogPane, LogPhase
from screens.widgets.ink import Ink
from themes.glyphs import glyphs

_NODES_WIDE = 80
"""Cells of the nodes in a sentence."""


def facts_of(job: Job, ctx: PresentContext, *, pinned: bool) -> Sequence[Fact]:
    """The facts of a job, and whether it is watched here."""
    word = ctx.t("job_view.pinned" if pinned else "job_view.not_pinned")
    tone = Tone.ACCENT if pinned else Tone.DIM
    return (*job_facts(job, ctx), Fact("pinned", ctx.t("job_view.watched"), word, tone))


def headline(job: Job, ctx: PresentContext, ink: Ink, *, gone: bool) -> Text:
    """State, money and reason; the first line is never without the state."""
    face = job_face(job.state, ctx, job.native)
    sign = glyphs(ctx.ascii_only)[face.glyph]
    text = Text(overflow="ellipsis")
    text.append(f"{sign} {face.word}", ink.tone(face.tone) + Style(bold=True))
    if gone:
        text.append(f"  {ctx.t('job_view.deleted')}", ink.tone(Tone.FAILED))
    text.append(f"  {_since(job, ctx)}", ink.tone(Tone.DIM))
    money = _money(job, ctx)
    if money:
        text.append(f"  {money}", ink.tone(Tone.MONEY))
    if job.reason:
        text.append(f"  {visible(job.reason)}", ink.tone(face.tone))
    return text


def _since(job: Job, ctx: PresentContext) -> str:
    if job.ended is not None:
        return relative_text(job.ended, ctx)
    moment = job.started or job.created
    return duration_text(max(0.0, (ctx.now - moment).total_seconds()))


def _money(job: Job, ctx: PresentContext) -> str:
    cost = job_cost(job, ctx.prices, model=ctx.accelerator_model)
    rate = job_rate(job, ctx.prices, model=ctx.accelerator_model)
    parts = []
    if cost is not None:
        parts.append(estimate_text(cost, ctx))
    if rate is not None and not job.state.ended:
        parts.append(ctx.t("common.money.per_hour", money=estimate_text(rate, ctx)))
    return ", ".join(parts)


def progress_words(job: Job, ctx: PresentContext) -> tuple[float | None, str, Tone]:
    """Share done, the words beside the bar, and its tone."""
    share, eta = progress_share(job), eta_seconds(job, ctx.now)
    parts = [progress_text(job)]
    if share is not None:
        parts.append(percent_text(share))
    if eta is not None:
        parts.append(ctx.t("job_view.left", time=duration_text(eta)))
    if job.progress.loss is not None:
        parts.append(ctx.t("job_view.loss", loss=number_text(job.progress.loss, 4)))
    words = "  ".join(part for part in parts if part)
    return share, words or ctx.t("job_view.no_progress"), job_face(job.state, ctx, job.native).tone


def money_facts(job: Job, ctx: PresentContext) -> Sequence[Fact]:
    """The facts of a job that are about money."""
    return [fact for fact in job_facts(job, ctx) if fact.id in ("cost", "rate", "allocated")]


def log_note(pane: LogPane, desk: Desk) -> str:
    """Whose log the log tab shows and how live it is."""
    target = pane.target
    if target is None:
        return ""
    parts = [desk.t("logs_view.rank", rank=target.rank)]
    if target.attempt is not None:
        parts.append(desk.t("logs_view.attempt", attempt=target.attempt))
    if pane.phase is LogPhase.ENDED:
        parts.append(desk.t("logs_view.ended"))
    elif pane.log_view.following:
        parts.append(desk.t("logs_view.following"))
    else:
        parts.append(f"{pane.log_view.percent}%")
    return " · ".join(parts)


def why_lines(job: JobSummary, ctx: PresentContext) -> list[str]:
    """Why a job is in its state, as lines of a dialog."""
    face = job_face(job.state, ctx, job.native)
    lines = [f"{face.word}: {visible(job.reason)}" if job.reason else face.word]
    if job.nodes:
        lines.append(ctx.t("job_view.on_nodes", nodes=visible(nodes_text(job.nodes, _NODES_WIDE))))
    if job.exit_code is not None:
        lines.append(ctx.t("job_view.exit", code=job.exit_code))
    lines.append(ctx.t("job_view.created", time=moment_text(job.created, ctx)))
    return lines
