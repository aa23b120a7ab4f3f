"""The line of a group or of an array: its name, how many, their states, their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from console.cells import visible
from console.present.cells import count_cell, text_cell
from console.present.context import PresentContext
from console.present.states import word_of
from console.present.table import Cell, Column, Row, Tone

STATES: Final = ("state", "health", "outcome", "severity")
"""Columns a summary of states may stand in; also the area of the catalogue its words are in."""

_AREAS: Final = {"state": "job"}
_PROSE: Final = ("reason", "message", "cause", "jobs")
_AMOUNT: Final = "accelerators"


def group_word(column: str, name: str, ctx: PresentContext) -> str:
    """The name of a group; that of a state in words."""
    return word_of(_AREAS.get(column, column), name, ctx) if column in STATES and name else name


def states_text(states: Mapping[str, int], area: str, ctx: PresentContext) -> str:
    """`12 running, 3 failed`, the most first."""
    counted = sorted(((n, state) for state, n in states.items() if n > 0), reverse=True)
    return ", ".join(f"{n:,} {word_of(area, state, ctx)}" for n, state in counted)


def head_row(
    key: str,
    name: str,
    count: int,
    columns: Sequence[Column],
    ctx: PresentContext,
    *,
    states: Mapping[str, int],
    amount: float | None,
    folded: bool,
    depth: int = 0,
) -> Row:
    """The line that stands for several objects; `columns` are those on show."""
    if not columns:
        return Row(key, depth=depth)
    shown = visible(name) if name else ctx.t("lists.no_group")
    sign = "folded" if folded else "unfolded"
    title = Cell(f"{shown} · {count:,}", Tone.ACCENT, glyph=sign)
    cells = {columns[0].id: title}
    ids = [column.id for column in columns[1:]]
    column = next((each for each in ids if each in STATES), None)
    if column is not None:
        summary = text_cell(states_text(states, _AREAS.get(column, column), ctx), Tone.DIM)
        cells[column] = summary
        prose = next((each for each in ids if each in _PROSE), None)
        if prose is not None:
            cells[prose] = summary
    if _AMOUNT in ids and amount is not None:
        cells[_AMOUNT] = count_cell(int(amount), Tone.ACCENT)
    return Row(key, cells, Tone.ACCENT, depth)
