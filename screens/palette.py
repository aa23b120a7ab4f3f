"""Ctrl+P: every action and place by its title, made from the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from console.actions.action import Action, Danger
from console.actions.registry import ACTIONS
from screens.desk import Desk
from screens.messages import Perform

HIDDEN_CONTEXTS = ("dialog", "form")
"""Contexts whose actions mean nothing outside them."""


def palette_entries(desk: Desk) -> list[tuple[Action, str, str]]:
    """Every action with its title and a help line: its keys and its `:` word."""
    entries: list[tuple[Action, str, str]] = []
    for action in ACTIONS.values():
        if action.context in HIDDEN_CONTEXTS or action.danger is Danger.ACT:
            continue
        keys = " ".join(desk.keymap.shown(action.id))
        group = desk.t(f"group.{action.group}")
        word = f":{action.word}" if action.word else ""
        reason = desk.why_not(action.needs)
        note = "  ".join(part for part in (group, keys, word, reason) if part)
        entries.append((action, desk.t(action.title_key), note))
    return entries


class ActionPalette(Provider):
    """Searches titles, words and ids; choosing one performs it where the person is."""

    def _desk(self) -> Desk | None:
        found = getattr(self.app, "desk", None)
        return found if isinstance(found, Desk) else None

    def _run(self, action: Action) -> Callable[[], object]:
        return partial(self.screen.post_message, Perform(action.id))

    def _entries(self) -> Sequence[tuple[Action, str, str]]:
        desk = self._desk()
        return palette_entries(desk) if desk else ()

    async def discover(self) -> Hits:
        for action, title, note in self._entries():
            yield DiscoveryHit(title, self._run(action), help=note)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action, title, note in self._entries():
            score = max(matcher.match(title), matcher.match(action.word), matcher.match(action.id))
            if score > 0:
                yield Hit(score, matcher.highlight(title), self._run(action), help=note)
