"""What `sacct -P` prints: allocations are jobs, their steps are not; records may span lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from localcloud.simulator.traces.columns import read_columns
from localcloud.simulator.traces.counts import gres_count
from localcloud.simulator.traces.record import Trace, TraceError
from localcloud.simulator.traces.source import Line, open_text, separator
from localcloud.simulator.traces.table import read_table
from localcloud.simulator.traces.times import number

_TRES = ("AllocTRES", "AllocGRES", "ReqTRES", "ReqGRES")
_MOST_LINES = 1000
_ITS_OWN = frozenset(
    "jobidraw elapsedraw alloctres allocgres reqtres reqgres allocnodes nnodes exitcode".split()
)
"""Columns only its accounting has."""
_STEP = re.compile(r"^\d[\d_+\[\],%-]*\.(?:\d+|batch|extern|interactive)$")


@dataclass(slots=True)
class _Left:
    """What was left out."""

    steps: int = 0
    broken: int = 0


def read_sacct(path: Path) -> Trace:
    """Read an accounting listing.

    Raises:
        TraceError: it cannot be read or understood.
    """
    left = _Left()
    with open_text(path) as text:
        between, header = _header(text)
        body = _allocations(text, between, header, left)
        trace = read_table(path, "Slurm sacct", header, body, lenient=True)
    for count, words in (
        (left.steps, "lines are steps of jobs and left out"),
        (left.broken, "lines are parts of records that cannot be put together, left out"),
    ):
        if count:
            trace.notes.append(f"{count} {words}")
    return trace


def is_sacct(header: str) -> bool:
    """Whether a header is one of `sacct -P`."""
    if separator(header) not in ("|", "|#"):
        return False
    names = {title.lower() for title in header.split(separator(header))}
    return "jobid" in names or "jobidraw" in names


class Steps:
    """Leaves steps out of accounting written as any other table, by whatever program."""

    def __init__(self) -> None:
        self._left = 0

    def left_out(self, path: Path, header: Line, body: Iterable[Line]) -> Iterator[Line]:
        """The rows that are jobs.

        Raises:
            TraceError: it is a listing for people, whose columns cannot be told apart.
        """
        names = [title.strip().lower() for title in header.cells]
        key = names.index("jobid") if "jobid" in names and _ITS_OWN & set(names) else None
        for line in body:
            if key is not None and all(set(cell) == {"-"} for cell in line.cells):
                why = "columns cannot be told apart: print them with `sacct --parsable2`"
                raise TraceError(path, why, line=line.number)
            if key is not None and len(line.cells) > key and _STEP.match(line.cells[key].strip()):
                self._left += 1
            else:
                yield line

    def notes(self) -> Iterator[str]:
        """What was left out."""
        if self._left:
            yield f"{self._left} lines are steps of jobs and left out"


def _header(text: TextIO) -> tuple[str, Line]:
    number = 0
    line = ""
    while not line.strip():
        line = text.readline()
        number += 1
    between = separator(line)
    titles = line.rstrip("\r\n").split(between)
    return between, Line(number, [*titles, "tres"])


def _allocations(text: TextIO, between: str, header: Line, left: _Left) -> Iterator[Line]:
    titles = list(header.cells[:-1])
    key = titles.index("JobID") if "JobID" in titles else read_columns(titles).place["id"]
    resources = [titles.index(name) for name in _TRES if name in titles]
    nodes = titles.index("AllocNodes") if "AllocNodes" in titles else None
    for line in _records(text, between, len(titles), left):
        cells = list(line.cells)
        before, _, cells[key] = cells[key].rpartition("\n")
        left.broken += bool(before)  # The rest of a record whose beginning is missing.
        if "." in cells[key]:
            left.steps += 1
            continue
        yield Line(line.number, [*cells, _gpus(cells, resources, nodes)])


def _gpus(cells: list[str], resources: list[int], nodes: int | None) -> str:
    for at in resources:
        found = gres_count(cells[at])
        if found is not None:
            many = number(cells[nodes]) if nodes is not None and "PER_NODE" in cells[at] else None
            return str(found if many is None else found * many)
    return "0"


def _records(text: TextIO, between: str, width: int, left: _Left) -> Iterator[Line]:
    """Whole records: lines are joined until every column is there.

    A line that is whole by itself ends whatever was being joined before it.
    """
    held: list[str] = []
    for at, line in enumerate(text, start=2):
        line = line.rstrip("\r\n")
        parts = line.count(between) + 1
        if parts == width:
            left.broken += len(held)
            held = []
            yield Line(at, line.split(between))
            continue
        if not line and not held:
            continue
        held.append(line)
        while held and _separators(held, between) >= width or len(held) > _MOST_LINES:
            held.pop(0)
            left.broken += 1
        if _separators(held, between) == width - 1:
            cells = "\n".join(held).split(between)
            held = []
            yield Line(at, cells)
    left.broken += len(held)


def _separators(lines: list[str], between: str) -> int:
    return sum(line.count(between) for line in lines)
