"""A program of known latency, cost and manners is measured as what it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.pty.keys import hold, idle, press, resize_storm
from benchmarks.pty.stream import left_behind, modes, words
from benchmarks.pty.terminal import ProgramEnded, Terminal
from tests.benchmarks import fake_program
from tests.benchmarks.fake_program import CPU, DELAY, LETTERS

SLOW = 10.0
"""So much more than it should be is still a busy machine and no fault of the harness."""


@pytest.fixture
def program() -> Iterator[Terminal]:
    with Terminal([sys.executable, str(Path(fake_program.__file__))]) as terminal:
        terminal.wait_text("grid-is-shown")
        yield terminal


def test_a_key_takes_as_long_as_its_program(program: Terminal) -> None:
    pressed = press(program, [b"j"], 10)
    assert DELAY <= pressed.latency(50) < DELAY * SLOW
    assert pressed.latency(50) <= pressed.latency(95) <= pressed.latency(99)
    assert pressed.bytes_per_key == LETTERS
    assert pressed.silent == 0
    assert pressed.cpu_per_key < DELAY


def test_work_is_counted_as_cpu(program: Terminal) -> None:
    pressed = press(program, [b"b"], 4)
    assert CPU <= pressed.cpu_per_key < CPU * 2


def test_a_key_that_changes_nothing_has_no_latency(program: Terminal) -> None:
    pressed = press(program, [b"n"], 2, warm_up=0, patience=0.2)
    assert pressed.silent == 2
    with pytest.raises(ValueError, match="no values"):
        pressed.latency(50)


def test_a_held_key_that_is_slower_than_its_repeat_lags_behind(program: Terminal) -> None:
    assert DELAY <= hold(program, [b"j"], 0.3).lag < DELAY * SLOW
    behind = hold(program, [b"b"], 0.5)
    # 15 repeats of 50 ms are 750 ms of work in 467 ms, more where the repeats come late.
    assert behind.lag > CPU
    assert behind.cpu_per_key >= CPU


def test_a_program_left_alone_costs_nothing(program: Terminal) -> None:
    alone = idle(program, 0.5)
    assert alone.bytes_per_second == 0
    assert alone.cpu_percent < 10


def test_a_storm_of_sizes_reaches_the_program(program: Terminal) -> None:
    storm = resize_storm(program, [(80 + number, 24) for number in range(10)], gap=0.2)
    assert program.wait_text("size 89 ") > 0
    assert storm.count > 0
    assert storm.settled < 1.0


def test_a_program_that_cleans_up_has_no_problems(program: Terminal) -> None:
    end = program.quit(b"q")
    assert end.problems == ()
    assert end.code == 0
    # Its last words may be read in the moment after it is gone.
    assert end.screen_back is not None and end.screen_back < SLOW and end.gone < SLOW


def test_a_terminal_left_changed_is_told(program: Terminal) -> None:
    end = program.quit(b"x")
    assert end.screen_back is None
    assert set(end.problems) == {
        "mode 1049 is on",
        "the cursor is hidden",
        "the line settings differ",
    }


def test_a_text_that_never_comes_ends_with_the_screen(program: Terminal) -> None:
    with pytest.raises(ProgramEnded, match="grid-is-shown"):
        program.wait_text("never", patience=0.1)


def test_an_older_text_does_not_count(program: Terminal) -> None:
    since = len(program.chunks)
    with pytest.raises(ProgramEnded):
        program.wait_text("grid-is-shown", patience=0.1, since=since)


def test_memory_is_that_of_the_tree() -> None:
    child = "import time; block = b'x' * 30_000_000; print('up', flush=True); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    with Terminal([sys.executable, "-c", parent]) as terminal:
        terminal.wait_text("up")
        memory = terminal.memory()
    assert memory.peak >= memory.resident > 40_000_000


def test_what_is_started_is_ended() -> None:
    with Terminal(
        [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    ) as t:
        t.wait_text("up")
        process = t.process
    assert process.poll() is not None


def test_a_program_that_is_gone_is_not_waited_for() -> None:
    started = time.monotonic()
    with Terminal([sys.executable, "-c", "print('other')"]) as terminal:
        with pytest.raises(ProgramEnded, match="other"):
            terminal.wait_text("ready")
    assert time.monotonic() - started < 30


def test_modes_are_read_however_they_are_grouped() -> None:
    data = b"\x1b[?1000;1006h\x1b[?25l text \x1b[?1000l"
    assert modes(data) == {1000: False, 1006: True, 25: False}
    assert left_behind(data) == ["mode 1006 is on", "the cursor is hidden"]
    assert words(b"\x1b[1mread\x1b[0;31my\x1b[0m") == b"ready"
