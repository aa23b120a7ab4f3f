"""The facts of one object as labels and values, for detail views and `get` commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api_client.models.compute import Node
from api_client.models.event import Incident
from api_client.models.job import Job
from console.analysis.rates import eta_seconds, job_cost, job_rate, progress_share
from console.present.context import PresentContext
from console.present.incidents import PHASES, lost_money_cell
from console.present.jobs import progress_text, restarts_text
from console.present.node_names import nodes_text
from console.present.states import (
    health_face,
    job_face,
    outcome_face,
    scheduling_face,
    word_of,
)
from console.present.table import Tone
from console.present.units import (
    DASH,
    accelerator_time_text,
    bytes_text,
    count_text,
    duration_text,
    estimate_text,
    moment_text,
    number_text,
    percent_text,
    phase_text,
    rate_text,
    relative_text,
)
from console.text import visible

_NODES_WIDE = 200
"""Cells: several lines of a narrow screen, however many nodes there are."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a detail view; `id` is stable, `label` translated, `text` safe to show."""

    id: str
    label: str
    text: str
    tone: Tone = Tone.PLAIN
    glyph: str = ""


class _Facts:
    """Collects facts of one noun; what an object need not have is left out when empty."""

    def __init__(self, noun: str, ctx: PresentContext) -> None:
        self._noun = noun
        self._ctx = ctx
        self.facts: list[Fact] = []

    def add(self, name: str, text: str, tone: Tone = Tone.PLAIN, glyph: str = "") -> None:
        """A fact that is always there; empty text is a dash."""
        label = self._ctx.t(f"facts.{self._noun}.{name}")
        shown = visible(text) if text else DASH
        self.facts.append(Fact(name, label, shown, tone if text else Tone.DIM, glyph))

    def some(self, name: str, text: str, tone: Tone = Tone.PLAIN) -> None:
        """A fact that is there only where it says something."""
        if text and text != DASH:
            self.add(name, text, tone)


def job_facts(job: Job, ctx: PresentContext) -> tuple[Fact, ...]:
    """Everything about a job but its workers, events and log."""
    out = _Facts("job", ctx)
    face = job_face(job.state, ctx, job.native)
    out.add("state", face.word, face.tone, face.glyph)
    out.some("reason", job.reason)
    _job_progress(out, job, ctx)
    out.add("shape", f"{job.workers} × {job.spec.accelerators_per_worker}")
    out.add("nodes", nodes_text(job.nodes, _NODES_WIDE))
    out.add("utilisation", percent_text(job.utilisation))
    out.add("restarts", restarts_text(job))
    out.add("attempt", str(job.attempt))
    out.some("exit", "" if job.exit_code is None else str(job.exit_code))
    _job_money(out, job, ctx)
    out.add("owner", job.owner)
    out.some("project", job.project)
    out.add("pool", job.pool)
    out.some("framework", job.framework)
    out.add("priority", word_of("priority", job.priority, ctx))
    out.add("quota", word_of("quota", job.quota_type, ctx))
    out.add("created", _when(job.created, ctx))
    out.some("first_started", moment_text(job.first_started, ctx))
    out.some("started", moment_text(job.started, ctx))
    out.some("ended", moment_text(job.ended, ctx))
    out.add("command", job.spec.command)
    out.some("checkpoint_dir", job.checkpoint_dir or job.spec.checkpoint_dir)
    out.some("log_dir", job.log_dir)
    out.some("hang", duration_text(job.spec.hang_seconds))
    out.some("max_run", duration_text(job.spec.max_run_seconds))
    out.add("uid", job.uid)
    return tuple(out.facts)


def _job_progress(out: _Facts, job: Job, ctx: PresentContext) -> None:
    share, progress = progress_share(job), job.progress
    done = f" ({percent_text(share)})" if share is not None else ""
    out.add("progress", progress_text(job) + done)
    if not job.state.ended:
        out.add("eta", duration_text(eta_seconds(job, ctx.now)))
    out.some("loss", number_text(progress.loss, 4))
    speed = [
        rate_text(progress.steps_per_second, "steps") if progress.steps_per_second else "",
        rate_text(progress.tokens_per_second, "tokens") if progress.tokens_per_second else "",
    ]
    out.some("speed", ", ".join(filter(None, speed)))
    saved = [
        "" if progress.checkpoint_step is None else str(progress.checkpoint_step),
        "" if progress.checkpoint_time is None else relative_text(progress.checkpoint_time, ctx),
    ]
    out.add("checkpoint", ", ".join(filter(None, saved)))


