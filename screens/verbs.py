"""Writes as a person meets them: the `x` menu, the pinned dialog, the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import App
from textual.screen import Screen

from api_client.errors import CloudError
from api_client.models.base import Ref
from console.actions.registry import ACTIONS, in_context
from console.operations.operations import Operations
from console.operations.plan import Confirm, Outcome, Plan, Refused
from console.present.errors import error_text
from console.present.facts import Fact
from console.present.table import Tone
from screens.desk import Desk
from screens.messages import CopyText, Say
from screens.near_names import nearest_name
from screens.refs import names_of
from screens.widgets.dialogs import ConfirmDialog, Consequence, Decision
from screens.widgets.menu_dialog import MenuDialog, MenuItem

if TYPE_CHECKING:
    from api_client.models.job_spec import JobSpec

FACTS_OF_EACH = 4
"""How many facts of each object a bulk dialog shows."""

OBJECTS_SHOWN = 8
"""Of how many objects, and how many different effects; the rest is counted."""


class Verbs:
    """Asks before it acts, acts once, says how it ended. Works on one object or on marked ones."""

    def __init__(self, screen: Screen[None], desk: Desk) -> None:
        self._screen = screen
        self._desk = desk
        self._operations = Operations(desk.session, desk.clock)

    @property
    def _app(self) -> App[object]:
        return self._screen.app

    def menu(self, subjects: Sequence[Ref]) -> None:
        """Open the `x` menu of the kind of object the subjects are."""
        desk = self._desk
        items = [
            MenuItem(
                letter=action.keys[0],
                title=desk.t(action.title_key),
                value=action.id,
                enabled=not self._why_not(action.needs),
                why_not=self._why_not(action.needs),
                irreversible=action.irreversible,
            )
            for action in (in_context(f"x_{subjects[0].kind}") if subjects else ())
        ]
        if not items:
            self._say(desk.t("screen.no_actions"), Tone.DIM)
            return

        def chosen(action_id: str | None) -> None:
            if action_id is not None:
                self.ask(action_id, subjects)

        self._app.push_screen(MenuDialog(self._menu_title(subjects), items), chosen)

    def _why_not(self, capability: str | None) -> str:
        if self._desk.session.profile.read_only:
            return self._desk.t("screen.read_only")
        return self._desk.why_not(capability)

    def _menu_title(self, subjects: Sequence[Ref]) -> str:
        if len(subjects) == 1:
            return self._desk.t("screen.actions_on", name=subjects[0].id)
        return self._desk.t("screen.actions_on_marked", n=len(subjects))

    def ask(self, action_id: str, subjects: Sequence[Ref]) -> None:
        """Plan an action about the subjects and show its dialog."""
        kind = ACTIONS[action_id].context.removeprefix("x_")
        names = names_of(subjects, kind)
        if not names:
            self._say(self._desk.t("screen.nothing_selected"), Tone.DIM)
            return
        ask = self._many if len(names) > 1 else self._plan_and_ask
        self._screen.run_worker(ask(action_id, names), group="verbs", exit_on_error=False)

    def submit(self, spec: JobSpec, ended: Callable[[Outcome], None]) -> None:
        """Show what creating a job means, create it when confirmed, tell how that ended."""
        self._screen.run_worker(self._submit(spec, ended), group="verbs", exit_on_error=False)

    async def _submit(self, spec: JobSpec, ended: Callable[[Outcome], None]) -> None:
        try:
            plan = await self._operations.plan_submit(spec)
        except (Refused, CloudError) as error:
            self._say(self._refusal(error), Tone.FAILED)
            return
        decision = await self._app.push_screen_wait(ConfirmDialog(self._words([plan])))
        if decision is not None:
            for outcome in await self._perform([plan], decision):
                ended(outcome)

    async def _many(self, action_id: str, names: Sequence[str]) -> None:
        """Several objects at once, with a result for each."""
        from screens.bulk import Bulk

        def copy(text: str) -> None:
            self._screen.post_message(CopyText(text))

        async def ask(plans: Sequence[Plan], refusals: Sequence[str]) -> Decision | None:
            words = self._words(plans, refusals)
            return await self._app.push_screen_wait(ConfirmDialog(words))

        bulk = Bulk(self._app, self._desk, self._operations, action_id, names, self._refusal, copy)
        await bulk.run(ask)

    async def _plan_and_ask(self, action_id: str, names: Sequence[str]) -> None:
        plans: list[Plan] = []
        refusals: list[str] = []
        for name in names:
            try:
                plans.append(await self._operations.plan(action_id, name))
            except (Refused, CloudError) as error:
                refusals.append(f"{name}: {self._refusal(error)}{self._near(action_id, name)}")
        if not plans:
            self._say("; ".join(refusals), Tone.FAILED)
            return
        decision = await self._app.push_screen_wait(ConfirmDialog(self._words(plans, refusals)))
        if decision is not None:
            await self._perform(plans, decision)

    async def _perform(self, plans: Sequence[Plan], decision: Decision) -> list[Outcome]:
        outcomes: list[Outcome] = []
        async for outcome in self._operations.perform_all(plans, reason=decision.reason):
            outcomes.append(outcome)
            done = f"{len(outcomes)}/{len(plans)} " if len(plans) > 1 else ""
            self._say(done + self._desk.say(outcome.sentence), _tone(outcome))
        failed = [outcome for outcome in outcomes if outcome.ok is not True]
        if len(plans) > 1 and failed:
            lines = "; ".join(self._desk.say(outcome.sentence) for outcome in failed)
            self._say(f"{len(plans) - len(failed)}/{len(plans)}: {lines}", Tone.FAILED)
        return outcomes

    def _refusal(self, error: Refused | CloudError) -> str:
        if isinstance(error, Refused):
            return self._desk.say(error.message)
        return error_text(error, self._desk.present()).sentence

    def _near(self, action_id: str, name: str) -> str:
        """The object that may have been meant where none has this name."""
        kind = ACTIONS[action_id].context.removeprefix("x_")
        near = nearest_name(self._desk.session.store, kind, name)
        if not near:
            return ""
        word = self._desk.t(f"screen.kind.{kind}")
        return " " + self._desk.t("screen.no_object_near", kind=word, name=name, near=near)

    def _words(self, plans: Sequence[Plan], refusals: Sequence[str] = ()) -> Consequence:
        desk, first = self._desk, plans[0]
        facts = tuple(
            Fact(fact.label_key, desk.t(fact.label_key), fact.value)
            for plan in plans[:OBJECTS_SHOWN]
            for fact in (plan.facts if len(plans) == 1 else plan.facts[:FACTS_OF_EACH])
        )
        effects = dict.fromkeys(desk.say(effect) for plan in plans for effect in plan.effects)
        typed = any(plan.confirm is Confirm.TYPE_NAME for plan in plans)
        name = first.target.id if len(plans) == 1 else str(len(plans))
        reason = any(plan.reason_required for plan in plans)
        title = desk.say(first.title)
        if len(plans) > 1:
            verb = desk.t(ACTIONS[first.action_id].title_key)
            title = desk.t("screen.bulk_title", verb=verb, n=len(plans))
        return Consequence(
            title=title,
            confirm=desk.t("screen.dialog.confirm"),
            cancel=desk.t("screen.dialog.cancel"),
            facts=facts,
            effects=self._few([*effects, *refusals], len(plans)),
            undo=desk.say(first.undo),
            type_name=name if typed else "",
            type_prompt=desk.t("screen.dialog.type_name", name=name) if typed else "",
            reason_prompt=desk.t("screen.dialog.reason") if reason else "",
        )

    def _few(self, effects: Sequence[str], objects: int) -> tuple[str, ...]:
        """The first effects, and how many more objects and effects there are."""
        shown = tuple(effects[:OBJECTS_SHOWN])
        rest = max(len(effects) - len(shown), objects - OBJECTS_SHOWN)
        return (*shown, self._desk.t("lists.results.more", n=rest)) if rest > 0 else shown

    def _say(self, text: str, tone: Tone) -> None:
        self._screen.post_message(Say(text, tone))


def _tone(outcome: Outcome) -> Tone:
    if outcome.ok is None:
        return Tone.WARNING
    return Tone.OK if outcome.ok else Tone.FAILED
