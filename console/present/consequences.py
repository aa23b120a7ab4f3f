"""What an action will do, said in sentences for the dialog that asks and for `--yes`-less CLIs."""

from __future__ import annotations

from console.analysis.consequence import Consequence, Deed, JobLoss, LossKind
from console.present.context import PresentContext
from console.present.units import DASH, duration_text, estimate_text
from console.text import visible

_NODE_DEEDS = frozenset({Deed.CORDON, Deed.UNCORDON, Deed.DRAIN, Deed.REBOOT})
_RESTARTS = frozenset({Deed.RESTART, Deed.RESTART_SCRATCH})
_UNDO = {
    Deed.RESTART: "undo_stop",
    Deed.UNCORDON: "undo_cordon",
    Deed.CORDON: "undo_uncordon",
}


def consequence_lines(consequence: Consequence, ctx: PresentContext) -> tuple[str, ...]:
    """The effect first, then each job's loss, what is freed, the rate, and how to undo it."""
    what = "node" if consequence.deed in _NODE_DEEDS else "job"
    subject = {what: visible(consequence.subject)}
    lines = [ctx.t(f"facts.effect.{_effect(consequence)}", **subject)]
    lines += [loss_text(loss, ctx) for loss in consequence.jobs]
    if consequence.rate is not None and consequence.deed in _RESTARTS:
        money = estimate_text(consequence.rate, ctx)
        lines.append(ctx.t("facts.effect.costs", money=money))
    if consequence.accelerators_freed:
        count = ctx.t("common.count.accelerators", n=consequence.accelerators_freed)
        lines.append(ctx.t("facts.effect.frees", accelerators=count))
        if consequence.rate is not None and consequence.deed is Deed.STOP:
            money = estimate_text(consequence.rate, ctx)
            lines.append(ctx.t("facts.effect.rate", money=money))
    if consequence.undo is not None:
        lines.append(ctx.t(f"facts.effect.{_UNDO[consequence.undo]}"))
    elif consequence.deed is Deed.DELETE:
        lines.append(ctx.t("facts.effect.undo_none"))
    return tuple(lines)


def _effect(consequence: Consequence) -> str:
    """The key of the effect: a job that has ended does not stop first."""
    ended = all(loss.state.ended for loss in consequence.jobs)
    return (
        f"{consequence.deed}_ended" if consequence.deed in _RESTARTS and ended else consequence.deed
    )


def loss_text(loss: JobLoss, ctx: PresentContext) -> str:
    """What one job loses, with its owner."""
    key = {
        LossKind.STEPS: "loses",
        LossKind.TIME: "loses_time",
        LossKind.ALL: "loses_all",
        LossKind.NOTHING: "loses_nothing",
        LossKind.UNKNOWN: "loses_unknown",
    }[loss.kind]
    steps = DASH if loss.steps is None else ctx.t("common.count.steps", n=loss.steps)
    return ctx.t(
        f"facts.effect.{key}",
        job=visible(loss.job),
        owner=visible(loss.owner) or DASH,
        steps=steps,
        duration=duration_text(loss.seconds),
        step=loss.checkpoint_step,
    )
