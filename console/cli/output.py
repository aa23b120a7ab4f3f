"""Standard output of the command line: JSON, tables and facts, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from api_client.models.slim import Slim, plain
from console.cells import cell_width, pad
from console.cli.context import Cli
from console.present.context import PresentContext
from console.present.facts import Fact
from console.present.plain import (
    GAP,
    Table,
    cell_text,
    facts_text,
    linear_text,
    unpainted,
)
from console.present.table import Cell, Column, Row, Tone
from console.present.units import DASH

_COLOURS = {
    Tone.DIM: "2",
    Tone.OK: "32",
    Tone.BUSY: "36",
    Tone.WAITING: "34",
    Tone.RECOVERING: "35",
    Tone.FAILED: "31",
    Tone.WARNING: "33",
    Tone.STALE: "2",
    Tone.MONEY: "33",
    Tone.ACCENT: "36",
}


def plain_value(value: Any) -> Any:
    """Domain objects as JSON values under their field names: amounts as text, times RFC 3339."""
    if isinstance(value, Slim):
        return plain(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=False)
    if isinstance(value, dict):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(item) for item in value]
    return value


def print_json(value: Any) -> None:
    """One JSON value, indented, on standard output."""
    sys.stdout.write(json.dumps(plain_value(value), indent=2, ensure_ascii=False) + "\n")


class JsonList:
    """A JSON list printed piece by piece, in the form `print_json` gives it."""

    def __init__(self) -> None:
        self._count = 0

    def write(self, values: Sequence[Any]) -> None:
        """Print further values."""
        for value in values:
            text = json.dumps(plain_value(value), indent=2, ensure_ascii=False)
            sys.stdout.write(",\n  " if self._count else "[\n  ")
            sys.stdout.write(text.replace("\n", "\n  "))
            self._count += 1

    def end(self) -> None:
        """Close the list."""
        sys.stdout.write("\n]\n" if self._count else "[]\n")


def print_json_line(value: Any) -> None:
    """One JSON value on one line, at once: for what goes on."""
    sys.stdout.write(json.dumps(plain_value(value), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_line(text: str) -> None:
    """One line of data. Untrusted parts of it were made visible before."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def terminal_width() -> int | None:
    """Cells of the terminal behind standard output; `None` where there is none."""
    if not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def print_table(
    cli: Cli,
    columns: Sequence[Column],
    rows: Sequence[Row],
    ctx: PresentContext,
    *,
    wide: bool = False,
) -> None:
    """A table: fitted to a terminal, whole in a pipe, a sentence for each row with `--plain`.

    Args:
        wide: every column at its whole width, whatever the terminal.
    """
    TableLines(cli, columns, ctx, wide=wide).write(rows)


class TableLines:
    """A table that is printed piece by piece."""

    def __init__(
        self, cli: Cli, columns: Sequence[Column], ctx: PresentContext, *, wide: bool = False
    ) -> None:
        self._cli, self._columns, self._ctx = cli, columns, ctx
        self._table = Table(
            columns,
            ctx,
            width=None if wide else terminal_width(),
            paint=_coloured if cli.colour else unpainted,
        )

    def write(self, rows: Sequence[Row]) -> None:
        """Print further rows; the heading stands before the first ones."""
        if self._cli.plain and rows:
            print_line(linear_text(self._columns, rows, self._ctx))
        elif rows:
            print_line("\n".join(self._table.lines(rows)))


def _coloured(text: str, cell: Cell | None, row: Row | None) -> str:
    return painted(text, "1" if cell is None or row is None else _code(cell, row))


def _cell(row: Row, name: str) -> Cell:
    return row.cells.get(name, Cell(DASH))


def _code(cell: Cell, row: Row) -> str:
    return _COLOURS.get(cell.tone if cell.tone is not Tone.PLAIN else row.tone, "")


def painted_row(cli: Cli, row: Row, names: Sequence[str], ctx: PresentContext) -> str:
    """One row on a line of its own, without widths: for what goes on and has no last row."""
    cells = [_cell(row, name) for name in names]
    codes = [_code(cell, row) if cli.colour else "" for cell in cells]
    texts = [painted(cell_text(cell, ctx), code) for cell, code in zip(cells, codes, strict=True)]
    return GAP.join(texts)


def painted(text: str, code: str) -> str:
    """The text in a colour of the terminal's own sixteen; blanks are left alone."""
    return f"\x1b[{code}m{text}\x1b[0m" if code and text.strip() else text


def print_facts(cli: Cli, facts: Sequence[Fact], ctx: PresentContext) -> None:
    """Labels and values, one a line, whole."""
    if not cli.colour:
        print_line(facts_text(facts, ctx))
        return
    width = max((cell_width(fact.label) for fact in facts), default=0)
    for fact in facts:
        text = cell_text(Cell(fact.text, glyph=fact.glyph), ctx)
        print_line(f"{pad(fact.label, width)}{GAP}{painted(text, _COLOURS.get(fact.tone, ''))}")


def drop_output() -> None:
    """Nobody reads any more: what is still buffered goes nowhere, silently."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
