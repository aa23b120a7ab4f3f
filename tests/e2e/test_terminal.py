"""The harness itself: a small program in a terminal, seen and driven as a person would."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.emulator import Filter
from tests.e2e.terminal import Terminal, encode_key

ECHO = """
import os, signal, sys, tty
tty.setcbreak(0)
def show(*_):
    columns, lines = os.get_terminal_size(0)
    os.write(1, f"\\x1b[2J\\x1b[Hsize {columns}x{lines}\\r\\n".encode())
signal.signal(signal.SIGWINCH, show)
show()
while True:
    try:
        key = os.read(0, 64)
    except InterruptedError:
        continue
    if key == b"q":
        sys.exit(7)
    os.write(1, b"got " + repr(key).encode() + b"\\r\\n")
"""


@pytest.fixture
def program(tmp_path: Path) -> list[str]:
    path = tmp_path / "echo.py"
    path.write_text(ECHO)
    return [sys.executable, str(path)]


def test_keys_reach_the_program_and_its_answer_the_screen(program: list[str]) -> None:
    with Terminal(program, columns=60, rows=16) as terminal:
        terminal.wait_for("size 60x16")
        terminal.send("up", "x")
        terminal.wait_for("got b'\\x1b[A")
        terminal.wait_for(lambda lines: any("x'" in line for line in lines))
        terminal.type("中")
        terminal.wait_for("\\xe4\\xb8\\xad")
        terminal.send("q")
        assert terminal.wait_exit() == 7


def test_resize_is_felt(program: list[str]) -> None:
    with Terminal(program, columns=60, rows=16) as terminal:
        terminal.wait_for("size 60x16")
        terminal.resize(100, 30)
        terminal.wait_for("size 100x30")
        assert len(terminal.screen()) == 30


def test_failed_wait_shows_the_screen(program: list[str]) -> None:
    with Terminal(program, columns=40, rows=5) as terminal:
        terminal.wait_for("size 40x5")
        with pytest.raises(AssertionError) as failure:
            terminal.wait_for("nowhere", timeout=0.05)
    assert "waited for 'nowhere', but 0.05 s went by" in str(failure.value)
    assert f"|{'size 40x5':<40}|" in str(failure.value)


def test_wait_fails_at_once_when_the_program_ends(program: list[str]) -> None:
    with Terminal(program) as terminal:
        terminal.wait_for("size")
        terminal.send("q")
        with pytest.raises(AssertionError, match="but the program ended"):
            terminal.wait_for("nowhere", timeout=30)


def test_close_ends_a_program_that_ignores_hangup(tmp_path: Path) -> None:
    program = (
        "import signal, os; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
        "os.write(1, b'deaf'); signal.pause()"
    )
    terminal = Terminal([sys.executable, "-c", program])
    terminal.wait_for("deaf")
    pid = terminal.pid
    terminal.close()
    assert not psutil.pid_exists(pid)


def test_program_owns_its_terminal() -> None:
    with Terminal([sys.executable, "-c", "print(open('/dev/tty').isatty())"]) as terminal:
        terminal.wait_for("True")
        assert terminal.wait_exit() == 0


def test_output_keeps_its_meaning_however_it_is_cut() -> None:
    data = "a\x1b[<u\x1b[?2026$p\x1bP+q544e\x1b\\中\x1b[4:3mb\x1b[31mc\x1b[0m".encode()
    whole = Filter().feed(data)
    assert whole == "a中b\x1b[31mc\x1b[0m"
    for cut in range(len(data)):
        pieces = Filter()
        assert pieces.feed(data[:cut]) + pieces.feed(data[cut:]) == whole, cut


@pytest.mark.parametrize(
    ("key", "sent"),
    [
        ("ctrl+c", b"\x03"),
        ("alt+up", b"\x1b\x1b[A"),
        ("alt+x", b"\x1bx"),
        ("enter", b"\r"),
        (":", b":"),
        ("：", "：".encode()),
    ],
)
def test_keys_are_sent_as_terminals_send_them(key: str, sent: bytes) -> None:
    assert encode_key(key) == sent
