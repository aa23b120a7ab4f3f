from __future__ import annotations

import json

import pytest

from console.actions.action import Danger
from console.actions.key_names import normalise, show
from console.actions.lint import lint
from console.actions.presets import PRESETS
from console.actions.registry import ACTIONS, by_word, in_context, nearest_word
from console.actions.spec import spec
from console.actions.table import TABLE
from console.keymap import build_keymap, default_keys


def test_ids_are_unique_and_outside_dialogs_each_has_a_word() -> None:
    assert len(ACTIONS) == len(TABLE)
    for action in TABLE:
        assert bool(action.word) != (action.context in ("dialog", "form")), action.id


def test_a_word_means_one_verb_in_a_context() -> None:
    seen: set[tuple[str, str]] = set()
    for action in TABLE:
        for word in (action.word, *action.aliases):
            if word:
                assert (action.context, word) not in seen, word
                seen.add((action.context, word))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_map_is_clean(preset: str) -> None:
    keymap = build_keymap(preset)
    assert lint(keymap.keys, strict=preset == "default") == ()
    assert set(PRESETS[preset]) <= set(ACTIONS)


@pytest.mark.parametrize(
    ("action_id", "keys", "rule"),
    [
        ("list.describe", ("y",), "clash"),
        ("list.describe", ("q",), "shadow"),
        ("list.describe", ("ctrl+k",), "banned"),
        ("list.describe", ("fullwidth_colon",), "twin"),
        ("dialog.confirm", ("x c",), None),
        ("x_job.cancel", ("k",), "ask"),
        ("x_job.delete", ("x d",), "capital"),
        ("x_job.cancel", ("x C",), "capital"),
        ("x_node.cordon", ("x u",), "clash"),
    ],
)
def test_the_linter_sees(action_id: str, keys: tuple[str, ...], rule: str | None) -> None:
    rules = {clash.rule for clash in lint(default_keys() | {action_id: keys})}
    assert (rule in rules) if rule else ("act" not in rules)


def test_an_action_that_acts_outside_a_dialog_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import console.actions.lint as module

    bad = ACTIONS["list.mine"].__class__("list.bad", "list", ("Q",), Danger.ACT)
    monkeypatch.setattr(module, "ACTIONS", {**ACTIONS, "list.bad": bad})
    assert {c.rule for c in lint(default_keys() | {"list.bad": ("Q",)})} == {"act"}


def test_user_keys_over_a_preset() -> None:
    keymap = build_keymap(
        "k9s", {"list.describe": "y", "list.raw": "d", "x_job.cancel": "x c,ctrl+t"}
    )
    assert keymap.dropped == ()
    assert keymap.action_for("list", "y") == "list.describe"
    assert keymap.action_for("list", "l") == "list.logs"
    assert keymap.action_for("list", "ctrl+t") == "x_job.cancel"
    assert keymap.action_for("x_job", "c") == "x_job.cancel"
    assert keymap.shown("x_job.cancel") == ("x c", "Ctrl+T")


def test_clashing_lines_are_dropped_alone_and_reported() -> None:
    keymap = build_keymap(
        "default",
        {
            "list.opn": "z",
            "list.mine": "q",
            "list.pin": "X",
            "dialog.confirm": "enter",
            "global.suspend": False,
            "list.wide": "ctl+w",
            "list.raw": "x y",
        },
    )
    assert {line.id for line in keymap.dropped} == {
        "list.opn",
        "list.mine",
        "dialog.confirm",
        "list.wide",
        "list.raw",
    }
    assert all(line.why for line in keymap.dropped)
    assert keymap.keys_for("list.mine") == ("M",) and keymap.keys_for("list.pin") == ("X",)
    assert keymap.keys_for("global.suspend") == ()


def test_full_width_twins_follow_their_key() -> None:
    keymap = build_keymap()
    assert keymap.action_for("list", "fullwidth_colon") == "global.command"
    moved = build_keymap("default", {"global.command": "semicolon"})
    assert moved.action_for("list", "fullwidth_colon") is None
    assert keymap.strokes("global.filter", "global") == ("slash", "fullwidth_solidus", "f4")


@pytest.mark.parametrize(
    ("written", "name", "shown"),
    [
        ("?", "question_mark", "?"),
        ("Ctrl+P", "ctrl+p", "Ctrl+P"),
        ("F5", "f5", "F5"),
        ("shift+a", "A", "A"),
        ("+", "plus", "+"),
        ("ctrl++", "ctrl+plus", "Ctrl++"),
        ("G", "G", "G"),
        ("shift+left", "shift+left", "Shift+←"),
        ("pageup", "pageup", "PgUp"),
    ],
)
def test_key_names(written: str, name: str, shown: str) -> None:
    assert normalise(written) == name
    assert show(name) == shown


def test_words_prefer_the_context_at_hand() -> None:
    assert by_word("cancel", ("x_node", "x_job")) is ACTIONS["x_job.cancel"]
    assert by_word("down", ("text",)) is ACTIONS["text.down"]
    assert by_word("nodes") is ACTIONS["place.compute"]
    assert by_word("") is None
    assert nearest_word("jbos") == "jobs"


def test_menus_hold_what_the_cloud_can_do() -> None:
    assert [action.verb for action in in_context("x_job")] == ["cancel", "requeue", "delete"]
    assert [a.verb for a in in_context("x_node")] == ["cordon", "uncordon", "drain", "reboot"]


def test_the_spec_is_json() -> None:
    text = json.dumps(spec())
    assert {entry["id"] for entry in json.loads(text)["actions"]} == set(ACTIONS)
