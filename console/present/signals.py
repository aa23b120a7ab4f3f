"""The training signals of a log as labels and values, in the person's language."""

from __future__ import annotations

from collections.abc import Callable

from api_client.models.base import Money
from console.analysis.signal_model import Evaluation, Point, Saved, Signals
from console.analysis.signal_pace import Finish, Pace
from console.analysis.slow_ranks import RankSpeed
from console.present.context import PresentContext
from console.present.facts import Fact
from console.present.table import Tone
from console.present.units import (
    DASH,
    count_text,
    duration_text,
    moment_text,
    money_text,
    number_text,
    percent_text,
)
from console.text import visible

_RANKS_SHOWN = 8

STATUS_TONES = {"success": Tone.OK, "aborted": Tone.FAILED}


def latest(signals: Signals, read: Callable[[Point], float | None]) -> float | None:
    """The newest figure of a kind: not every line has every one."""
    return next(
        (value for point in reversed(signals.points) if (value := read(point)) is not None), None
    )


def progress_text(signals: Signals, ctx: PresentContext) -> str:
    """How far the run is: its step of how many, and the share."""
    last, total = signals.last, signals.total
    if last is None:
        return DASH
    unit = ctx.t(f"signals.units.{signals.unit}") if signals.unit in UNITS else signals.unit
    done = ctx.t("signals.at", unit=visible(unit), step=step_text(last.step))
    if not total:
        return done
    share = percent_text(min(1.0, last.step / total))
    return ctx.t("signals.of", done=done, total=step_text(total), share=share)


UNITS = ("step", "iteration", "epoch", "batch", "bar", "samples", "update")


def step_text(step: float) -> str:
    """A step: whole, but for parts of an epoch."""
    return count_text(step) if step == int(step) else f"{step:,.2f}"


def loss_text(signals: Signals, ctx: PresentContext) -> str:
    """The newest loss, with the first and the least of this start of the run."""
    loss = latest(signals, lambda point: point.loss)
    if loss is None or not signals.segments:
        return DASH
    segment = signals.segments[-1]
    return ctx.t(
        "signals.loss_of",
        loss=number_text(loss, 5),
        first=number_text(segment.first_loss, 5),
        least=number_text(segment.least_loss, 5),
    )


def speed_text(signals: Signals, pace: Pace | None, ctx: PresentContext) -> str:
    """How fast it goes, in what the log counts."""
    parts = []
    if pace is not None:
        parts.append(ctx.t("signals.step_time", seconds=number_text(pace.seconds)))
    for name, read in (
        ("tokens", lambda point: point.tokens_per_second),
        ("samples", lambda point: point.samples_per_second),
    ):
        rate = latest(signals, read)
        rate = signals.summary.get(f"{name}_per_second") if rate is None else rate
        if rate is not None:
            parts.append(ctx.t(f"signals.{name}_rate", rate=number_text(rate)))
    return " · ".join(parts) or DASH


def rest_text(finish: Finish | None, ctx: PresentContext) -> str:
    """How long it still takes, and until when."""
    if finish is None:
        return DASH
    rest = duration_text(finish.seconds)
    if finish.at is None:
        return rest
    return ctx.t("signals.until", rest=rest, moment=moment_text(finish.at, ctx))


def evaluations_text(count: int, last: Evaluation | None, ctx: PresentContext) -> str:
    """How many evaluations there were, and what the last one found."""
    if last is None:
        return DASH
    figures = ", ".join(
        f"{visible(name)} {number_text(value, 5)}" for name, value in last.metrics.items()
    )
    step = DASH if last.step is None else step_text(last.step)
    return ctx.t("signals.last_one", count=count_text(count), step=step, what=figures)


def checkpoints_text(count: int, last: Saved | None, ctx: PresentContext) -> str:
    """How many checkpoints were written, and which was the last."""
    if last is None:
        return DASH
    step = DASH if last.step is None else count_text(last.step)
    what = visible(last.path) or DASH
    return ctx.t("signals.last_one", count=count_text(count), step=step, what=what)


def ranks_text(speeds: tuple[RankSpeed, ...], ctx: PresentContext) -> str:
    """The ranks with a mark, the slowest first."""
    marked = [each for each in speeds if each.mark is not None]
    shown = [
        ctx.t(
            f"signals.marks.{each.mark.value}",
            rank=each.rank,
            ratio=f"{(each.ratio - 1) * 100:+.0f} %",
            late=count_text(each.late),
        )
        for each in marked[:_RANKS_SHOWN]
        if each.mark is not None
    ]
    if len(marked) > _RANKS_SHOWN:
        shown.append(ctx.t("signals.more_ranks", count=len(marked) - _RANKS_SHOWN))
    return "; ".join(shown) or ctx.t("signals.no_slow")


def signal_facts(
    signals: Signals,
    pace: Pace | None,
    finish: Finish | None,
    cost: Money | None,
    speeds: tuple[RankSpeed, ...],
    ctx: PresentContext,
) -> list[Fact]:
    """Everything a log says of its training, the most important first."""

    def fact(name: str, text: str, tone: Tone = Tone.PLAIN) -> Fact:
        return Fact(name, ctx.t(f"signals.{name}"), text, tone)

    rate = latest(signals, lambda point: point.learning_rate)
    evaluation = signals.evaluations[-1] if signals.evaluations else None
    checkpoint = signals.checkpoints[-1] if signals.checkpoints else None
    restarted = Tone.WARNING if signals.restarts else Tone.DIM
    facts = [
        fact("progress", progress_text(signals, ctx)),
        fact("loss", loss_text(signals, ctx)),
        fact("learning_rate", number_text(rate)),
        fact("speed", speed_text(signals, pace, ctx)),
        fact("rest", rest_text(finish, ctx)),
        fact("cost", money_text(cost, ctx, estimated=True) if cost else DASH, Tone.MONEY),
        fact("evaluations", evaluations_text(signals.evaluation_count, evaluation, ctx)),
        fact("checkpoints", checkpoints_text(signals.checkpoint_count, checkpoint, ctx)),
        fact("restarts", count_text(signals.restarts), restarted),
    ]
    if signals.run.started is not None:
        status = visible(signals.run.status) or DASH
        words = f"{status} · {duration_text(signals.run.seconds)}"
        facts.append(fact("run", words, STATUS_TONES.get(signals.run.status, Tone.PLAIN)))
    if speeds:
        slow = any(each.mark for each in speeds)
        facts.append(fact("ranks", ranks_text(speeds, ctx), Tone.WARNING if slow else Tone.DIM))
    return facts
