"""What the panels of the overview say, as lines of words; the most important lines first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta

from api_client.models.base import Money
from api_client.models.billing import Charge
from api_client.models.compute import NodeSummary
from api_client.models.event import Incident, IncidentOutcome
from api_client.models.job import JobState, JobSummary
from console.analysis.capacity import fleet
from console.analysis.goodput import goodput
from console.analysis.rates import spend_rate
from console.analysis.spend import idle_slots, month_to_date, today
from console.present.context import PresentContext
from console.present.states import word_of
from console.present.table import Tone
from console.present.units import (
    DASH,
    estimate_text,
    moneys_text,
    percent_text,
    phase_text,
    relative_text,
)
from screens.panel import Line, Piece

LATELY = timedelta(hours=24)
"""What ended longer ago is no news."""


def node_lines(nodes: Iterable[NodeSummary], ctx: PresentContext) -> list[Line]:
    """Health, slots, utilisation, the largest gang that could start."""
    sums = fleet(nodes)
    if not sums.nodes:
        return [(Piece(ctx.t("common.empty.nodes"), Tone.DIM),)]
    counts = (
        (sums.healthy, "healthy", Tone.OK, "healthy"),
        (sums.failed, "failed", Tone.FAILED, "failed"),
        (sums.degraded, "degraded", Tone.WARNING, "degraded"),
        (sums.unknown, "unknown", Tone.WARNING, "unknown"),
        (sums.closed, "closed", Tone.WARNING, "cordoned"),
    )
    health = _counted("overview_view.nodes", counts, ctx, always="healthy")
    used = ctx.t("overview_view.slots", used=sums.allocated, all=sums.accelerators)
    free = ctx.t("overview_view.free", n=sums.free)
    gang = ctx.t("overview_view.gang", all=sums.free, one=sums.largest_free)
    return [
        health,
        (Piece(used), Piece(free, Tone.OK if sums.free else Tone.WARNING)),
        (Piece(ctx.t("overview_view.use", share=percent_text(sums.utilisation))),),
        (Piece(gang, Tone.DIM),),
    ]


def job_lines(
    jobs: Sequence[JobSummary], incidents: Iterable[Incident], ctx: PresentContext
) -> list[Line]:
    """How many run, wait, recover; how many ended lately; why the oldest waits."""
    live = [job for job in jobs if not job.state.ended]
    ended = [job for job in jobs if job.ended is not None and ctx.now - job.ended <= LATELY]
    now = (
        (_count(live, JobState.RUNNING, JobState.STARTING), "running", Tone.OK, "running"),
        (_count(live, JobState.QUEUED), "queued", Tone.WAITING, "queued"),
        (_count(live, JobState.RECOVERING), "recovering", Tone.RECOVERING, "recovering"),
        (_count(live, JobState.STOPPING), "stopping", Tone.WAITING, "stopping"),
    )
    lately = (
        (_count(ended, JobState.FAILED), "failed", Tone.FAILED, "failed"),
        (_count(ended, JobState.SUCCEEDED), "succeeded", Tone.OK, "succeeded"),
        (_count(ended, JobState.STOPPED), "stopped", Tone.DIM, "stopped"),
    )
    past = _counted("overview_view.jobs", lately, ctx)
    last = Piece(ctx.t("overview_view.lately"), Tone.DIM)
    lines = [
        _counted("overview_view.jobs", now, ctx, always="running"),
        (*past, last) if past else (Piece(ctx.t("overview_view.none_lately"), Tone.DIM),),
    ]
    waiting = [job for job in live if job.state is JobState.QUEUED and job.reason]
    if waiting:
        first = min(waiting, key=lambda job: job.created)
        lines.append((Piece(first.name, Tone.WAITING, "queued"), Piece(first.reason, Tone.DIM)))
    share = goodput(jobs, incidents).effective_share
    if share is not None:
        lines.append((Piece(ctx.t("overview_view.goodput", share=percent_text(share))),))
    return lines


def money_lines(
    charges: Sequence[Charge] | None,
    jobs: Iterable[JobSummary] | None,
    nodes: Iterable[NodeSummary] | None,
    ctx: PresentContext,
) -> list[Line]:
    """The rate now, today, this month, idle slots; `None` is what nobody has said yet."""
    rate = DASH if jobs is None or ctx.prices is None else _rate_text(jobs, ctx)
    spent_today = DASH if charges is None else moneys_text(today(charges, ctx.now, UTC), ctx)
    month = DASH if charges is None else moneys_text(month_to_date(charges, ctx.now, UTC), ctx)
    lines = [
        (Piece(ctx.t("overview_view.rate", money=rate), Tone.MONEY),),
        (
            Piece(ctx.t("overview_view.today", money=spent_today), Tone.MONEY),
            Piece(ctx.t("overview_view.month", money=month), Tone.MONEY),
        ),
    ]
    if nodes is not None:
        idle = idle_slots(nodes, ctx.prices)
        worth = estimate_text(idle.rate, ctx)
        words = ctx.t("overview_view.idle", n=idle.slots, money=worth)
        lines.append((Piece(words, Tone.WARNING if idle.slots else Tone.DIM),))
    return lines


def _rate_text(jobs: Iterable[JobSummary], ctx: PresentContext) -> str:
    rates = spend_rate(jobs, ctx.prices)
    amounts: tuple[Money, ...] = tuple(rate.money for rate in rates)
    text = moneys_text(amounts, ctx, estimated=True)
    left_out = sum(len(rate.left_out) for rate in rates)
    return f"{text} {ctx.t('overview_view.unpriced', n=left_out)}" if left_out else text


def incident_lines(incidents: Iterable[Incident], ctx: PresentContext) -> list[Line]:
    """Failures not yet mended, then the latest that are."""
    latest = sorted(incidents, key=lambda each: each.detected or ctx.now, reverse=True)
    open_ones = [each for each in latest if each.outcome is IncidentOutcome.RECOVERING]
    lately = [each for each in latest if each.detected and ctx.now - each.detected <= LATELY]
    first: list[Piece] = []
    if open_ones:
        words = ctx.t("overview_view.open", n=len(open_ones))
        first.append(Piece(words, Tone.RECOVERING, "recovering"))
    else:
        first.append(Piece(ctx.t("overview_view.none_open"), Tone.OK, "ok"))
    first.append(Piece(ctx.t("overview_view.incidents_lately", n=len(lately)), Tone.DIM))
    ordered = open_ones + [each for each in lately if each not in open_ones]
    return [tuple(first), *(_incident(each, ctx) for each in ordered[:4])]


def _incident(incident: Incident, ctx: PresentContext) -> Line:
    tones = {
        IncidentOutcome.RECOVERING: Tone.RECOVERING,
        IncidentOutcome.FAILED: Tone.FAILED,
        IncidentOutcome.RECOVERED: Tone.OK,
    }
    word = word_of("outcome", incident.outcome, ctx)
    took = incident.time_to_recover
    if incident.outcome is IncidentOutcome.RECOVERED and took is not None:
        word = f"{word} {phase_text(took)}"
    cause = incident.cause or word_of("category", incident.category, ctx)
    return (
        Piece(incident.job),
        Piece(word, tones.get(incident.outcome, Tone.DIM)),
        Piece(relative_text(incident.detected, ctx), Tone.DIM),
        Piece(cause, Tone.DIM),
    )


def _count(jobs: Iterable[JobSummary], *states: JobState) -> int:
    return sum(job.state in states for job in jobs)


def _counted(
    area: str,
    counts: Iterable[tuple[int, str, Tone, str]],
    ctx: PresentContext,
    always: str = "",
) -> Line:
    """Counts with their words; those of nothing are left out, but for the one named."""
    return tuple(
        Piece(ctx.t(f"{area}.{name}", n=n), tone if n else Tone.DIM, glyph)
        for n, name, tone, glyph in counts
        if n or name == always
    )
