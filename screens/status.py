"""What the status line and the key hints say about a view."""

from __future__ import annotations

from console.actions.key_names import show
from console.actions.registry import ACTIONS
from console.present.simulation import simulation_text
from console.present.table import Tone
from screens import strokes
from screens.base import View
from screens.desk import Desk
from screens.freshness import freshness
from screens.widgets.status_bar import Badge, FooterBar, Hint, StatusBar

ALWAYS = ("global.help", "global.command", "global.filter", "global.actions")
"""Hinted at in every view, before and after the view's own."""


def draw_status(bar: StatusBar, desk: Desk, view: View) -> None:
    """Where we are on the left; who, how fresh and how careful on the right."""
    left = [Badge(view.title(), Tone.ACCENT, weight=90)]
    if view.location.filter:
        left.append(Badge(f"/{view.location.filter}", Tone.WARNING, weight=70))
    counts = getattr(view, "counts", None)
    if counts is not None:
        left.append(Badge(counts(), Tone.DIM, weight=40))
    bar.show(left, _right(desk, view) if view.OF_TENANT else [])


def _right(desk: Desk, view: View) -> list[Badge]:
    session = desk.session
    badges: list[Badge] = []
    tenant = session.tenant
    if tenant is not None and tenant.simulation:
        mark = simulation_text(tenant.simulation, desk.present())
        badges.append(Badge(mark, Tone.WARNING, weight=100, loud=True))
    if session.profile.read_only:
        badges.append(Badge(desk.t("screen.read_only"), Tone.WARNING, weight=95, loud=True))
    if session.profile.protected:
        badges.append(Badge(desk.t("screen.protected"), Tone.FAILED, weight=94, loud=True))
    badges.append(_freshness(desk, view))
    badges.append(Badge(f"@{session.profile.name}", Tone.DIM, weight=60))
    if tenant is not None:
        badges.append(Badge(tenant.name, Tone.DIM, weight=30))
    if session.me is not None:
        badges.append(Badge(session.me.name, Tone.DIM, weight=20))
    return badges


def _freshness(desk: Desk, view: View) -> Badge:
    worst = view.live.worst() or view.snapshot("tenant")
    state = freshness(worst, desk)
    if worst.error is not None and worst.stale_since is not None:
        clock = worst.stale_since.astimezone(desk.zone).strftime("%H:%M:%S")
        return Badge(desk.t("common.fresh.stale", time=clock), Tone.STALE, "stale", 80)
    if state.text:
        return Badge(state.text, state.tone, "stale", 80)
    return Badge(desk.t("screen.live"), Tone.OK, "ok", 50)


def draw_footer(bar: FooterBar, desk: Desk, view: View) -> None:
    """The keys most useful in this view; those that cannot be used now are dimmed."""
    typing = view.CONTEXT == "form"
    useless = () if view.searchable else ("global.filter",)
    wanted = [each for each in (ALWAYS[0], *view.HINTS, *ALWAYS[1:]) if each not in useless]
    hints = [_hint(desk, action_id, typing) for action_id in wanted]
    bar.show([hint for hint in hints if hint is not None])


def _hint(desk: Desk, action_id: str, typing: bool) -> Hint | None:
    """The first key that reaches the action; `None` where a text field takes every one."""
    action = ACTIONS[action_id]
    strokes_of = desk.keymap.keys_for(action_id)
    if typing:
        strokes_of = tuple(key for key in strokes_of if key in strokes.TYPING_KEYS)
        if not strokes_of:
            return None
    keys = tuple(show(key) for key in strokes_of)
    enabled = not desk.why_not(action.needs)
    return Hint(keys[0] if keys else f":{action.word}", desk.t(f"hint.{action_id}"), enabled)
