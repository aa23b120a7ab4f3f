"""Lines of a log: colours kept, everything else shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cells import visible
from console.logs.colours import Look
from console.logs.decode import LINE_CAP, Run, decode_line, states


def test_colours_become_looks_and_leave_no_trace_in_the_text() -> None:
    line = decode_line(
        b"\x1b[1;31mred\x1b[0m plain \x1b[38;5;200mx\x1b[38;2;1;2;3my\x1b[39mz"
        b"\x1b[48:2::4:5:6mw\x1b[0;4:3mu\x1b[m.\n"
    )
    assert line.runs == (
        Run("red", Look(colour=1, bold=True)),
        Run(" plain "),
        Run("x", Look(colour=200)),
        Run("y", Look(colour=(1, 2, 3))),
        Run("z"),
        Run("w", Look(background=(4, 5, 6))),
        Run("u", Look(underline=True)),
        Run("."),
    )
    assert line.coloured and not decode_line(b"plain").coloured


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b]0;title\x07text", "␛]0;title␇text"),
        (b"\x1b[2Jgone", "␛[2Jgone"),
        (b"\x1b[", "␛["),
        (b"\x1b[38m\x1b[38;2;1mx", "x"),
        (b"a\x00b\x7f", "a␀b␡"),
        (b"\x00" * 4096 + b"after", "␀×4096 after"),
        (b"bad \xff\xfe end", "bad \\xff\\xfe end"),
        ("训".encode()[:2], "\\xe8\\xae"),
        (b"\xc2\x9b31mC1", "⟪009B⟫31mC1"),
        (b"tab\there", "tab    here"),
        (b"10%\r50%\r100%\r\n", "100%"),
        (b"10%\r50%\r    \r\n", "50%"),
        (b"10%\r50%\r\x1b[0m", "50%"),
        (b"\r\r\n", ""),
        (b"[/x] [bold]", "[/x] [bold]"),
        (b"", ""),
        (b"\x1b[99999999999m;", ";"),
    ],
)
def test_everything_else_is_shown_as_it_is(raw: bytes, shown: str) -> None:
    assert decode_line(raw).text == shown


def test_a_very_long_line_is_cut_and_counted() -> None:
    line = decode_line(b"x" * 1_000_000)
    assert len(line.text) == LINE_CAP and line.cut_bytes == 1_000_000 - LINE_CAP
    wide = decode_line("训".encode() * 20_000)
    assert len(wide.text) == LINE_CAP and wide.cut_bytes == 30_000
    broken = decode_line(b"\xff" * 20_000)
    assert broken.text == "\\xff" * LINE_CAP and broken.cut_bytes == 10_000


def test_the_head_of_a_line_is_enough() -> None:
    head = b"ERROR " + b"x" * 50_000
    line = decode_line(head, length=200_000_000)
    assert line.cut_bytes == 200_000_000 - LINE_CAP
    bar = decode_line(b" 1%\r" * 20_000, length=200_000_000, tail=b"98%\r 99%\r\n")
    assert bar.text == " 99%" and bar.cut_bytes == 0 and bar.redrawn


def test_the_history_of_a_bar_is_what_it_showed() -> None:
    raw = b" 1%\r 1%\r\r  2%\r\x1b[K\r  3%\r\n"
    assert states(raw) == (b" 1%", b"  2%", b"  3%")
    assert states(raw, most=2) == (b"  2%", b"  3%")
    assert states(b"no bar\n") == (b"no bar",) and states(b"\n") == ()
    assert decode_line(raw).redrawn and not decode_line(b"no bar\r\n").redrawn


def test_spans_of_bytes_mark_what_is_shown() -> None:
    raw = "old\r训练 \x1b[31mlo\x1b[0mss\t= nan".encode()
    start, end = raw.index(b"lo"), raw.index(b"=")
    line = decode_line(raw, spans=[(start, end)])
    assert [(run.text, run.hit) for run in line.runs] == [
        ("训练 ", False),
        ("lo", True),
        ("ss    ", True),
        ("= nan", False),
    ]
    part = decode_line("a训b".encode(), spans=[(2, 3)])
    assert [(run.text, run.hit) for run in part.runs] == [("a", False), ("训", True), ("b", False)]
    hole = decode_line(b"\x00" * 20 + b"abc", spans=[(21, 22)])
    assert [run.text for run in hole.runs if run.hit] == ["b"]


def test_a_label_says_whose_line_it_is() -> None:
    assert decode_line(b"\x1b[32m[rank3]: hello\x1b[0m").rank == 3
    assert decode_line(b"2024-05-01 12:00:00 [Rank 12] hello").rank == 12
    assert decode_line(b"hello").rank is None


def test_marks_that_turn_the_writing_direction_are_never_sent() -> None:
    text = decode_line("训练\u202e\u2066x".encode()).text
    assert text.startswith("训练") and text.endswith("x")
    assert "\u202e" not in text and "\u2066" not in text


@given(
    st.binary(max_size=300),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=4),
)
def test_nothing_a_terminal_obeys_comes_out(raw: bytes, spans: list[tuple[int, int]]) -> None:
    line = decode_line(raw, spans=spans)
    assert line.text == decode_line(raw).text == visible(line.text)
    assert line.cut_bytes == 0
    assert all(run.text for run in line.runs)
