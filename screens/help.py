"""What `?` shows: every stroke that means something here and now, from the key map in force."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from console.actions.action import Action
from console.actions.key_names import show
from console.keymap import Keymap
from screens.desk import Desk
from screens.strokes import active
from screens.widgets.help_dialog import HelpDialog, HelpGroup, HelpLine


def help_groups(
    desk: Desk, contexts: Sequence[str], means: Callable[[Action], bool]
) -> list[HelpGroup]:
    """The active actions that mean something, by group, in the order of the contexts."""
    groups: dict[str, list[HelpLine]] = {}
    for action, _ in active(desk.keymap, contexts):
        if not means(action):
            continue
        keys = " ".join(_shown(desk.keymap, action.id))
        line = HelpLine(keys, desk.t(action.title_key), action.id, desk.why_not(action.needs))
        groups.setdefault(action.group, []).append(line)
    return [HelpGroup(desk.t(f"group.{name}"), tuple(lines)) for name, lines in groups.items()]


def _shown(keymap: Keymap, action_id: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(show(key) for key in keymap.keys_for(action_id)))


def help_dialog(desk: Desk, contexts: Sequence[str], means: Callable[[Action], bool]) -> HelpDialog:
    """The dialog, in the current language."""
    return HelpDialog(
        desk.t("screen.help.title"),
        help_groups(desk, contexts, means),
        desk.t("screen.help.search"),
        desk.t("screen.help.nothing"),
    )
