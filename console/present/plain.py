"""Rows as plain text: aligned tables for a terminal, line by line for screen readers and pipes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from console.present.context import PresentContext
from console.present.facts import Fact
from console.present.glyphs import glyph_text
from console.present.table import Align, Cell, Column, Row
from console.present.units import DASH
from console.text import cell_width, cut, pad

GAP = "  "

_EMPTY = Cell(DASH)


def cell_text(cell: Cell, ctx: PresentContext) -> str:
    """A cell with its sign before its word."""
    glyph = glyph_text(cell.glyph, ascii_only=ctx.ascii_only)
    return f"{glyph} {cell.text}" if glyph else cell.text


def table_text(
    columns: Sequence[Column], rows: Sequence[Row], ctx: PresentContext, *, width: int | None = None
) -> str:
    """An aligned table with its heading; no blanks at line ends.

    Args:
        width: cells of the terminal. Columns of least weight give way, then the widest are cut.
            `None` (a pipe) shows everything whole.
    """
    texts = [
        {column.id: cell_text(row.cells.get(column.id, _EMPTY), ctx) for column in columns}
        for row in rows
    ]
    titles = {column.id: ctx.t(column.title_key) for column in columns}
    wanted = {
        column.id: max(
            [cell_width(titles[column.id]), *(cell_width(text[column.id]) for text in texts)]
        )
        for column in columns
    }
    kept, widths = list(columns), wanted
    if width is not None:
        headings = {column.id: cell_width(titles[column.id]) for column in columns}
        kept, widths = fit(columns, wanted, width, headings)
    lines = [_line(kept, widths, titles)]
    lines += [_line(kept, widths, text) for text in texts]
    return "\n".join(lines)


def fit(
    columns: Sequence[Column],
    wanted: dict[str, int],
    width: int,
    headings: dict[str, int] | None = None,
) -> tuple[list[Column], dict[str, int]]:
    """The columns that fit and their widths; the heaviest column always stays.

    Args:
        wanted: cells of the widest text of each column, its heading included.
        headings: cells of each heading, which is not cut as long as anything else gives way.
    """
    widths = {column.id: min(wanted[column.id], column.max_width) for column in columns}
    least = {
        column.id: min(widths[column.id], max(column.min_width, (headings or {}).get(column.id, 0)))
        for column in columns
    }
    kept = list(columns)
    while len(kept) > 1 and _sum(kept, least) > width:
        kept.remove(min(kept, key=lambda column: column.weight))
    excess = _sum(kept, widths) - width
    while excess > 0:
        widest = max(kept, key=lambda column: widths[column.id] - least[column.id])
        spare = widths[widest.id] - least[widest.id]
        if spare <= 0:
            break
        widths[widest.id] -= 1
        excess -= 1
    if len(kept) == 1:
        widths[kept[0].id] = min(widths[kept[0].id], max(1, width))
    return kept, widths


def _sum(columns: Sequence[Column], widths: dict[str, int]) -> int:
    return sum(widths[column.id] for column in columns) + len(GAP) * (len(columns) - 1)


def _line(columns: Sequence[Column], widths: dict[str, int], texts: dict[str, str]) -> str:
    parts = [pad(texts[column.id], widths[column.id], column.align) for column in columns]
    return GAP.join(parts).rstrip()


def linear_text(columns: Sequence[Column], rows: Iterable[Row], ctx: PresentContext) -> str:
    """One line an object, every value after its heading: nothing depends on where it stands."""
    lines = []
    for row in rows:
        said = [
            f"{ctx.t(column.title_key)}: {row.cells[column.id].text}"
            for column in columns
            if column.id in row.cells and row.cells[column.id].text != DASH
        ]
        lines.append("; ".join(said))
    return "\n".join(lines)


def facts_text(facts: Sequence[Fact], ctx: PresentContext, *, width: int | None = None) -> str:
    """Facts as two columns, labels left."""
    labels = max((cell_width(fact.label) for fact in facts), default=0)
    lines = []
    for fact in facts:
        text = cell_text(Cell(fact.text, glyph=fact.glyph), ctx)
        line = f"{pad(fact.label, labels, Align.LEFT)}{GAP}{text}"
        lines.append((cut(line, width) if width is not None else line).rstrip())
    return "\n".join(lines)
