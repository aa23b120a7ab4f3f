"""One action on many objects: read what it does, ask once, do each, say how each ended."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from textual.app import App

from api_client.errors import CloudError
from console.actions.registry import ACTIONS
from console.operations.operations import Operations
from console.operations.plan import Outcome, Plan, Refused
from console.present.table import Tone
from screens.desk import Desk
from screens.widgets.dialogs import Decision
from screens.widgets.results_dialog import COLUMNS, Result, ResultsDialog

AT_ONCE: Final = 8
"""Objects read at the same time to say what an action would do."""

DRAWN_EVERY: Final = 8
"""Results after which a long table of them is drawn again; a short one each time."""

Ask = Callable[[Sequence[Plan], Sequence[str]], Awaitable[Decision | None]]
"""Shows the plans and what was refused; answers the decision."""


class Bulk:
    """One run of an action over many objects. Stopping leaves undone what was not yet sent."""

    def __init__(
        self,
        app: App[object],
        desk: Desk,
        operations: Operations,
        action_id: str,
        names: Sequence[str],
        refusal: Callable[[Refused | CloudError], str],
        copy: Callable[[str], None],
    ) -> None:
        self._app, self._desk, self._operations = app, desk, operations
        self._action_id, self._names = action_id, tuple(names)
        self._refusal = refusal
        self._stopped = False
        self._plans: list[Plan | None] = [None] * len(self._names)
        self._results = [
            self._result(name, "lists.results.waiting", Tone.DIM) for name in self._names
        ]
        titles = {column.id: desk.t(column.title_key) for column in COLUMNS}
        self._dialog = ResultsDialog(titles, self._stop, copy)

    def _stop(self) -> None:
        self._stopped = True

    def _result(self, name: str, word_key: str, tone: Tone, why: str = "") -> Result:
        return Result(name, self._desk.t(word_key), tone, why)

    async def run(self, ask: Ask) -> Sequence[Outcome]:
        """Plan, ask, perform; the table of results stays until it is closed."""
        await self._app.push_screen(self._dialog)
        await self._plan()
        outcomes: list[Outcome] = []
        plans = [plan for plan in self._plans if plan is not None]
        if plans and not self._stopped:
            decision = await ask(plans, self._refusals())
            if decision is None:
                self._dialog.dismiss(None)
                return outcomes
            outcomes = await self._perform(decision)
        self._end()
        return outcomes

    # Planning.

    async def _plan(self) -> None:
        waiting = iter(range(len(self._names)))
        done = 0

        async def read() -> None:
            nonlocal done
            for at in waiting:
                if self._stopped:
                    return
                await self._plan_one(at)
                done += 1
                if done % DRAWN_EVERY == 0 or done == len(self._names):
                    key = "lists.results.planning"
                    self._draw(self._desk.t(key, done=done, total=len(self._names)))

        await asyncio.gather(*(read() for _ in range(AT_ONCE)))

    async def _plan_one(self, at: int) -> None:
        name = self._names[at]
        try:
            self._plans[at] = await self._operations.plan(self._action_id, name)
        except (Refused, CloudError) as error:
            self._results[at] = self._result(
                name, "lists.results.refused", Tone.FAILED, self._refusal(error)
            )

    def _refusals(self) -> list[str]:
        planned = zip(self._plans, self._results, strict=True)
        return [f"{result.name}: {result.why}" for plan, result in planned if plan is None]

    # Performing.

    async def _perform(self, decision: Decision) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for at, plan in enumerate(self._plans):
            if plan is None or self._stopped:
                continue
            name = self._names[at]
            self._results[at] = self._result(name, "lists.results.running", Tone.BUSY)
            if len(self._names) <= DRAWN_EVERY or at % DRAWN_EVERY == 0:
                self._draw()
            outcome = await self._operations.perform(plan, reason=decision.reason)
            outcomes.append(outcome)
            word_key, tone = _WORD_KEYS[outcome.ok]
            self._results[at] = self._result(name, word_key, tone, self._desk.say(outcome.sentence))
        return outcomes

    def _end(self) -> None:
        waiting = self._desk.t("lists.results.waiting")
        for at, result in enumerate(self._results):
            if result.word == waiting:
                self._results[at] = self._result(result.name, "stopped", Tone.DIM)
        self._draw(running=False)

    def _draw(self, title: str = "", *, running: bool = True) -> None:
        t = self._desk.t
        words = [each.word for each in self._results]
        ended = {word: words.count(t(f"lists.results.{word}")) for word in _ENDS}
        done, left = sum(ended.values()), len(words) - sum(ended.values())
        verb = t(ACTIONS[self._action_id].title_key)
        title = title or t("lists.results.title", verb=verb, done=done, total=len(words))
        if running:
            hint = t("lists.results.hint_running")
        else:
            hint = f"{t('lists.results.summary', **ended, left=left)} · {self._closing()}"
        self._dialog.show(title, hint, tuple(self._results), running=running)

    def _closing(self) -> str:
        return self._desk.t("lists.results.hint_ended")


_ENDS: Final = ("done", "refused", "unknown")
_WORD_KEYS: Final = {
    True: ("lists.results.done", Tone.OK),
    False: ("lists.results.refused", Tone.FAILED),
    None: ("lists.results.unknown", Tone.WARNING),
}
