"""The cells of one table: moments, durations and counts, errors with their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from localcloud.simulator.traces.columns import Columns
from localcloud.simulator.traces.counts import BadCount, accelerators, counts_accelerators
from localcloud.simulator.traces.record import TraceError
from localcloud.simulator.traces.times import (
    BadTime,
    duration,
    is_date,
    is_unset,
    moment,
    number,
    unit_of,
)
from localcloud.simulator.traces.words import is_nothing

ZERO_DAY = 1_609_459_200_000_000
"""2021-01-01 in UTC: where a trace that counts from its own beginning is put."""
_MOST_ACCELERATORS = 1_000_000
MOMENTS = ("submit", "start", "end")


@dataclass(frozen=True, slots=True)
class Cells:
    """How the cells of a table are to be understood."""

    path: Path
    columns: Columns
    unit: str
    """Of moments whose column names none."""
    absolute: bool
    """Times are dates; else they count from the trace's beginning."""
    records: bool = False
    """Rows are numbered as records of JSON, not as lines."""

    def moment(self, line: int, cells: Sequence[str], role: str) -> int | None:
        """When something was, microseconds since 1970; `None` where the row does not say.

        Raises:
            TraceError: it is no moment.
        """
        at = self.columns.place.get(role)
        if at is None or is_nothing(text := cells[at]):
            return None
        unit = self.columns.unit.get(role) or self._unit(text)
        if is_unset(text, unit, absolute=self.absolute):
            return None
        try:
            found = moment(text, unit)
        except (BadTime, OverflowError) as error:
            raise self.bad(line, role, f"{text[:40]!r}: {error}") from error
        return found if self.absolute else found + ZERO_DAY

    def _unit(self, text: str) -> str:
        """Dates as numbers tell their unit each by itself; a text with a colon is none."""
        return unit_of([text]) if self.absolute and ":" not in text else self.unit

    def duration(self, line: int, cells: Sequence[str]) -> int | None:
        """How long it ran, in microseconds; `None` where the row does not say.

        Raises:
            TraceError: it is no duration.
        """
        at = self.columns.place.get("duration")
        if at is None or is_nothing(cells[at]) or number(cells[at]) == -1:
            return None
        try:
            return duration(cells[at], self.columns.unit.get("duration", "s"))
        except (BadTime, OverflowError) as error:
            raise self.bad(line, "duration", f"{cells[at][:40]!r}: {error}") from error

    def wait(self, cells: Sequence[str]) -> int | None:
        """How long it waited, where no column has the start; a word there is a queue's name."""
        at = self.columns.place.get("wait")
        if at is None or "start" in self.columns.place or is_nothing(cells[at]):
            return None
        unit = self.columns.unit.get("wait", "s")
        try:
            return None if is_date(cells[at], unit) else duration(cells[at], unit)
        except (BadTime, OverflowError):
            return None

    def count(self, line: int, cells: Sequence[str]) -> Decimal:
        """Accelerators of the job.

        Raises:
            TraceError: it is no such number, or more than can be played.
        """
        if not counts_accelerators(self.columns):
            return Decimal(0)
        try:
            found = accelerators(cells, self.columns)
        except BadCount as error:
            raise self.bad(line, error.role, str(error)) from error
        if found > _MOST_ACCELERATORS:
            raise self.bad(line, "", f"more than {_MOST_ACCELERATORS:,} accelerators in one job")
        return found

    def bad(self, line: int, role: str, why: str) -> TraceError:
        """The error for a cell, with its place."""
        title = self.columns.title(role) if role else ""
        if self.records:
            return TraceError(self.path, why, record=line, column=title)
        return TraceError(self.path, why, line=line, column=title)


def cells_of(
    path: Path, columns: Columns, sample: Sequence[Sequence[str]], *, records: bool
) -> tuple[Cells, list[str]]:
    """How to understand a table by its first rows, and the moments these say."""
    places = [columns.place[role] for role in MOMENTS if role in columns.place]
    values = [cells[at] for cells in sample for at in places if at < len(cells)]
    named = next((columns.unit[role] for role in MOMENTS if role in columns.unit), "")
    unit = named or unit_of(values)
    said = [value for value in values if not is_nothing(value)]
    absolute = any(is_date(value, unit) for value in said)
    return Cells(path, columns, unit, absolute, records), said
