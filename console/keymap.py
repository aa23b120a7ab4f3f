"""Which keys mean which action: the defaults, a preset over them, the user's own over both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from console.actions.action import Danger
from console.actions.key_names import FULL_WIDTH, normalise, show
from console.actions.lint import Clash, lint, places_of
from console.actions.presets import PRESETS
from console.actions.registry import ACTIONS
from console.problems import nearest


@dataclass(frozen=True, slots=True)
class Dropped:
    """A line of the user's key settings that is not used, and why."""

    id: str
    keys: str
    why: str


@dataclass(frozen=True, slots=True)
class Keymap:
    """Action id -> keys by Textual name; a key inside an `x` menu is written `x c`."""

    keys: Mapping[str, tuple[str, ...]]
    dropped: tuple[Dropped, ...] = ()
    _lookup: dict[tuple[str, str], str] = field(default_factory=dict, compare=False, repr=False)

    def keys_for(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action, without full-width twins; empty when it is unbound."""
        return self.keys.get(action_id, ())

    def shown(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action as people write them: `?`, `Ctrl+P`, `x c`."""
        return tuple(show(key) for key in self.keys_for(action_id))

    def strokes(self, action_id: str, context: str) -> tuple[str, ...]:
        """Single strokes that mean the action in a context, with their full-width twins."""
        found = [
            key for place, key in places_of(action_id, self.keys_for(action_id)) if place == context
        ]
        return tuple(dict.fromkeys(twin for key in found for twin in _with_twin(key)))

    def action_for(self, context: str, key: str) -> str | None:
        """The id of the action a stroke means in a context, or globally."""
        if not self._lookup:
            self._lookup.update(self._build())
        return self._lookup.get((context, key)) or self._lookup.get(("global", key))

    def _build(self) -> Iterator[tuple[tuple[str, str], str]]:
        for action_id, keys in self.keys.items():
            for place, key in places_of(action_id, keys):
                for twin in _with_twin(key):
                    yield (place, twin), action_id


def _with_twin(key: str) -> tuple[str, ...]:
    return (key, FULL_WIDTH[key]) if key in FULL_WIDTH else (key,)


def default_keys() -> dict[str, tuple[str, ...]]:
    """The keys of the table, menu keys written with their first stroke."""
    return {
        action_id: tuple(f"x {key}" if action.in_menu else key for key in action.keys)
        for action_id, action in ACTIONS.items()
    }


def build_keymap(
    preset: str = "default", bindings: Mapping[str, str | bool | None] | None = None
) -> Keymap:
    """The key map in force. Lines of the user's that cannot hold are dropped and reported.

    Args:
        bindings: action id -> keys (`"d,x c"`); `None`, `False` or an empty text unbinds.

    Raises:
        KeyError: there is no such preset.
    """
    base = default_keys()
    for action_id, text in PRESETS[preset].items():
        base[action_id] = _parse(text)
    wanted, dropped = _readable(bindings or {})
    while True:
        keys = base | wanted
        blamed = _blamed(lint(keys, strict=False), list(wanted))
        if blamed is None:
            return Keymap(keys, tuple(dropped))
        action_id, clash = blamed
        dropped.append(Dropped(action_id, ",".join(wanted.pop(action_id)), clash.why))


def _blamed(clashes: tuple[Clash, ...], order: list[str]) -> tuple[str, Clash] | None:
    """The last line the user wrote that is part of a clash."""
    for action_id in reversed(order):
        for clash in clashes:
            if action_id in clash.ids:
                return action_id, clash
    return None


def _readable(
    bindings: Mapping[str, str | bool | None],
) -> tuple[dict[str, tuple[str, ...]], list[Dropped]]:
    wanted: dict[str, tuple[str, ...]] = {}
    dropped: list[Dropped] = []
    for action_id, given in bindings.items():
        text = given if isinstance(given, str) else ""
        why = _refused(action_id, given)
        try:
            keys = _parse(text)
            if not why and any(" " in key for key in keys) and not ACTIONS[action_id].in_menu:
                why = "only the actions of an x menu have keys of two strokes"
        except ValueError as error:
            why = why or str(error)
        if why:
            dropped.append(Dropped(action_id, text, why))
        else:
            wanted[action_id] = keys
    return wanted, dropped


def _refused(action_id: str, given: str | bool | None) -> str:
    if action_id not in ACTIONS:
        close = nearest(action_id, ACTIONS)
        return "there is no such action" + (f"; did you mean {close!r}?" if close else "")
    if given is True:
        return "give keys, or false to unbind"
    if ACTIONS[action_id].danger is Danger.ACT:
        return "what confirms a dialog cannot be moved"
    return ""


def _parse(text: str) -> tuple[str, ...]:
    """Read `d,x c` as keys.

    Raises:
        ValueError: a part is not a key, or a two-stroke key does not start with `x`.
    """
    if text.strip() == ",":
        return ("comma",)
    keys: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        strokes = [normalise(stroke) for stroke in part.split()]
        if len(strokes) > 2 or (len(strokes) == 2 and strokes[0] != "x"):
            raise ValueError(f"{part!r}: a key of two strokes is `x` and a letter")
        keys.append(" ".join(strokes))
    return tuple(keys)
