"""The law of the key map, checked: no clash, no silent shadowing, no key that acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from console.actions.action import Danger
from console.actions.key_names import BANNED, FULL_WIDTH, show
from console.actions.registry import ACTIONS

MAY_SHADOW = frozenset(
    {("dialog", "tab"), ("form", "tab"), ("form", "shift+tab"), ("form", "ctrl+s")}
)
"""The only (context, key) pairs in which a global key means something else."""

_LISTS = "list"


@dataclass(frozen=True, slots=True)
class Clash:
    """One breach of the law: where, which key, which actions, in one sentence."""

    rule: str
    context: str
    key: str
    ids: tuple[str, ...]
    why: str


def places_of(action_id: str, keys: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each key of an action as (context, single stroke).

    A menu action given one stroke sits in lists.
    """
    action = ACTIONS[action_id]
    for key in keys:
        first, _, second = key.partition(" ")
        if second:
            yield action.context, second
        else:
            yield (_LISTS if action.in_menu else action.context), first


def lint(keys: Mapping[str, Sequence[str]], *, strict: bool = True) -> tuple[Clash, ...]:
    """Every breach in a key map. `strict` adds the rules of the default map alone."""
    clashes = [*_same_key(keys), *_shadowing(keys), *_reserved(keys)]
    if strict:
        clashes += [*_banned(keys), *_dangers(keys), *_capitals(keys), *_letters(keys)]
    return tuple(clashes)


def _by_place(keys: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], list[str]]:
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action_id, mine in keys.items():
        for place in dict.fromkeys(places_of(action_id, mine)):
            places[place].append(action_id)
    return places


def _same_key(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    for (context, key), ids in _by_place(keys).items():
        if context == _LISTS and all(ACTIONS[action_id].in_menu for action_id in ids):
            contexts = [ACTIONS[action_id].context for action_id in ids]
            if len(set(contexts)) == len(contexts):
                continue  # One key over different kinds of object: the row decides.
        if len(ids) > 1:
            yield Clash(
                "clash",
                context,
                key,
                tuple(ids),
                f"{show(key)} would mean {' and '.join(ids)} in {context}",
            )


def _shadowing(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    places = _by_place(keys)
    everywhere = {key: ids for (context, key), ids in places.items() if context == "global"}
    for (context, key), ids in places.items():
        modal = context == "global" or context.startswith("x_")
        if modal or key not in everywhere or (context, key) in MAY_SHADOW:
            continue
        over = everywhere[key]
        yield Clash(
            "shadow",
            context,
            key,
            (*ids, *over),
            f"{show(key)} for {ids[0]} in {context} would hide {over[0]}",
        )


def _reserved(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    """Full-width twins belong to their key."""
    twins = frozenset(FULL_WIDTH.values())
    for action_id, mine in keys.items():
        for key in mine:
            if key in twins:
                why = f"{key} is the full-width twin of another key and follows it"
                yield Clash("twin", ACTIONS[action_id].context, key, (action_id,), why)


def _banned(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    for action_id, mine in keys.items():
        for context, key in places_of(action_id, mine):
            if key in BANNED:
                yield Clash("banned", context, key, (action_id,), f"{show(key)} {BANNED[key]}")


def _dangers(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    for action_id, mine in keys.items():
        danger = ACTIONS[action_id].danger
        for context, key in places_of(action_id, mine):
            if danger is Danger.ACT and context != "dialog":
                yield Clash("act", context, key, (action_id,), f"{action_id} acts outside a dialog")
            if danger is Danger.ASK and not context.startswith("x_"):
                yield Clash(
                    "ask", context, key, (action_id,), f"{action_id} is outside the x menus"
                )


def _capitals(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    for action_id, mine in keys.items():
        action = ACTIONS[action_id]
        for context, key in places_of(action_id, mine):
            if not context.startswith("x_"):
                continue
            if action.irreversible != key.isupper():
                why = f"{action_id}: a capital, and only a capital, is what nothing brings back"
                yield Clash("capital", context, key, (action_id,), why)


def _letters(keys: Mapping[str, Sequence[str]]) -> Iterator[Clash]:
    letters: dict[str, dict[str, str]] = defaultdict(dict)
    for action_id, mine in keys.items():
        if ACTIONS[action_id].in_menu and mine:
            letters[ACTIONS[action_id].verb].setdefault(mine[0], action_id)
    for verb, used in letters.items():
        if len(used) > 1:
            why = f"{verb} has several letters: {', '.join(used)}"
            yield Clash("letter", "x_*", ",".join(used), tuple(used.values()), why)
