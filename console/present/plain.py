"""Rows as plain text: aligned tables for a terminal, line by line for screen readers and pipes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

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


Paint = Callable[[str, Cell | None, Row | None], str]
"""Colours the text of a cell; without a cell and its row it is a heading."""


def unpainted(text: str, cell: Cell | None, row: Row | None) -> str:
    """As it is."""
    return text


class Table:
    """An aligned table, made piece by piece; no blanks at line ends.

    The first rows decide what fits; without a width columns get wider where later rows need it.

    Args:
        width: cells of the terminal. Columns of least weight give way, then the widest are cut.
            `None` (a pipe) shows everything whole.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        ctx: PresentContext,
        *,
        width: int | None = None,
        paint: Paint = unpainted,
    ) -> None:
        self._columns, self._ctx = list(columns), ctx
        self._width, self._paint = width, paint
        self._widths: dict[str, int] = {}

    def lines(self, rows: Sequence[Row]) -> list[str]:
        """The lines of further rows; before the first ones stands the heading."""
        texts = [
            {
                column.id: cell_text(row.cells.get(column.id, _EMPTY), self._ctx)
                for column in self._columns
            }
            for row in rows
        ]
        heading = [] if self._widths else [self._begin(texts)]
        if self._width is None:
            self._widen(texts)
        return heading + [self._line(row, each) for row, each in zip(rows, texts, strict=True)]

    def _begin(self, texts: Sequence[Mapping[str, str]]) -> str:
        titles = {column.id: self._ctx.t(column.title_key) for column in self._columns}
        headings = {name: cell_width(title) for name, title in titles.items()}
        self._widths = dict(headings)
        self._widen(texts)
        if self._width is not None:
            self._columns, self._widths = fit(self._columns, self._widths, self._width, headings)
        parts = [pad(titles[c.id], self._widths[c.id], c.align) for c in self._columns]
        return self._paint(GAP.join(parts).rstrip(), None, None)

    def _widen(self, texts: Sequence[Mapping[str, str]]) -> None:
        for column in self._columns:
            wanted = max((cell_width(text[column.id]) for text in texts), default=0)
            self._widths[column.id] = max(self._widths[column.id], wanted)

    def _line(self, row: Row, texts: Mapping[str, str]) -> str:
        parts = []
        for column in self._columns:
            text = pad(texts[column.id], self._widths[column.id], column.align)
            parts.append(self._paint(text, row.cells.get(column.id, _EMPTY), row))
        return GAP.join(parts).rstrip()


def table_text(
    columns: Sequence[Column], rows: Sequence[Row], ctx: PresentContext, *, width: int | None = None
) -> str:
    """A whole `Table`, with its heading."""
    return "\n".join(Table(columns, ctx, width=width).lines(rows))


def fit(
    columns: Sequence[Column],
    wanted: dict[str, int],
    width: int,
    headings: dict[str, int] | None = None,
) -> tuple[list[Column], dict[str, int]]:
    """The columns that fit and their widths; the heaviest column always stays.

    Columns of little weight go before a name or a figure is cut: a part of either is of no use.

    Args:
        wanted: cells of the widest text of each column, its heading included.
        headings: cells of each heading, which is not cut as long as anything else gives way.
    """
    widths = {column.id: min(wanted[column.id], column.max_width) for column in columns}
    least = {
        column.id: min(widths[column.id], max(column.min_width, (headings or {}).get(column.id, 0)))
        for column in columns
    }
    heaviest = max(columns, key=lambda column: column.weight)
    for column in columns:
        if column is heaviest:
            least[column.id] = max(least[column.id], min(widths[column.id], width // 2))
        elif column.align is Align.RIGHT:
            least[column.id] = widths[column.id]
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
