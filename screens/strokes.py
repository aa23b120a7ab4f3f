"""What a stroke means where the keyboard is: in a view, or in a field that owns the letters."""

from __future__ import annotations

from collections.abc import Sequence

from console.actions.action import Action
from console.actions.registry import ACTIONS
from console.keymap import Keymap

TYPING_KEYS = frozenset(
    {
        "escape",
        "f1",
        "f4",
        "f5",
        "f8",
        "f10",
        "tab",
        "shift+tab",
        "ctrl+p",
        "ctrl+q",
        "ctrl+c",
        "ctrl+z",
        "ctrl+r",
        "ctrl+l",
        "ctrl+s",
        "alt+left",
        "alt+right",
    }
)
"""The only keys that stay commands while a text field has the keyboard."""

HABITS: dict[str, str] = {
    "ctrl+k": "x_job.cancel",
    "f9": "global.actions",
    "delete": "x_job.delete",
    "ctrl+w": "list.wide",
    "ctrl+a": "list.mark_all",
}
"""Keys that act in other programs and do nothing here -> the action their user looks for."""


def action_for(
    keymap: Keymap, contexts: Sequence[str], key: str, *, typing: bool = False
) -> Action | None:
    """The action a stroke means; the narrowest context that knows the key decides."""
    if typing and key not in TYPING_KEYS:
        return None
    fallback: Action | None = None
    for context in contexts:
        action_id = keymap.action_for(context, key)
        if action_id is None:
            continue
        action = ACTIONS[action_id]
        if keymap_context(keymap, action, context, key):
            return action
        fallback = fallback or action
    if fallback is None and not contexts:
        action_id = keymap.action_for("global", key)
        fallback = ACTIONS[action_id] if action_id else None
    return fallback


def keymap_context(keymap: Keymap, action: Action, context: str, key: str) -> bool:
    """Whether the key means the action in this very context, not through the global fallback."""
    return key in keymap.strokes(action.id, context)


def active(keymap: Keymap, contexts: Sequence[str]) -> tuple[tuple[Action, tuple[str, ...]], ...]:
    """Every action that a stroke reaches now, with the keys that reach it, as help shows them."""
    found: list[tuple[Action, tuple[str, ...]]] = []
    taken: set[str] = set()
    for context in (*contexts, "global"):
        for action in ACTIONS.values():
            strokes = keymap.strokes(action.id, context)
            free = tuple(key for key in strokes if key not in taken)
            if free:
                found.append((action, free))
        taken |= {key for action, keys in found for key in keys}
    return tuple(found)
