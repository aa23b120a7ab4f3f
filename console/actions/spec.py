"""The registry as plain JSON values, for `--spec` and the documentation."""

from __future__ import annotations

from typing import Any

from console.actions.presets import PRESETS
from console.actions.registry import ACTIONS, CONTEXTS
from console.keymap import Keymap, build_keymap


def spec(keymap: Keymap | None = None) -> dict[str, Any]:
    """Every action with its keys in the given map, its `:` word and its CLI twin."""
    keymap = keymap or build_keymap()
    return {
        "contexts": list(CONTEXTS),
        "presets": list(PRESETS),
        "actions": [
            {
                "id": action.id,
                "context": action.context,
                "group": action.group,
                "keys": list(keymap.keys_for(action.id)),
                "shown": list(keymap.shown(action.id)),
                "danger": action.danger.value,
                "irreversible": action.irreversible,
                "title_key": action.title_key,
                "word": action.word,
                "aliases": list(action.aliases),
                "needs": action.needs,
                "cli": action.cli,
            }
            for action in ACTIONS.values()
        ],
    }
