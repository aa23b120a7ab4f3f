"""Many node names as one short text, from which every name can be read again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cells import cell_width
from console.present.node_names import compressed, nodes_text

_NAMES = st.one_of(
    st.from_regex(r"[a-z]{1,2}-?n?[0-9]{1,3}(\.eu)?", fullmatch=True),
    st.from_regex(r"(node|机)-[0-9]{1,2}", fullmatch=True),
    st.text("ab019-.", min_size=1, max_size=8),
)


def expand(text: str) -> Iterator[str]:
    """What a scheduler reads out of such a text."""
    for part in re.findall(r"(?:[^,\[]|\[[^\]]*\])+", text):
        match = re.fullmatch(r"(.*?)\[(.*)\](.*)", part)
        if match is None:
            yield part
            continue
        for run in match[2].split(","):
            first, _, last = run.partition("-")
            for number in range(int(first), int(last or first) + 1):
                yield f"{match[1]}{str(number).zfill(len(first))}{match[3]}"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["n1", "n2", "n3", "n70"], "n[1-3,70]"),
        ([f"train-a-n{at}" for at in [*range(64, 0, -1), 70]], "train-a-n[1-64,70]"),
        (["n8", "n9", "n10"], "n[8-10]"),
        (["n08", "n09", "n10"], "n[08-10]"),
        (["n8", "n08"], "n[8,08]"),
        (["a1", "b2", "head"], "a1,b2,head"),
        (["r1-n1.eu", "r1-n2.eu", "r2-n1.eu"], "r1-n[1-2].eu,r2-n1.eu"),
        (["n[1-2]", "n1", "n2"], "n[1-2],n[1-2]"),
        ([], ""),
    ],
)
def test_names_are_written_as_schedulers_do(names: list[str], text: str) -> None:
    assert compressed(names) == text


@given(st.sets(_NAMES, max_size=40))
def test_every_name_can_be_read_again_and_none_else(names: set[str]) -> None:
    found = list(expand(compressed(names)))
    assert sorted(found) == sorted(names)


@given(st.lists(_NAMES, max_size=60), st.integers(1, 60))
def test_a_bounded_text_never_gets_wider_and_names_only_what_is_there(
    names: list[str], cells: int
) -> None:
    text = nodes_text(names, cells)
    if len(names) <= 3:
        assert text == ", ".join(names)
        return
    assert cell_width(text) <= cells
    if text == compressed(names):
        return
    head, _, _ = text.partition(" (")
    runs = head.replace(",…", "")
    if "…" not in runs and head != text:
        assert set(expand(runs)) <= set(names)


def test_what_was_cut_says_how_many_there_are() -> None:
    names = [f"train-a-n{at}" for at in range(1, 200, 3)]
    assert nodes_text(names, 30) == "train-a-n[1,4,7,10,13,…] (67)"
    assert nodes_text(["a1", "b2"], 3) == "a1, b2", "two are written out"
    assert nodes_text([f"{'x' * 50}-{at}y{at}" for at in range(9)], 12) == "xxxxxxx… (9)"
    assert nodes_text([f"n{at}" for at in range(5)]) == "n[0-4]"