def _job_money(out: _Facts, job: Job, ctx: PresentContext) -> None:
    model = ctx.accelerator_model
    out.add("allocated", accelerator_time_text(job.accelerator_seconds))
    rate = estimate_text(job_rate(job, ctx.prices, model=model), ctx)
    per_hour = rate if rate == DASH else ctx.t("common.money.per_hour", money=rate)
    out.add("rate", per_hour, Tone.MONEY)
    out.add("cost", estimate_text(job_cost(job, ctx.prices, model=model), ctx), Tone.MONEY)


def node_facts(node: Node, ctx: PresentContext) -> tuple[Fact, ...]:
    """Everything about a node but its devices."""
    out = _Facts("node", ctx)
    health = health_face(node.health, ctx, node.native)
    scheduling = scheduling_face(node.scheduling, ctx, node.native)
    out.add("health", health.word, health.tone, health.glyph)
    out.add("scheduling", scheduling.word, scheduling.tone, scheduling.glyph)
    out.some("reason", node.reason)
    out.some("by", node.reason_by)
    out.add("since", _when(node.since, ctx))
    out.add("slots", f"{node.allocated}/{node.accelerators}")
    out.add("utilisation", percent_text(node.utilisation))
    out.add("jobs", ", ".join(node.jobs))
    out.add("heartbeat", relative_text(node.last_heartbeat, ctx))
    out.add("pool", node.pool)
    out.some("region", node.region)
    out.some("model", node.accelerator_model)
    out.some("address", node.address)
    out.add("cpus", count_text(node.cpu_count))
    out.add("memory", bytes_text(node.memory_bytes))
    out.some("agent", node.agent_version)
    out.some("pid", "" if node.agent_pid is None else str(node.agent_pid))
    out.some("created", _when(node.created, ctx))
    return tuple(out.facts)


def condition_facts(node: Node, ctx: PresentContext) -> tuple[Fact, ...]:
    """The conditions of a node in the provider's words, each with whether it holds."""
    found = []
    for condition in node.conditions:
        word = "unknown" if condition.status is None else str(condition.status).lower()
        parts = (ctx.t(f"states.condition.{word}"), condition.reason, condition.message)
        since = relative_text(condition.since, ctx) if condition.since else ""
        text = " · ".join(filter(None, (*parts, since)))
        found.append(Fact(condition.type, visible(condition.type), visible(text)))
    return tuple(found)


def incident_facts(incident: Incident, ctx: PresentContext) -> tuple[Fact, ...]:
    """One failure from its cause to its price."""
    out = _Facts("incident", ctx)
    face = outcome_face(incident.outcome, ctx)
    out.add("outcome", face.word, face.tone, face.glyph)
    out.add("job", incident.job)
    out.add("category", word_of("category", incident.category, ctx))
    out.add("cause", incident.cause)
    out.add("action", word_of("action", incident.action, ctx))
    out.add("nodes", nodes_text(incident.nodes, _NODES_WIDE))
    out.some("rank", "" if incident.rank is None else str(incident.rank))
    out.some("exit", "" if incident.exit_code is None else str(incident.exit_code))
    out.add("attempt", str(incident.attempt))
    for phase in PHASES:
        out.add(phase, moment_text(getattr(incident, phase), ctx))
    out.add("detect", phase_text(incident.time_to_detect))
    out.add("recover", phase_text(incident.time_to_recover))
    out.add("failed_step", count_text(incident.failed_step))
    out.add("checkpoint_step", count_text(incident.checkpoint_step))
    out.add("steps", count_text(incident.lost_steps))
    out.add("time_lost", accelerator_time_text(incident.lost_accelerator_seconds))
    out.add("money", lost_money_cell(incident, ctx).text, Tone.MONEY)
    out.add("observed", word_of("observed", incident.observed_by, ctx))
    return tuple(out.facts)


def _when(moment: datetime | None, ctx: PresentContext) -> str:
    """A moment and how long ago it was."""
    return DASH if moment is None else f"{moment_text(moment, ctx)}, {relative_text(moment, ctx)}"
