"""Tables with one job a row, whatever their columns are called and in whatever order."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from localcloud.simulator.traces.cells import MOMENTS, Cells, cells_of
from localcloud.simulator.traces.columns import Columns, read_columns
from localcloud.simulator.traces.counts import counts_accelerators
from localcloud.simulator.traces.record import MICROSECONDS, Trace, TraceError, TraceJob
from localcloud.simulator.traces.source import Line
from localcloud.simulator.traces.story import Said, Story, tell
from localcloud.simulator.traces.times import LATEST, has_zone, number
from localcloud.simulator.traces.words import is_nothing, job_state, native_word, slurm_word

_SNIFFED_ROWS = 200
_LONGEST = 100 * 366 * 86_400 * MICROSECONDS

_DOUBTS = {
    "differs": "{n} rows whose duration is not their end less their start: the duration counts",
    "backwards": "{n} rows end before they start: taken as runs of no length",
    "endless": "{n} ended jobs have neither end nor duration: taken as runs of no length",
    "early": "{n} rows start before they are submitted: the start counts as submission",
    "momentless": "{n} rows without any time left out",
    "short": "{n} rows with too few cells: the missing ones taken as empty",
    "long": "{n} rows with more cells than columns: what is beyond left out",
    "words": "{n} rows with a state nobody knows: shown as UNKNOWN",
}


@dataclass(slots=True)
class _Reading:
    """Everything about one file while its rows are read."""

    cells: Cells
    lenient: bool = False
    """Without a column of accelerators every job has none."""
    doubts: Counter[str] = field(default_factory=Counter)
    jobs: list[TraceJob] = field(default_factory=list)
    going_on: list[tuple[int, Story]] = field(default_factory=list)
    """Places in `jobs` of those that hold accelerators to the last moment of the whole trace."""
    horizon: int = 0


def read_table(
    path: Path,
    form: str,
    header: Line,
    body: Iterable[Line],
    *,
    lenient: bool = False,
    records: bool = False,
) -> Trace:
    """Read a whole table.

    Args:
        form: name of the format, for people.
        lenient: a table that says nothing of accelerators has jobs with none.
        records: rows are numbered as records, not as lines.

    Raises:
        TraceError: a needed column is missing, or a cell cannot be understood.
    """
    columns = read_columns(header.cells)
    _need(path, header, columns, lenient, records=records)
    # Files put together from several repeat the header.
    rows = (line for line in body if list(line.cells) != list(header.cells))
    sample = list(itertools.islice(rows, _SNIFFED_ROWS))
    cells, said = cells_of(path, columns, [line.cells for line in sample], records=records)
    reading = _Reading(cells, lenient)
    for line in itertools.chain(sample, rows):
        _read_row(reading, line)
    notes = list(_notes(reading, said))
    _close_runs(reading)
    return Trace(path, form, reading.jobs, notes, cells.absolute)


def _need(path: Path, header: Line, columns: Columns, lenient: bool, *, records: bool) -> None:
    missing = []
    # Objects leave out what they do not have: none may have ended yet.
    endless = lenient or (records and "state" in columns.place)
    if not any(role in columns.place for role in MOMENTS):
        missing.append("submit (or start, or end)")
    elif not ({"end", "duration"} & columns.place.keys() or endless):
        missing.append("end or duration")
    if not (counts_accelerators(columns) or lenient):
        missing.append("accelerators")
    if missing:
        found = ", ".join(title[:40] for title in header.cells[:40])
        needed = " and ".join(missing)
        raise TraceError(
            path,
            f"no column for {needed}; found: {found}; see docs/traces.md",
            line=header.number or None,
        )


def _read_row(reading: _Reading, line: Line) -> None:
    cells = line.cells
    width = len(reading.cells.columns.header)
    if len(cells) < width:
        reading.doubts["short"] += 1
        cells = [*cells, *[""] * (width - len(cells))]
    elif any(cells[width:]):
        reading.doubts["long"] += 1
    story = tell(_said(reading.cells, line.number, cells))
    if story is None:
        reading.doubts["momentless"] += 1
        return
    if story.doubtful:
        reading.doubts[story.doubtful] += 1
    last = [at for at in (story.submit, story.start, story.stop, story.ended) if at is not None]
    if max(last) > LATEST:
        raise reading.cells.bad(line.number, "", "goes on beyond the year 9000")
    if max(last) - min(last) > _LONGEST:
        raise reading.cells.bad(line.number, "", "is longer than 100 years")
    reading.horizon = max(reading.horizon, *last)
    if story.start is not None and story.stop is None:
        reading.going_on.append((len(reading.jobs), story))
    reading.jobs.append(_job(reading, line, cells, story))


def _said(table: Cells, line: int, cells: Sequence[str]) -> Said:
    submit, start = (table.moment(line, cells, role) for role in ("submit", "start"))
    wait = table.wait(cells)
    if wait is not None and submit is not None:
        start = submit + wait
    return Said(
        submit=submit,
        start=start,
        end=table.moment(line, cells, "end"),
        duration=table.duration(line, cells),
        state=job_state(_word(table.columns, cells)),
        says_starts="start" in table.columns.place,
    )


def _word(columns: Columns, cells: Sequence[str]) -> str:
    """The trace's word for the state, alone."""
    if "state" not in columns.place:
        return ""
    word = native_word(cells[columns.place["state"]])
    return slurm_word(word) if columns.from_slurm else word


def _job(reading: _Reading, line: Line, cells: Sequence[str], story: Story) -> TraceJob:
    columns = reading.cells.columns
    place = columns.place

    def text(role: str) -> str:
        found = cells[place[role]].strip() if role in place else ""
        return "" if is_nothing(found) else found

    pool, nodes = text("pool"), number(text("nodes"))
    said = cells[place["state"]].strip() if "state" in place else ""
    if place.get("pool") is not None and number(pool) is not None and "state" in place:
        # Acme and Helios have the seconds of waiting in a column called queue.
        pool = "" if columns.title("pool").lower() == "queue" else pool
    native = "" if job_state(_word(columns, cells)) is None else _word(columns, cells)
    if story.state.name == "UNKNOWN":
        reading.doubts["words"] += 1
    count = reading.cells.count(line.number, cells)
    return TraceJob(
        id=text("id") or str(line.number),
        submit=story.submit,
        runs=story.runs(count, story.submit),
        ended=story.ended,
        state=story.state,
        accelerators=count,
        native=native,
        reason=said if native and said != native and not said.isdecimal() else "",
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


def _notes(reading: _Reading, said: Sequence[str]) -> Iterator[str]:
    cells = reading.cells
    if not reading.jobs:
        yield "no row is a job"
    elif not cells.absolute:
        yield "times count from the trace's beginning: shown from 2021-01-01 UTC on"
    elif not all(has_zone(value) for value in said):
        yield "times name no zone: taken as UTC"
    if cells.absolute and cells.unit != "s" and "submit" not in cells.columns.unit:
        yield f"times taken as {cells.unit}"
    if reading.lenient and not counts_accelerators(cells.columns):
        yield "no column of accelerators: every job has none"
    for key, count in sorted(reading.doubts.items()):
        yield _DOUBTS[key].format(n=count)
