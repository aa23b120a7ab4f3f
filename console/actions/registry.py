"""Questions about the actions there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from console.actions.action import Action
from console.actions.table import TABLE
from console.problems import nearest

ACTIONS: Mapping[str, Action] = MappingProxyType({action.id: action for action in TABLE})
"""Every action by id."""

CONTEXTS: tuple[str, ...] = tuple(dict.fromkeys(action.context for action in TABLE))
"""global, list, text, chart, form, the `x` menus, dialog."""


def action(action_id: str) -> Action:
    """The action of that id.

    Raises:
        KeyError: there is none; the message names the closest.
    """
    if action_id in ACTIONS:
        return ACTIONS[action_id]
    close = nearest(action_id, ACTIONS)
    raise KeyError(
        f"there is no action {action_id!r}" + (f"; did you mean {close!r}?" if close else "")
    )


def in_context(context: str) -> tuple[Action, ...]:
    """The actions of one context, in the order of the table."""
    return tuple(action for action in TABLE if action.context == context)


def by_word(word: str, contexts: Iterable[str] = ()) -> Action | None:
    """The action a `:` word means, preferring the contexts given (first wins), then any."""
    found = [action for action in TABLE if word in (action.word, *action.aliases) and word]
    for context in contexts:
        for candidate in found:
            if candidate.context == context:
                return candidate
    return found[0] if found else None


def words() -> tuple[str, ...]:
    """Every `:` word, for completion."""
    every = [word for action in TABLE for word in (action.word, *action.aliases) if word]
    return tuple(dict.fromkeys(every))


def nearest_word(word: str) -> str:
    """The `:` word closest to one that does not exist; empty where none is close."""
    return nearest(word, words())
