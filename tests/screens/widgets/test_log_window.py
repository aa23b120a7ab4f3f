"""A window of a log's bytes keeps its lines whole whichever way it grows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screens.widgets.log_window import LogWindow, MergedLines


def texts(window: LogWindow) -> list[bytes]:
    return [window.raw(at) for at in range(len(window))]


@given(st.lists(st.binary(max_size=6).map(lambda b: b.replace(b"\r", b"\n")), max_size=12))
def test_lines_do_not_depend_on_how_the_bytes_came(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    window = LogWindow()
    at = 0
    for part in parts:
        window.put(at, part, at)
        at += len(part)
    assert b"\n".join(texts(window)) == whole.removesuffix(b"\n")
    assert window.end == len(whole)


@given(st.integers(1, 40), st.integers(1, 40))
def test_growing_backward_gives_the_same_lines(first: int, second: int) -> None:
    whole = b"".join(b"line %d\n" % n for n in range(12))
    high, low = sorted((min(first, len(whole)), min(second, len(whole))), reverse=True)
    window = LogWindow()
    window.put(high, whole[high:], high)
    window.put(low, whole[low : window.start], low)
    window.put(0, whole[: window.start], 0)
    assert texts(window) == whole.splitlines()
    assert [window.key(at) for at in range(len(window))] == [
        sum(len(line) for line in whole.splitlines(keepends=True)[:at]) for at in range(12)
    ]


def test_memory_is_bounded_and_what_is_looked_at_stays() -> None:
    line = b"x" * 99 + b"\n"
    window = LogWindow(limit=10_000)
    for n in range(500):
        window.put(n * 100, line, n * 100)
        assert window.end - window.start <= 10_000
    assert window.end == 50_000 and window.raw(len(window) - 1) == line[:-1]
    start = window.start
    window.put(start - 5_000, line * 50, start - 5_000)
    assert window.start == start - 4_900, "the first line may have begun earlier"
    assert window.end - window.start <= 10_000
    assert all(text == line[:-1] for text in texts(window)[:-1])


def test_bytes_that_touch_nothing_are_refused_unless_a_jump_was_wanted() -> None:
    window = LogWindow()
    window.put(0, b"a\nb\n", 0)
    assert not window.put(1000, b"c\nd\n", 0)
    assert window.total == 1004 and texts(window) == [b"a", b"b"]
    assert window.put(1000, b"c\nd\n", 0, jump=True)
    assert texts(window) == [b"d"], "the head of the first line is not known"


def test_merged_lines_come_whole_and_the_oldest_go() -> None:
    merged = MergedLines(limit=30)
    merged.append(0, b"half")
    assert len(merged) == 0
    merged.append(1, b"one\n")
    merged.append(0, b" done\n")
    assert [(merged.rank(n), merged.raw(n)) for n in range(2)] == [(1, b"one"), (0, b"half done")]
    key = merged.key(1)
    merged.append(1, b"0123456789abcdef\nxyz\n")
    assert merged.raw(merged.index(key)) == b"half done"
    assert merged.raw(0) != b"one"
