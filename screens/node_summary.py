"""The lines on top of a node's screen: how it is, why, who says so, or that there is none."""

from __future__ import annotations

from collections.abc import Sequence

from api_client.models.compute import Node
from console.present.context import PresentContext
from console.present.states import health_face, scheduling_face
from console.present.table import Tone
from console.present.units import percent_text, relative_text
from console.text import visible
from screens.panel import Line, Piece


def summary_lines(node: Node, ctx: PresentContext) -> list[Line]:
    """Health and scheduling apart, slots, use, heartbeat; then reason, who and since when."""
    health = health_face(node.health, ctx, node.native)
    scheduling = scheduling_face(node.scheduling, ctx, node.native)
    slots = ctx.t("compute_view.note.slots", slots=f"{node.allocated}/{node.accelerators}")
    use = ctx.t("compute_view.note.use", share=percent_text(node.utilisation))
    heard = ctx.t("compute_view.note.heard", when=relative_text(node.last_heartbeat, ctx))
    first = (
        Piece(health.word, health.tone, health.glyph),
        Piece(scheduling.word, scheduling.tone, scheduling.glyph),
        Piece(slots),
        Piece(use),
        Piece(heard, Tone.DIM),
    )
    if not node.reason:
        return [first]
    who = [ctx.t("node_view.by", name=visible(node.reason_by))] if node.reason_by else []
    when = [relative_text(node.since, ctx)] if node.since else []
    return [first, (Piece(node.reason, Tone.WARNING), Piece(" · ".join(who + when), Tone.DIM))]


def missing_lines(name: str, ctx: PresentContext) -> list[Line]:
    """That there is no such node."""
    return [
        (Piece(ctx.t("node_view.missing", name=visible(name)), Tone.WARNING, "warning"),),
        (Piece(ctx.t("node_view.missing_hint"), Tone.DIM),),
    ]


def tab_line(panes: Sequence[str], shown: str, ctx: PresentContext) -> Line:
    """The names of the panes, the one that is shown in brackets."""
    return tuple(
        Piece(
            f"[{ctx.t(f'node_view.pane.{name}')}]"
            if name == shown
            else ctx.t(f"node_view.pane.{name}"),
            Tone.ACCENT if name == shown else Tone.DIM,
        )
        for name in panes
    )
