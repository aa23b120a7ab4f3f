"""The fields of every noun a list shows."""

from __future__ import annotations

from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from api_client.models.base import LenientEnum
from api_client.models.billing import Charge
from api_client.models.compute import NodeHealth, NodeSummary, Scheduling
from api_client.models.event import (
    Event,
    FailureCategory,
    Incident,
    IncidentOutcome,
    RecoveryAction,
    Severity,
)
from api_client.models.job import JobState, JobSummary, Priority, QuotaType
from console.analysis.rates import eta_seconds, job_cost, job_rate, progress_share
from console.analysis.recovery import job_of
from console.analysis.spend import accelerator_seconds
from console.present.context import PresentContext
from console.present.filters.fields import Field, FieldSet, Halves, field_set
from console.present.filters.values import Kind
from console.present.states import HEALTH_ORDER, JOB_ORDER, SEVERITY_ORDER, word_of


def _words(kind: type[LenientEnum]) -> tuple[str, ...]:
    return tuple(member.value.lower() for member in kind)


def _time(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _seconds(took: timedelta | None) -> float | None:
    return None if took is None else took.total_seconds()


def _age(moment: datetime | None, ctx: PresentContext) -> float | None:
    return None if moment is None else (ctx.now - moment).total_seconds()


def _progress_rank(job: JobSummary, ctx: PresentContext) -> float | None:
    """By the share that is done; by the step where nobody knows how many there will be."""
    share = progress_share(job)
    return job.progress.step if share is None else share


def _free(node: NodeSummary, ctx: PresentContext) -> int:
    return node.accelerators - node.allocated


def _rate(job: JobSummary, ctx: PresentContext) -> float | None:
    estimate = job_rate(job, ctx.prices, model=ctx.accelerator_model)
    return None if estimate is None else float(estimate.money.amount)


def _cost(job: JobSummary, ctx: PresentContext) -> float | None:
    estimate = job_cost(job, ctx.prices, model=ctx.accelerator_model)
    return None if estimate is None else float(estimate.money.amount)


JOB_FIELDS: Final[FieldSet[JobSummary]] = field_set(
    "jobs",
    (
        Field("name", Kind.TEXT, lambda j, c: j.name),
        Field("uid", Kind.TEXT, lambda j, c: j.uid),
        Field(
            "state",
            Kind.ENUM,
            lambda j, c: j.state,
            _words(JobState),
            rank=lambda j, c: JOB_ORDER[j.state],
        ),
        Field("native", Kind.TEXT, lambda j, c: j.native),
        Field("owner", Kind.TEXT, lambda j, c: j.owner, person=True),
        Field("project", Kind.TEXT, lambda j, c: j.project),
        Field("pool", Kind.TEXT, lambda j, c: j.pool),
        Field("framework", Kind.TEXT, lambda j, c: j.framework),
        Field("nodes", Kind.TEXT, lambda j, c: j.nodes),
        Field("reason", Kind.TEXT, lambda j, c: j.reason),
        Field("priority", Kind.ENUM, lambda j, c: j.priority, _words(Priority)),
        Field("quota", Kind.ENUM, lambda j, c: j.quota_type, _words(QuotaType)),
        Field("workers", Kind.NUMBER, lambda j, c: j.workers),
        Field("accelerators", Kind.NUMBER, lambda j, c: j.accelerators),
        Field("restarts", Kind.NUMBER, lambda j, c: j.restarts),
        Field("attempt", Kind.NUMBER, lambda j, c: j.attempt),
        Field("exit_code", Kind.NUMBER, lambda j, c: j.exit_code),
        Field("step", Kind.NUMBER, lambda j, c: j.progress.step),
        Field("loss", Kind.NUMBER, lambda j, c: j.progress.loss),
        Field("progress", Kind.RATIO, lambda j, c: progress_share(j), rank=_progress_rank),
        Field("utilisation", Kind.RATIO, lambda j, c: j.utilisation),
        Field("eta", Kind.DURATION, lambda j, c: eta_seconds(j, c.now)),
        Field("age", Kind.DURATION, lambda j, c: _age(j.created, c)),
        Field("created", Kind.TIME, lambda j, c: _time(j.created)),
        Field("started", Kind.TIME, lambda j, c: _time(j.started)),
        Field("ended", Kind.TIME, lambda j, c: _time(j.ended)),
        Field("rate", Kind.MONEY, _rate),
        Field("cost", Kind.MONEY, _cost),
    ),
    lambda j, c: (
        j.name,
        j.owner,
        j.project,
        j.pool,
        j.reason,
        j.native,
        j.state,
        word_of("job", j.state, c),
        *j.nodes,
    ),
    Halves(
        attrgetter("name"),
        attrgetter("owner", "state", "project", "pool", "reason", "native", "nodes"),
    ),
    user="owner",
    node="nodes",
    acc="accelerators",
    gpus="accelerators",
    util="utilisation",
    utilization="utilisation",
)

_PROBLEMS: Final = (
    "none",
    *(word for word in _words(NodeHealth) if word != NodeHealth.HEALTHY.lower()),
    *(word for word in _words(Scheduling) if word not in ("open", "unknown")),
)


def _problems(node: NodeSummary) -> tuple[str, ...]:
    """What keeps a node from full work, as words; `none` where nothing does."""
    found = [str(node.health)] if node.health is not NodeHealth.HEALTHY else []
    if node.scheduling is not Scheduling.OPEN:
        found.append(str(node.scheduling))
    return tuple(found) or ("none",)


NODE_FIELDS: Final[FieldSet[NodeSummary]] = field_set(
    "nodes",
    (
        Field("name", Kind.TEXT, lambda n, c: n.name),
        Field(
            "health",
            Kind.ENUM,
            lambda n, c: n.health,
            _words(NodeHealth),
            rank=lambda n, c: HEALTH_ORDER[n.health],
        ),
        Field("scheduling", Kind.ENUM, lambda n, c: n.scheduling, _words(Scheduling)),
        Field("problem", Kind.ENUM, lambda n, c: _problems(n), _PROBLEMS),
        Field("native", Kind.TEXT, lambda n, c: n.native),
        Field("pool", Kind.TEXT, lambda n, c: n.pool),
        Field("region", Kind.TEXT, lambda n, c: n.region),
        Field("model", Kind.TEXT, lambda n, c: n.accelerator_model),
        Field("jobs", Kind.TEXT, lambda n, c: n.jobs),
        Field("reason", Kind.TEXT, lambda n, c: n.reason),
        Field("accelerators", Kind.NUMBER, lambda n, c: n.accelerators),
        Field("slots", Kind.NUMBER, lambda n, c: n.accelerators, rank=_free),
        Field("allocated", Kind.NUMBER, lambda n, c: n.allocated),
        Field("free", Kind.NUMBER, _free),
        Field("utilisation", Kind.RATIO, lambda n, c: n.utilisation),
        Field("since", Kind.DURATION, lambda n, c: _age(n.since, c)),
        Field("heartbeat", Kind.DURATION, lambda n, c: _age(n.last_heartbeat, c)),
        Field("pid", Kind.NUMBER, lambda n, c: n.agent_pid),
    ),
    lambda n, c: (
        n.name,
        n.pool,
        n.region,
        n.reason,
        n.native,
        n.accelerator_model,
        n.health,
        n.scheduling,
        word_of("health", n.health, c),
        word_of("scheduling", n.scheduling, c),
        *n.jobs,
    ),
    node="name",
    job="jobs",
    acc="accelerators",
    util="utilisation",
    utilization="utilisation",
    state="health",
)

EVENT_FIELDS: Final[FieldSet[Event]] = field_set(
    "events",
    (
        Field("time", Kind.TIME, lambda e, c: _time(e.time)),
        Field("age", Kind.DURATION, lambda e, c: _age(e.time, c)),
        Field(
            "severity",
            Kind.ENUM,
            lambda e, c: e.severity,
            _words(Severity),
            rank=lambda e, c: SEVERITY_ORDER[e.severity],
        ),
        Field("kind", Kind.TEXT, lambda e, c: e.kind),
        Field("subject", Kind.TEXT, lambda e, c: (e.subject.id, str(e.subject))),
        Field("job", Kind.TEXT, lambda e, c: job_of(e)),
        Field("reason", Kind.TEXT, lambda e, c: e.reason),
        Field("message", Kind.TEXT, lambda e, c: e.message),
    ),
    lambda e, c: (str(e.subject), e.kind, e.reason, e.message, word_of("severity", e.severity, c)),
)

INCIDENT_FIELDS: Final[FieldSet[Incident]] = field_set(
    "incidents",
    (
        Field("id", Kind.TEXT, lambda i, c: i.id),
        Field("job", Kind.TEXT, lambda i, c: (i.job, *i.jobs)),
        Field("nodes", Kind.TEXT, lambda i, c: i.nodes),
        Field("outcome", Kind.ENUM, lambda i, c: i.outcome, _words(IncidentOutcome)),
        Field("category", Kind.ENUM, lambda i, c: i.category, _words(FailureCategory)),
        Field("action", Kind.ENUM, lambda i, c: i.action, _words(RecoveryAction)),
        Field("cause", Kind.TEXT, lambda i, c: i.cause),
        Field("attempt", Kind.NUMBER, lambda i, c: i.attempt),
        Field("rank", Kind.NUMBER, lambda i, c: i.rank),
        Field("exit_code", Kind.NUMBER, lambda i, c: i.exit_code),
        Field("time", Kind.TIME, lambda i, c: _time(i.happened or i.detected)),
        Field("age", Kind.DURATION, lambda i, c: _age(i.happened or i.detected, c)),
        Field("detect", Kind.DURATION, lambda i, c: _seconds(i.time_to_detect)),
        Field("reschedule", Kind.DURATION, lambda i, c: _seconds(i.time_to_reschedule)),
        Field("restore", Kind.DURATION, lambda i, c: _seconds(i.time_to_restore)),
        Field("recover", Kind.DURATION, lambda i, c: _seconds(i.time_to_recover)),
        Field("steps", Kind.NUMBER, lambda i, c: i.lost_steps),
        Field("time_lost", Kind.DURATION, lambda i, c: i.lost_accelerator_seconds),
        Field(
            "money",
            Kind.MONEY,
            lambda i, c: None if i.lost_money is None else float(i.lost_money.amount),
        ),
    ),
    lambda i, c: (
        i.id,
        i.job,
        i.cause,
        i.category,
        i.outcome,
        word_of("category", i.category, c),
        word_of("outcome", i.outcome, c),
        *i.nodes,
        *i.jobs,
    ),
    node="nodes",
    name="job",
    cost="money",
    state="outcome",
)


def _charge_seconds(charge: Charge) -> float | None:
    seconds = accelerator_seconds(charge)
    return None if seconds is None else float(seconds)


CHARGE_FIELDS: Final[FieldSet[Charge]] = field_set(
    "charges",
    (
        Field("job", Kind.TEXT, lambda x, c: x.resource_name),
        Field("user", Kind.TEXT, lambda x, c: x.tags.get("user"), person=True),
        Field("project", Kind.TEXT, lambda x, c: x.sub_account_name or x.tags.get("project")),
        Field("pool", Kind.TEXT, lambda x, c: x.tags.get("pool")),
        Field("node", Kind.TEXT, lambda x, c: x.tags.get("node")),
        Field("sku", Kind.TEXT, lambda x, c: x.sku_id),
        Field("currency", Kind.TEXT, lambda x, c: x.billing_currency),
        Field("category", Kind.TEXT, lambda x, c: x.charge_category),
        Field("cost", Kind.MONEY, lambda x, c: float(x.billed_cost)),
        Field("quantity", Kind.DURATION, lambda x, c: _charge_seconds(x)),
        Field("start", Kind.TIME, lambda x, c: _time(x.charge_period_start)),
        Field("end", Kind.TIME, lambda x, c: _time(x.charge_period_end)),
        Field("age", Kind.DURATION, lambda x, c: _age(x.charge_period_start, c)),
    ),
    lambda x, c: (
        x.resource_name,
        x.sub_account_name,
        x.sku_id,
        x.charge_description,
        *x.tags.values(),
    ),
    name="job",
    owner="user",
    time="start",
)
