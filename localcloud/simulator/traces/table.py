"""Tables with one job a row, whatever their columns are called and in whatever order."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from localcloud.simulator.traces.columns import Columns, read_columns
from localcloud.simulator.traces.counts import BadCount, accelerators, counts_accelerators
from localcloud.simulator.traces.record import Trace, TraceError, TraceJob
from localcloud.simulator.traces.source import Line
from localcloud.simulator.traces.story import Said, Story, tell
from localcloud.simulator.traces.times import (
    BadTime,
    duration,
    has_zone,
    is_date,
    moment,
    number,
    unit_of,
)
from localcloud.simulator.traces.words import is_nothing, job_state, native_word

_MOMENTS = ("submit", "start", "end")
_SNIFFED_ROWS = 200
ZERO_DAY = 1_609_459_200_000_000
"""2021-01-01 in UTC: where a trace that counts from its own beginning is put."""

_DOUBTS = {
    "differs": "{n} rows whose duration is not their end less their start: the duration counts",
    "backwards": "{n} rows end before they start: taken as runs of no length",
    "endless": "{n} ended jobs have neither end nor duration: taken as runs of no length",
    "early": "{n} rows start before they are submitted: the start counts as submission",
    "momentless": "{n} rows without any time left out",
    "short": "{n} rows with too few cells: the missing ones taken as empty",
    "words": "{n} rows with a state nobody knows: shown as UNKNOWN",
}


@dataclass(slots=True)
class _Reading:
    """Everything about one file while its rows are read."""

    path: Path
    columns: Columns
    unit: str
    offset: int
    lenient: bool = False
    """Without a column of accelerators every job has none."""
    doubts: Counter[str] = field(default_factory=Counter)
    jobs: list[TraceJob] = field(default_factory=list)
    going_on: list[tuple[int, Story]] = field(default_factory=list)
    """Places in `jobs` of those that hold accelerators to the last moment of the whole trace."""
    horizon: int = 0


def read_table(
    path: Path, form: str, header: Line, body: Iterable[Line], *, lenient: bool = False
) -> Trace:
    """Read a whole table.

    Args:
        form: name of the format, for people.
        lenient: a table that says nothing of accelerators has jobs with none.

    Raises:
        TraceError: a needed column is missing, or a cell cannot be understood.
    """
    columns = read_columns(header.cells)
    _need(path, header, columns, lenient)
    rows = iter(body)
    sample = list(itertools.islice(rows, _SNIFFED_ROWS))
    values = [
        line.cells[columns.place[role]]
        for line in sample
        for role in _MOMENTS
        if role in columns.place and columns.place[role] < len(line.cells)
    ]
    named = next((columns.unit[role] for role in _MOMENTS if role in columns.unit), "")
    unit = named or unit_of(values)
    said = [value for value in values if not is_nothing(value)]
    absolute = any(is_date(value, unit) for value in said)
    reading = _Reading(path, columns, unit, 0 if absolute else ZERO_DAY, lenient)
    for line in itertools.chain(sample, rows):
        if list(line.cells) != list(header.cells):
            _read_row(reading, line)
    notes = list(_notes(reading, said, absolute))
    _close_runs(reading)
    return Trace(path, form, reading.jobs, notes, absolute)


def _need(path: Path, header: Line, columns: Columns, lenient: bool) -> None:
    missing = []
    if not any(role in columns.place for role in _MOMENTS):
        missing.append("submit (or start, or end)")
    elif not ({"end", "duration"} & columns.place.keys() or lenient):
        missing.append("end or duration")
    if not (counts_accelerators(columns) or lenient):
        missing.append("accelerators")
    if missing:
        found = ", ".join(title[:40] for title in header.cells[:40])
        needed = " and ".join(missing)
        raise TraceError(
            path, f"no column for {needed}; found: {found}; see docs/traces.md", line=header.number
        )


def _read_row(reading: _Reading, line: Line) -> None:
    cells = line.cells
    width = len(reading.columns.header)
    if len(cells) < width:
        reading.doubts["short"] += 1
        cells = [*cells, *[""] * (width - len(cells))]
    story = tell(_said(reading, line.number, cells))
    if story is None:
        reading.doubts["momentless"] += 1
        return
    if story.doubtful:
        reading.doubts[story.doubtful] += 1
    last = [story.submit, story.start, story.stop, story.ended]
    reading.horizon = max(reading.horizon, *(at for at in last if at is not None))
    if story.start is not None and story.stop is None:
        reading.going_on.append((len(reading.jobs), story))
    reading.jobs.append(_job(reading, line, cells, story))


def _said(reading: _Reading, line: int, cells: Sequence[str]) -> Said:
    place = reading.columns.place
    word = native_word(cells[place["state"]]) if "state" in place else ""
    return Said(
        submit=_moment(reading, line, cells, "submit"),
        start=_moment(reading, line, cells, "start"),
        end=_moment(reading, line, cells, "end"),
        duration=_duration(reading, line, cells),
        state=job_state(word),
        says_starts="start" in place,
    )


def _moment(reading: _Reading, line: int, cells: Sequence[str], role: str) -> int | None:
    at = reading.columns.place.get(role)
    if at is None or is_nothing(cells[at]):
        return None
    try:
        found = moment(cells[at], reading.columns.unit.get(role, reading.unit))
    except (BadTime, OverflowError) as error:
        raise _bad(reading, line, role, cells[at], error) from error
    return found + reading.offset


def _duration(reading: _Reading, line: int, cells: Sequence[str]) -> int | None:
    at = reading.columns.place.get("duration")
    if at is None or is_nothing(cells[at]):
        return None
    try:
        return duration(cells[at], reading.columns.unit.get("duration", "s"))
    except (BadTime, OverflowError) as error:
        raise _bad(reading, line, "duration", cells[at], error) from error


def _bad(reading: _Reading, line: int, role: str, text: str, error: Exception) -> TraceError:
    title = reading.columns.title(role)
    return TraceError(reading.path, f"{text[:40]!r}: {error}", line=line, column=title)


def _count(reading: _Reading, line: int, cells: Sequence[str]) -> Decimal:
    if not counts_accelerators(reading.columns):
        return Decimal(0)
    try:
        return accelerators(cells, reading.columns)
    except BadCount as error:
        title = reading.columns.title(error.role)
        raise TraceError(reading.path, str(error), line=line, column=title) from error


def _job(reading: _Reading, line: Line, cells: Sequence[str], story: Story) -> TraceJob:
    place = reading.columns.place

    def text(role: str) -> str:
        found = cells[place[role]].strip() if role in place else ""
        return "" if is_nothing(found) else found

    word, pool, nodes = text("state"), text("pool"), number(text("nodes"))
    if place.get("pool") is not None and number(pool) is not None and "state" in place:
        # Acme and Helios have the seconds of waiting in a column called queue.
        pool = "" if reading.columns.title("pool").lower() == "queue" else pool
    native = native_word(word)
    if story.state.name == "UNKNOWN":
        reading.doubts["words"] += 1
    count = _count(reading, line.number, cells)
    return TraceJob(
        id=text("id") or str(line.number),
        submit=story.submit,
        runs=story.runs(count, story.submit),
        ended=story.ended,
        state=story.state,
        accelerators=count,
        native=native,
        reason=word if word != native else "",
        name=text("name"),
        user=text("user"),
        project=text("project"),
        pool=pool,
        model=text("model"),
        nodes=int(nodes) if nodes is not None and 0 < nodes < 100_000 else None,
    )


def _close_runs(reading: _Reading) -> None:
    for at, story in reading.going_on:
        job = reading.jobs[at]
        runs = story.runs(job.accelerators, reading.horizon)
        reading.jobs[at] = dataclasses.replace(job, runs=runs)


def _notes(reading: _Reading, said: Sequence[str], absolute: bool) -> Iterator[str]:
    if absolute and not all(has_zone(value) for value in said):
        yield "times name no zone: taken as UTC"
    if not absolute:
        yield "times count from the trace's beginning: shown from 2021-01-01 UTC on"
    if absolute and reading.unit != "s" and "submit" not in reading.columns.unit:
        yield f"times taken as {reading.unit}"
    if reading.lenient and not counts_accelerators(reading.columns):
        yield "no column of accelerators: every job has none"
    for key, count in sorted(reading.doubts.items()):
        yield _DOUBTS[key].format(n=count)
