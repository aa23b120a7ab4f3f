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
from console.present.plain import GAP, cell_text, facts_text, fit, linear_text, table_text
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
    width = None if wide else terminal_width()
    if cli.plain:
        print_line(linear_text(columns, rows, ctx))
    elif cli.colour:
        print_line(_coloured_table(columns, rows, ctx, width))
    else:
        print_line(table_text(columns, rows, ctx, width=width))


def _coloured_table(
    columns: Sequence[Column], rows: Sequence[Row], ctx: PresentContext, width: int | None
) -> str:
    titles = {column.id: ctx.t(column.title_key) for column in columns}
    wanted = {name: cell_width(title) for name, title in titles.items()}
    for row in rows:
        for name in wanted:
            wanted[name] = max(wanted[name], cell_width(cell_text(_cell(row, name), ctx)))
    kept, widths = (list(columns), wanted) if width is None else fit(columns, wanted, width)
    heading = GAP.join(pad(titles[c.id], widths[c.id], c.align) for c in kept).rstrip()
    lines = [painted(heading, "1")]
    for row in rows:
        cells = [(_cell(row, column.id), column) for column in kept]
        texts = [
            painted(pad(cell_text(cell, ctx), widths[column.id], column.align), _code(cell, row))
            for cell, column in cells
        ]
        lines.append(GAP.join(texts).rstrip())
    return "\n".join(lines)


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
