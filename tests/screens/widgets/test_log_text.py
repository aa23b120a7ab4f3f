"""Lines of a log: colours kept, everything else shown."""

from __future__ import annotations

import pytest
from rich.color import Color

from console.present.table import Tone
from screens.widgets.log_text import LINE_CAP, parse_line


def test_colours_become_styles_and_leave_no_trace_in_the_text() -> None:
    line = parse_line(b"\x1b[1;31mred\x1b[0m plain \x1b[38;5;200mx\x1b[38;2;1;2;3my\x1b[39mz\n")
    assert line.text == "red plain xyz"
    styles = [run.style for run in line.runs]
    assert styles[0] is not None and styles[0].bold and styles[0].color == Color.from_ansi(1)
    assert styles[1] is None and styles[4] is None
    assert styles[3] is not None and styles[3].color == Color.from_rgb(1, 2, 3)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b]0;title\x07text", "␛]0;title␇text"),
        (b"\x1b[2Jgone", "␛[2Jgone"),
        (b"\x1b[", "␛["),
        (b"\x1b[38m\x1b[38;2;1mx", "x"),
        (b"a\x00b\x7f", "a␀b␡"),
        (b"bad \xff\xfe end", "bad \\xff\\xfe end"),
        (b"tab\there", "tab    here"),
        (b"10%\r50%\r100%\r\n", "100%"),
        (b"[/x] [bold]", "[/x] [bold]"),
        (b"", ""),
        (b"\x1b[99999999999m;", ";"),
    ],
)
def test_everything_else_is_shown_as_it_is(raw: bytes, shown: str) -> None:
    assert parse_line(raw).text == shown


def test_a_very_long_line_is_cut_and_counted() -> None:
    line = parse_line(b"x" * 1_000_000)
    assert len(line.text) == LINE_CAP and line.cut_bytes == 1_000_000 - LINE_CAP
    wide = parse_line("训".encode() * 20_000)
    assert len(wide.text) == LINE_CAP and wide.cut_bytes == 30_000


@pytest.mark.parametrize(
    ("raw", "tone"),
    [
        (b"12:00 ERROR lost rank 3", Tone.FAILED),
        (b"Traceback (most recent call last):", Tone.FAILED),
        (b"WARNING: slow", Tone.WARNING),
        (b"DEBUG x", Tone.DIM),
        (b"an error-free day", Tone.PLAIN),
        (b"\x1b[32mERROR in its own colour\x1b[0m", Tone.PLAIN),
    ],
)
def test_the_level_gives_the_tone(raw: bytes, tone: Tone) -> None:
    assert parse_line(raw).tone is tone


def test_marks_that_turn_the_writing_direction_are_never_sent() -> None:
    text = parse_line("训练\u202e\u2066x".encode()).text
    assert text.startswith("训练") and text.endswith("x")
    assert "\u202e" not in text and "\u2066" not in text
