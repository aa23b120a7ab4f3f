"""What the terminal shows is what the compositor would draw, whatever happened before."""

from __future__ import annotations

import json
import os
import random
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import Terminal

MOVES = "jjjjjjjjkkkkgG" + "  bb" + "vvllhhwssrrrmmftu"
STROKES = {1: MOVES + "nnd", 2: MOVES + "dii", 3: MOVES + "nnd"}
"""By seed. Toasts and an opening line are not mixed: the framework itself then leaves a toast."""
SIZES = ((100, 30), (60, 12), (140, 40), (100, 31))
PATIENCE = 8.0


class Painted:
    """The application in a terminal, asked now and then what it thinks it shows."""

    def __init__(self, folder: Path) -> None:
        self.answer = folder / "cells.json"
        home = {name: str(folder) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")}
        env = {**os.environ, **home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        env.pop("NO_COLOR", None)
        command = [sys.executable, "-m", "tests.e2e.painted_app", str(self.answer)]
        self.terminal = Terminal(command, columns=100, rows=30, env=env)

    def told(self) -> list[list[list[Any]]]:
        """The cells as the compositor has them once every key was obeyed."""
        self.answer.unlink(missing_ok=True)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            # Keys are lost while another program has the terminal: ask again.
            self.terminal.send("ctrl+g")
            if self._answered(min(deadline, time.monotonic() + 0.5)):
                lines: list[list[list[Any]]] = json.loads(self.answer.read_text())
                return lines
        raise AssertionError(self.terminal._report("no answer"))

    def _answered(self, deadline: float) -> bool:
        while not self.answer.exists():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def check(self, done: str) -> None:
        """Compare every cell; the terminal may need a moment for what is on its way."""
        deadline = time.monotonic() + PATIENCE
        while True:
            wrong = differences(self.terminal, self.told())
            if not wrong:
                return
            if time.monotonic() > deadline:
                raise AssertionError(f"after {done!r}\n" + "\n".join(wrong[:12]))


def differences(terminal: Terminal, wanted: list[list[list[Any]]]) -> list[str]:
    """The cells that are not as they should be."""
    found = []
    with terminal._changed:
        for y, line in enumerate(wanted):
            for x, cell in enumerate(line):
                shown = terminal._screen.buffer[y][x]
                letter = unicodedata.normalize("NFC", cell[0])
                look = [shown.fg, shown.bg, shown.reverse, shown.bold]
                blank = not cell[0].strip() and not cell[3]
                same = look[1:] == cell[2:] if blank else look == cell[1:]
                if unicodedata.normalize("NFC", shown.data) != letter or not same:
                    found.append(f"{y},{x}: {shown.data!r} {look} should be {cell}")
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_cell_is_as_the_compositor_would_draw_it(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    painted = Painted(tmp_path)
    with painted.terminal as terminal:
        terminal.wait_for("NAME")
        painted.check("start")
        done = ""
        for _ in range(25):
            strokes = "".join(chance.choices(STROKES[seed], k=chance.randint(1, 8)))
            if chance.random() < 0.15:
                terminal.resize(*chance.choice(SIZES))
            terminal.type(strokes)
            done += strokes
            terminal.send("ctrl+x")
            painted.check(done)


def test_another_program_leaves_no_trace(tmp_path: Path) -> None:
    painted = Painted(tmp_path)
    with painted.terminal as terminal:
        terminal.wait_for("NAME")
        terminal.type("jjjj")
        painted.check("jjjj")
        terminal.type("e")
        terminal.type("jjj")
        painted.check("jjjjejjj")


def test_scrolling_by_one_line_costs_less_than_a_kilobyte(tmp_path: Path) -> None:
    painted = Painted(tmp_path)
    with painted.terminal as terminal:
        terminal.wait_for("NAME")
        terminal.type("j" * 60)
        painted.check("j" * 60)
        before = len(terminal.raw)
        terminal.type("j" * 20)
        painted.check("j" * 80)
        assert len(terminal.raw) - before < 20 * 1000


def test_a_storm_of_sizes_ends_right(tmp_path: Path) -> None:
    painted = Painted(tmp_path)
    with painted.terminal as terminal:
        terminal.wait_for("NAME")
        terminal.type("j" * 40)
        for turn in range(100):
            terminal.resize(40 + turn * 7 % 90, 8 + turn * 3 % 30)
            terminal.type("j" if turn % 3 else "r")
            time.sleep(0.01)
        terminal.resize(100, 30)
        painted.check("the storm")
        terminal.type("jjk")
        painted.check("jjk")
