"""A grid among the things that can cover it; tells on request what it thinks is on the screen.

Run as `python -m tests.e2e.painted_app FILE`: the key `ctrl+g` writes there, as JSON, the text, the
colours and the attributes of every cell as the compositor would draw them.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from textual import events
from textual.app import App, ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from console.present.table import Align, Cell, Column, Row, Tone
from screens.widgets.grid import Grid

COLUMNS = (
    Column("name", "k", min_width=8, max_width=30, weight=100),
    Column("state", "k", min_width=8, weight=90),
    Column("age", "k", min_width=5, align=Align.RIGHT, weight=50),
    Column("owner", "k", min_width=12, weight=5),
    Column("note", "k", min_width=20, weight=2),
)
NAMES = (
    "train",
    "训练作业",
    "[/x]",
    "\x1b[31mred",
    "e\u0301te\u0301",
    "👩\u200d🔬 lab",
    "🇨🇳❤\ufe0f",
    "\u202erev",
)
TONES = tuple(Tone)


class Rows:
    """Rows by number; each change of `turn` changes some of them."""

    def __init__(self, count: int) -> None:
        self.numbers = list(range(count))
        self.turn = 0

    def __len__(self) -> int:
        return len(self.numbers)

    def key(self, index: int) -> str:
        return str(self.numbers[index])

    def position(self, key: str) -> int | None:
        number = int(key)
        return self.numbers.index(number) if number in self.numbers else None

    def row(self, index: int) -> Row:
        number = self.numbers[index]
        mood = (number + self.turn) % 7
        cells = {
            "name": Cell(f"{NAMES[number % len(NAMES)]}-{number}"),
            "state": Cell("RUNNING" if mood else "FAILED", TONES[mood], glyph="running"),
            "age": Cell(f"{number * (1 + mood % 2)}m"),
            "owner": Cell(f"owner{number % 5}"),
            "note": Cell("x" * (number % 40)),
        }
        return Row(str(number), cells)


class Question(ModalScreen[None]):
    """Covers the middle."""

    DEFAULT_CSS = "Question { align: center middle; } Question Static { width: 30; height: 5; }"

    def compose(self) -> ComposeResult:
        yield Static("really?", markup=False)

    def on_key(self, event: events.Key) -> None:
        if event.key != "ctrl+g":
            event.stop()
        if event.key == "ctrl+x":
            self.dismiss(None)


class PaintedApp(App[None]):
    """One stroke for each thing that may happen to a list."""

    CSS = "Input { dock: bottom; display: none; } #status { height: 1; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, answer: Path) -> None:
        super().__init__()
        self.answer = answer
        self.rows = Rows(300)
        self.grid = Grid(COLUMNS, {column.id: column.id.upper() for column in COLUMNS})

    def compose(self) -> ComposeResult:
        yield Static("status", id="status")
        yield self.grid
        yield Input()

    def on_mount(self) -> None:
        self.grid.set_source(self.rows)
        self.grid.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "ctrl+g":
            event.stop()
            event.prevent_default()
            self.set_timer(0.1, self.tell)
            return
        verb = getattr(self, f"key_of_{event.key}", None)
        move = getattr(self.grid, f"action_{MOVES.get(event.key, '')}", None)
        found = verb or move
        if found is not None and not isinstance(self.focused, Input):
            event.stop()
            event.prevent_default()
            found()
        elif event.key == "ctrl+x":
            self.query_one(Input).display = False
            self.grid.focus()

    def key_of_t(self) -> None:
        self.theme = "textual-light" if self.theme == "textual-dark" else "textual-dark"

    def key_of_n(self) -> None:
        self.notify("a toast that goes by itself", timeout=0.3, markup=False)

    def key_of_d(self) -> None:
        if len(self.screen_stack) == 1:
            self.push_screen(Question())

    def key_of_i(self) -> None:
        field = self.query_one(Input)
        field.display = True
        field.focus()

    def key_of_r(self) -> None:
        self.rows.turn += 1
        self.query_one("#status", Static).update(f"turn {self.rows.turn}")
        self.grid.set_source(self.rows, changed={str(n) for n in self.rows.numbers})

    def key_of_m(self) -> None:
        moved = self.rows.numbers[:5]
        del self.rows.numbers[:5]
        self.rows.numbers.extend(moved)
        self.grid.set_source(self.rows, changed={str(n) for n in moved})

    def key_of_f(self) -> None:
        few = len(self.rows) < 100
        self.rows.numbers = list(range(300 if few else 7))
        self.grid.set_source(self.rows)

    def key_of_u(self) -> None:
        self.grid.set_notice("" if self.grid._notice else "stale since 14:02", Tone.STALE)

    def key_of_e(self) -> None:
        with self.suspend():
            os.write(1, b"\x1b[2J\x1b[Hanother program was here")

    def tell(self) -> None:
        """Write what every cell should be."""
        strips = self.screen._compositor.render_strips()
        answer = [_cells(strip) for strip in strips]
        waiting = self.answer.with_suffix(".new")
        waiting.write_text(json.dumps(answer))
        waiting.replace(self.answer)


MOVES = {
    "j": "down",
    "k": "up",
    "space": "page_down",
    "b": "page_up",
    "g": "top",
    "G": "bottom",
    "v": "mark",
    "l": "column_right",
    "h": "column_left",
    "w": "wide",
    "s": "sort_next",
}


def _cells(strip: Any) -> list[list[Any]]:
    """Letter, foreground, background, reversed, bold; a wide letter is followed by an empty one."""
    cells: list[list[Any]] = []
    for text, style, _control in strip:
        look = [_hex(style.color), _hex(style.bgcolor), bool(style.reverse), bool(style.bold)]
        for letter in text:
            width = cell_len(letter)
            if not width and cells:
                cells[-1][0] += letter
                continue
            cells.append([letter, *look])
            cells.extend([["", *look]] * (width - 1))
    return cells


def _hex(color: Color | None) -> str:
    return "default" if color is None or color.is_default else color.get_truecolor().hex[1:]


if __name__ == "__main__":
    PaintedApp(Path(sys.argv[1])).run()
