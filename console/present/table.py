"""The shape every list takes: columns, cells and keyed rows of plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeVar, overload

from msgspec import Struct, field

T = TypeVar("T")
C = TypeVar("C")
D = TypeVar("D")


class Tone(StrEnum):
    """What a cell means; themes decide how it looks. The names are the theme's tokens."""

    PLAIN = "plain"
    DIM = "dim"
    OK = "ok"
    BUSY = "busy"
    WAITING = "waiting"
    RECOVERING = "recovering"
    FAILED = "failed"
    WARNING = "warning"
    STALE = "stale"
    MONEY = "money"
    ACCENT = "accent"

    # Every cell on the screen is looked up by its tone, and an enum's own hash is slow.
    __hash__ = str.__hash__


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        id: also the field's name in filters and in saved views.
        title_key: catalogue key of the heading.
        min_width: terminal cells below which the column is not drawn narrower.
        max_width: terminal cells above which its text is cut.
        weight: what is kept when the terminal is narrow; higher stays longer.
        money: shown only while money columns are on.
    """

    id: str
    title_key: str
    min_width: int = 4
    max_width: int = 40
    align: Align = Align.LEFT
    weight: int = 50
    money: bool = False


class Cell(Struct, frozen=True, gc=False):
    """One value as text, what it means, and what it sorts by.

    `text` is untrusted plain text: never markup, control characters already made visible.
    `glyph` is the name of a glyph in the theme's glyph set, drawn before the text.
    """

    text: str
    tone: Tone = Tone.PLAIN
    sort: float | str | None = None
    glyph: str = ""


class Row(Struct, frozen=True, gc=False):
    """One object: its key (never a position), its cells by column id, its tone."""

    key: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    tone: Tone = Tone.PLAIN
    depth: int = 0

    def but(self, column: str, cell: Cell) -> Row:
        """The same row with another cell in one column."""
        return Row(self.key, {**self.cells, column: cell}, self.tone, self.depth)

    def at_depth(self, depth: int) -> Row:
        """The same row, standing so deep."""
        return Row(self.key, self.cells, self.tone, depth)


class MadeCells(Mapping[str, Cell]):
    """The cells of one object, each made when it is first looked at.

    Args:
        makers: what makes the cell of each column.
    """

    __slots__ = ("_ctx", "_item", "_made", "_makers")

    def __init__(self, makers: Mapping[str, Callable[[T, C], Cell]], item: T, ctx: C) -> None:
        self._makers: Mapping[str, Callable[[Any, Any], Cell]] = makers
        self._item, self._ctx = item, ctx
        self._made: dict[str, Cell] = {}

    def __getitem__(self, column: str) -> Cell:
        cell = self._made.get(column)
        if cell is None:
            cell = self._made[column] = self._makers[column](self._item, self._ctx)
        return cell

    @overload
    def get(self, key: str, /) -> Cell | None: ...
    @overload
    def get(self, key: str, /, default: Cell | D) -> Cell | D: ...
    def get(self, key: str, /, default: Any = None) -> Any:
        """The cell of a column, in the shortest way: every cell on the screen is got so."""
        cell = self._made.get(key)
        if cell is None:
            make = self._makers.get(key)
            if make is None:
                return default
            cell = self._made[key] = make(self._item, self._ctx)
        return cell

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class RowSource(Protocol):
    """What a list of any length shows: keys in order, and rows made only when looked at."""

    def __len__(self) -> int: ...

    def row(self, index: int) -> Row:
        """The row at a position."""
        ...

    def key(self, index: int) -> str:
        """The key of the row at a position, without making the row."""
        ...

    def position(self, key: str) -> int | None:
        """Where the object with that key is, `None` where it is not in the list."""
        ...
