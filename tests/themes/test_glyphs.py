"""Every sign a list, a panel or a widget asks for by name is in the set that draws it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from console.present import glyphs as states
from console.present.timeline import MarkKind
from themes import glyphs as drawing

ROOT = Path(__file__).parents[2]
SETS = ((drawing.UNICODE, states.UNICODE), (drawing.ASCII, states.ASCII))


def _constant(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_tone(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Tone"


def _asked(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Tuple(elts=[name, tone]) if _is_tone(tone):
            yield _constant(name)
        case ast.Call():
            yield from (_constant(each.value) for each in node.keywords if each.arg == "glyph")
            yield from (
                _constant(after)
                for tone, after in zip(node.args, node.args[1:], strict=False)
                if _is_tone(tone)
            )
        case ast.Subscript(value=ast.Attribute(attr="glyphs") | ast.Name(id="glyphs")):
            yield _constant(node.slice)


def _names(folder: str) -> set[str]:
    """Names written beside a tone, as `glyph=`, or as `glyphs[...]`."""
    found: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            found.update(_asked(node))
    # A name with a dot beside a tone is a catalogue key.
    return {name for name in found if name and "." not in name}


def test_the_search_finds_names() -> None:
    assert {"running", "cordoned", "open", "degraded"} <= _names("console/present")
    assert {"cursor", "rule", "ok"} <= _names("screens")


@pytest.mark.parametrize("folder", ["console", "screens"])
def test_every_name_asked_for_has_a_sign(folder: str) -> None:
    wanted = _names(folder) | set(MarkKind)
    for drawn, said in SETS:
        assert wanted <= set(drawn.names)
        if folder == "console":
            assert wanted <= set(said)


def test_a_state_has_the_same_sign_on_screen_and_in_lists() -> None:
    for drawn, said in SETS:
        assert {name: drawn[name] for name in said} == dict(said)


def test_signs_take_one_cell_and_ascii_is_ascii() -> None:
    assert set(drawing.UNICODE.names) == set(drawing.ASCII.names)
    for drawn, _ in SETS:
        assert {name: cell_len(drawn[name]) for name in drawn.names} == dict.fromkeys(
            drawn.names, 1
        )
    assert all(drawing.ASCII[name].isascii() for name in drawing.ASCII.names)
    assert all(drawing.ASCII[name].strip() for name in drawing.ASCII.names)
