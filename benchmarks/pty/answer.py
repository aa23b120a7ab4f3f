"""Keys typed ahead until a program answers them, and a line of commands taken away again."""

from __future__ import annotations

import time

from benchmarks.pty.stream import words
from benchmarks.pty.terminal import ProgramEnded, Terminal

KEY, ANSWER = b":zzy", "zzy"
"""The command line of the console shows what was typed as soon as it answers keys."""
TYPED_AGAIN = 0.04
ESCAPE = b"\x1b"
_PATIENCE = 60.0


def answered(terminal: Terminal, key: bytes = KEY, answer: str = ANSWER) -> float:
    """Seconds from the start until a key is answered.

    What is typed too early may be lost, so it is typed again and again, the same for all.

    Raises:
        ProgramEnded: no key was answered.
    """
    while (now := time.perf_counter() - terminal.started) < _PATIENCE and terminal.alive:
        terminal.send(key)
        terminal.read_for(TYPED_AGAIN)
        if answer.encode() in words(terminal.output):
            return terminal.time_of(answer)
    raise ProgramEnded(f"no key was answered in {now:.0f} s:\n{terminal.text()}")


def close_line(terminal: Terminal, text: str = ANSWER) -> None:
    """Escape from a line, and wait until it is gone.

    A key that comes in one piece with an escape is another key: Alt and it.

    Raises:
        ProgramEnded: the line stayed.
    """
    end = time.perf_counter() + _PATIENCE
    terminal.send(ESCAPE)
    while time.perf_counter() < end and terminal.alive:
        terminal.settle()
        if text not in terminal.text():
            return
    raise ProgramEnded(f"the line did not close:\n{terminal.text()}")
