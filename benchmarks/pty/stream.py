"""What a program wrote to its terminal: chunks with their times, read as text or as modes."""

from __future__ import annotations

import re
from dataclasses import dataclass

ESCAPES = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[PX^_\]].*?(?:\x1b\\|\x07)|[^\[PX^_\]])", re.S)
_MODES = re.compile(rb"\x1b\[\?([\d;]+)([hl])")
ALTERNATE_SCREEN = 1049
CURSOR = 25
_TO_SWITCH_OFF = (9, 1000, 1002, 1003, 1005, 1006, 1015, 1016, 1049, 2004, 2048)

_ANSWERS = {
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
"""What programs ask and a common terminal says: position, kind, synchronised output."""


@dataclass(frozen=True)
class Chunk:
    """Bytes that came at one moment of `time.perf_counter`."""

    at: float
    data: bytes


def answers_to(data: bytes) -> bytes:
    """What a terminal says to the questions in a piece of output."""
    if b"\x1b[" not in data:
        return b""
    return b"".join(answer for question, answer in _ANSWERS.items() if question in data)


def words(data: bytes) -> bytes:
    """The output without its escape sequences."""
    return ESCAPES.sub(b"", data)


def modes(data: bytes) -> dict[int, bool]:
    """The private modes of the terminal as the output left them."""
    state: dict[int, bool] = {}
    for numbers, letter in _MODES.findall(data):
        for number in numbers.split(b";"):
            if number:
                state[int(number)] = letter == b"h"
    return state


def left_behind(data: bytes) -> list[str]:
    """Modes that the program switched and did not give back; empty for a restored terminal."""
    state = modes(data)
    left = [f"mode {number} is on" for number in _TO_SWITCH_OFF if state.get(number)]
    if state.get(CURSOR) is False:
        left.append("the cursor is hidden")
    return left
