"""What the panels of the overview say, as lines of words; the most important lines first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from heapq import nlargest

from api_client.models.event import Incident, IncidentOutcome
from api_client.models.job import JobState
from console.analysis.capacity import Fleet, FleetTally
from console.analysis.job_tally import JobTally
from console.analysis.rates import HeldTally
from console.analysis.spend import ChargeTally, day_start, idle_worth
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
from screens.desk import Desk
from screens.panel import Line, Piece

LATELY = timedelta(hours=24)
"""What ended longer ago is no news."""

_INCIDENTS = 4
"""Incidents that fit into their panel."""


def node_lines(sums: Fleet, ctx: PresentContext) -> list[Line]:
    """Health, slots, utilisation, the largest gang that could start."""
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


def job_lines(tally: JobTally, effective: float | None, ctx: PresentContext) -> list[Line]:
    """How many run, wait, recover; how many ended lately; why the oldest waits."""
    states = tally.states
    running = states[JobState.RUNNING] + states[JobState.STARTING]
    now = (
        (running, "running", Tone.OK, "running"),
        (states[JobState.QUEUED], "queued", Tone.WAITING, "queued"),
        (states[JobState.RECOVERING], "recovering", Tone.RECOVERING, "recovering"),
        (states[JobState.STOPPING], "stopping", Tone.WAITING, "stopping"),
    )
    lately = (
        (_lately(tally, JobState.FAILED, ctx), "failed", Tone.FAILED, "failed"),
        (_lately(tally, JobState.SUCCEEDED, ctx), "succeeded", Tone.OK, "succeeded"),
        (_lately(tally, JobState.STOPPED, ctx), "stopped", Tone.DIM, "stopped"),
    )
    past = _counted("overview_view.jobs", lately, ctx)
    last = Piece(ctx.t("overview_view.lately"), Tone.DIM)
    lines = [
        _counted("overview_view.jobs", now, ctx, always="running"),
        (*past, last) if past else (Piece(ctx.t("overview_view.none_lately"), Tone.DIM),),
    ]
    first = tally.longest_waiting
    if first is not None:
        lines.append((Piece(first.name, Tone.WAITING, "queued"), Piece(first.reason, Tone.DIM)))
    if effective is not None:
        lines.append((Piece(ctx.t("overview_view.goodput", share=percent_text(effective))),))
    return lines


def _lately(tally: JobTally, state: JobState, ctx: PresentContext) -> int:
    return tally.ended_within(state, ctx.now, LATELY)


@dataclass(frozen=True, slots=True)
class Spending:
    """What is known about money; `None` is what nobody has said or counted yet."""

    charges: ChargeTally | None
    held: HeldTally | None
    nodes: FleetTally | None


def money_lines(spending: Spending, ctx: PresentContext) -> list[Line]:
    """The rate now, today, this month, idle slots."""
    charges, day = spending.charges, day_start(ctx.now, UTC).date()
    spent_today = DASH if charges is None else moneys_text(charges.since(day), ctx)
    month = DASH if charges is None else moneys_text(charges.since(day.replace(day=1)), ctx)
    lines = [
        (Piece(ctx.t("overview_view.rate", money=_rate_text(spending.held, ctx)), Tone.MONEY),),
        (
            Piece(ctx.t("overview_view.today", money=spent_today), Tone.MONEY),
            Piece(ctx.t("overview_view.month", money=month), Tone.MONEY),
        ),
    ]
    if spending.nodes is not None:
        idle = idle_worth(spending.nodes.free_by_model, ctx.prices)
        worth = estimate_text(idle.rate, ctx)
        words = ctx.t("overview_view.idle", n=idle.slots, money=worth)
        lines.append((Piece(words, Tone.WARNING if idle.slots else Tone.DIM),))
    return lines


def _rate_text(held: HeldTally | None, ctx: PresentContext) -> str:
    if held is None or ctx.prices is None:
        return DASH
    spend = held.spend(ctx.prices)
    text = moneys_text(spend.rates, ctx, estimated=True)
    if not spend.unpriced_jobs:
        return text
    return f"{text} {ctx.t('overview_view.unpriced', n=spend.unpriced_jobs)}"


def incident_lines(incidents: Iterable[Incident], ctx: PresentContext) -> list[Line]:
    """Failures not yet mended, then the latest that are."""
    open_ones: list[Incident] = []
    mended: list[Incident] = []
    bound, count = ctx.now - LATELY, 0
    for each in incidents:
        late = each.detected is not None and each.detected >= bound
        count += late
        if each.outcome is IncidentOutcome.RECOVERING:
            open_ones.append(each)
        elif late:
            mended.append(each)
    first: list[Piece] = []
    if open_ones:
        words = ctx.t("overview_view.open", n=len(open_ones))
        first.append(Piece(words, Tone.RECOVERING, "recovering"))
    else:
        first.append(Piece(ctx.t("overview_view.none_open"), Tone.OK, "ok"))
    first.append(Piece(ctx.t("overview_view.incidents_lately", n=count), Tone.DIM))
    # Of thousands only those that fit are put in order.
    ordered = [*_latest(open_ones, ctx), *_latest(mended, ctx)]
    return [tuple(first), *(_incident(each, ctx) for each in ordered[:_INCIDENTS])]


def _latest(incidents: list[Incident], ctx: PresentContext) -> list[Incident]:
    return nlargest(_INCIDENTS, incidents, key=lambda each: each.detected or ctx.now)


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


def offer_lines(desk: Desk) -> list[Line]:
    """What one can do first in a tenant without jobs, or why not."""
    reason = desk.why_not("jobs.write")
    if reason:
        return [(Piece(reason, Tone.WARNING),)]
    new = desk.keymap.shown("global.new")
    return [
        (Piece("Enter", Tone.ACCENT), Piece(desk.t("overview_view.offer.example"))),
        (Piece(new[0] if new else ":new", Tone.ACCENT), Piece(desk.t("overview_view.offer.new"))),
        (Piece(desk.t("overview_view.offer.then"), Tone.DIM),),
    ]


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
