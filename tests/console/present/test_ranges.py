"""Numbers as ranges, and back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.present.ranges import ranges_text


def numbers_of(text: str) -> set[int]:
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        low, _, high = part.partition("-")
        found |= set(range(int(low), int(high or low) + 1))
    return found


@given(st.sets(st.integers(0, 5000)))
def test_the_text_says_exactly_the_numbers(numbers: set[int]) -> None:
    text = ranges_text(numbers)
    assert numbers_of(text) == numbers
    assert len(text.split(",")) <= max(1, len(numbers))


def test_neighbours_are_one_range() -> None:
    assert ranges_text([7, 0, 1, 2, 3, 3]) == "0-3,7"
    assert ranges_text([]) == ""
