"""Text in exactly the cells it is given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.widgets.cells import cut, fit, visible, wrap
from screens.widgets.line_bar import half_width

WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)


@given(WORDS, st.integers(1, 20), st.booleans())
def test_fitted_text_takes_exactly_its_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(visible(text), width, right=right)) == width


@given(WORDS, st.integers(2, 20))
def test_wrapped_text_loses_nothing_but_blanks(text: str, width: int) -> None:
    shown = visible(text)
    lines = wrap(shown, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(shown.split())


def test_an_ellipsis_stands_for_what_is_cut() -> None:
    assert cut("训练作业", 5) == "训练…"
    assert cut("训练作业", 8) == "训练作业"
    assert fit("ab", 4, right=True) == "  ab"


def test_full_width_signs_become_the_plain_ones() -> None:
    assert half_width("：ｊｏｂｓ　ｓｔａｔｅ＝ｘ／！") == ":jobs state=x/!"
    assert half_width("训练。") == "训练。"
