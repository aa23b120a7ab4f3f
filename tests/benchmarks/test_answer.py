"""A line is closed before anything else is typed: an escape and a key in one piece is Alt."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.pty.answer import answered, close_line
from benchmarks.pty.terminal import ProgramEnded, Terminal

LINE = """
import os, sys, termios, time, tty
tty.setraw(0)
time.sleep(0.15)
termios.tcflush(0, termios.TCIFLUSH)
typed = b""
os.write(1, b"ready")
while True:
    data = os.read(0, 64)
    if data == b"\\x1b":
        {on_escape}
        os.write(1, b"\\x1b[2J\\x1b[H")
    elif data.startswith(b"q"):
        break
    else:
        os.write(1, data)
"""


def _program(tmp_path: Path, on_escape: str) -> list[str]:
    path = tmp_path / "line.py"
    path.write_text(LINE.format(on_escape=on_escape))
    return [sys.executable, str(path)]


def test_a_key_lost_at_the_start_is_typed_again(tmp_path: Path) -> None:
    with Terminal(_program(tmp_path, "pass")) as terminal:
        assert answered(terminal) > 0.15


def test_the_line_is_gone_before_the_next_key(tmp_path: Path) -> None:
    with Terminal(_program(tmp_path, "time.sleep(0.6)")) as terminal:
        answered(terminal)
        close_line(terminal)
        assert "zzy" not in terminal.text()
        assert terminal.quit(b"q").code == 0


def test_a_line_that_stays_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.pty.answer._PATIENCE", 1.0)
    with Terminal(_program(tmp_path, "continue")) as terminal:
        answered(terminal)
        with pytest.raises(ProgramEnded, match="did not close"):
            close_line(terminal)
