"""How a list is arranged: what is kept, in which order, in which groups, which are folded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Sort:
    """The column rows are ordered by and which way; no column is the list's natural order."""

    column: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Folds:
    """Which groups are folded: all or none, but for the exceptions. Unset follows the length."""

    closed: bool | None = None
    but: frozenset[str] = frozenset()

    def folded(self, group: str, default: bool) -> bool:
        """Whether one group is folded."""
        closed = default if self.closed is None else self.closed
        return closed is not (group in self.but)

    def turned(self, group: str, default: bool) -> Folds:
        """One group folded or unfolded, the others as they are."""
        closed = default if self.closed is None else self.closed
        return Folds(closed, self.but ^ {group})


@dataclass(frozen=True, slots=True)
class Width:
    """One shown column and its width in cells, where somebody set it."""

    column: str
    cells: int | None = None


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Everything a saved view of a noun says.

    Attributes:
        columns: shown, in order; empty is all of them as they come.
        arrays: members of an array stand under one row.
        array_folds: which of these rows are folded; no part of what is saved.
    """

    noun: str = ""
    filter: str = ""
    sort: Sort = Sort()
    group: str = ""
    folds: Folds = Folds()
    arrays: bool = False
    columns: tuple[Width, ...] = ()
    array_folds: Folds = field(default=Folds(True), compare=False)

    def but(self, **changes: object) -> Arrangement:
        """The same with something else."""
        return replace(self, **changes)  # type: ignore[arg-type]
