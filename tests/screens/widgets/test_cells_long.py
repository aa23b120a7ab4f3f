"""Long texts are cut and wrapped in time that grows as they do."""

from __future__ import annotations

import time

import pytest

from screens.widgets.cells import cut, fit, width_of, wrap

LONG = ("x" * 50_000, "训练" * 25_000, "e\u0301" * 25_000, "\u0301" * 2_000, "👩\u200d👧" * 5_000)


@pytest.mark.parametrize("text", LONG, ids=["latin", "wide", "combined", "marks", "joined"])
def test_a_long_word_is_broken_without_loss_and_soon(text: str) -> None:
    began = time.process_time()
    lines = wrap(text, 25)
    assert time.process_time() - began < 2.0
    assert "".join(lines) == text
    assert all(width_of(line) <= 25 for line in lines)
    assert width_of(fit(text, 20)) == 20
    assert cut(text, 20).endswith("…") or width_of(text) <= 20
