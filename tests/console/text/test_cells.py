"""Widths, cutting and what makes untrusted text safe."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.text import cell_width, cut, pad, visible


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("train", 5),
        ("训练", 4),
        ("ｈｉ", 4),
        ("e\u0301", 1),
        ("🚀", 2),
        ("☂\ufe0f", 2),
        ("a\u200bb", 2),
        ("각", 2),
    ],
)
def test_widths(text: str, width: int) -> None:
    assert cell_width(text) == width


@given(st.text(), st.integers(min_value=0, max_value=30))
def test_cut_never_exceeds_its_width(text: str, cells: int) -> None:
    assert cell_width(cut(text, cells)) <= cells


@given(st.text(), st.integers(min_value=0, max_value=30), st.sampled_from(["left", "right"]))
def test_pad_is_exactly_its_width(text: str, cells: int, align: str) -> None:
    assert cell_width(pad(text, cells, align)) == cells


@given(st.text())
def test_cut_leaves_text_alone_that_fits(text: str) -> None:
    assert cut(text, max(1, cell_width(text))) == text


def test_cut_says_that_something_is_missing() -> None:
    assert cut("训练作业", 5) == "训练…"
    assert cut("训练作业", 4) == "训…"
    assert pad("训练作业", 4) == "训… "
    assert pad("7", 3, "right") == "  7"


@given(st.text(alphabet=st.characters()))
def test_visible_leaves_nothing_that_acts(text: str) -> None:
    shown = visible(text)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in shown)
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )
    assert visible(shown) == shown
    shown.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "␛[31m"),
        ("a\x00b", "a␀b"),
        ("a\nb\t", "a␊b␉"),
        ("\x9b1m", "⟪009B⟫1m"),
        ("x\u202ey", "x⟪RLO⟫y"),
        ("\udc80", "⟪DC80⟫"),
        ("[red]训练[/x]", "[red]训练[/x]"),
    ],
)
def test_visible_names_what_it_found(text: str, shown: str) -> None:
    assert visible(text) == shown
