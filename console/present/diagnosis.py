"""A diagnosis as labels and values, in the person's language."""

from __future__ import annotations

from console.analysis.diagnosis_model import Cause, Diagnosis, Outcome, Symptom
from console.analysis.signatures import Signature
from console.present.context import PresentContext
from console.present.facts import Fact
from console.present.ranges import ranges_text
from console.present.table import Tone
from console.present.units import DASH, moment_text
from console.text import visible

_TONES = {
    Outcome.COMPLETED: Tone.OK,
    Outcome.FAILED: Tone.FAILED,
    Outcome.HUNG: Tone.FAILED,
    Outcome.CANCELLED: Tone.WARNING,
    Outcome.PREEMPTED: Tone.WARNING,
    Outcome.TIME_LIMIT: Tone.WARNING,
    Outcome.RUNNING: Tone.BUSY,
}


def outcome_text(outcome: Outcome, ctx: PresentContext) -> str:
    """The word for an outcome."""
    return ctx.t(f"diagnosis.outcomes.{outcome.value}")


def place_text(cause: Cause, ctx: PresentContext) -> str:
    """Where the line stands."""
    if cause.rank is None:
        return ctx.t("diagnosis.place_no_rank", line=f"{cause.line:,}")
    return ctx.t("diagnosis.place", rank=cause.rank, line=f"{cause.line:,}")


def advice_text(signature: Signature, ctx: PresentContext) -> str:
    """What to do: a person's own words for their own entry, else the catalogue's."""
    return visible(signature.advice) or ctx.t(f"diagnosis.remedy.{signature.id}")


def symptom_text(symptom: Symptom, ctx: PresentContext) -> str:
    """A kind of line with how often and on which ranks it came."""
    ranks = ranges_text(symptom.ranks)
    of_ranks = ctx.t("diagnosis.of_ranks", ranks=ranks) if ranks else ""
    return ctx.t(
        "diagnosis.times",
        name=visible(symptom.signature.id),
        count=f"{symptom.count:,}",
        ranks=of_ranks,
    )


def diagnosis_facts(diagnosis: Diagnosis, ctx: PresentContext) -> list[Fact]:
    """Everything a diagnosis says, the most important first."""
    outcome, cause = diagnosis.outcome, diagnosis.cause
    facts = [_fact("outcome", outcome_text(outcome, ctx), ctx, _TONES.get(outcome, Tone.DIM))]
    if diagnosis.after_success is not None:
        after = outcome_text(diagnosis.after_success, ctx)
        facts.append(_fact("after", after, ctx, Tone.WARNING))
    if cause is not None:
        facts += _cause_facts(cause, ctx)
    if diagnosis.restart is not None:
        restart = ctx.t(f"diagnosis.restarts.{diagnosis.restart.value}")
        facts.append(_fact("restart", restart, ctx))
    confidence = ctx.t(f"diagnosis.confidences.{diagnosis.confidence.value}")
    facts.append(_fact("confidence", confidence, ctx))
    followed = "; ".join(symptom_text(each, ctx) for each in diagnosis.symptoms)
    facts.append(_fact("symptoms", followed or DASH, ctx, Tone.DIM))
    facts.append(_fact("read", f"{diagnosis.lines:,}", ctx, Tone.DIM))
    return facts


def _cause_facts(cause: Cause, ctx: PresentContext) -> list[Fact]:
    kind = " · ".join(
        visible(word)
        for word in (cause.signature.category, cause.signature.reason, cause.signature.id)
        if word
    )
    return [
        _fact("cause", kind, ctx, Tone.FAILED),
        _fact("where", place_text(cause, ctx), ctx),
        _fact("time", moment_text(cause.time, ctx) if cause.time else DASH, ctx),
        _fact("line", visible(cause.text), ctx),
        _fact("advice", advice_text(cause.signature, ctx), ctx),
    ]


def _fact(name: str, text: str, ctx: PresentContext, tone: Tone = Tone.PLAIN) -> Fact:
    return Fact(name, ctx.t(f"diagnosis.{name}"), text, tone)
