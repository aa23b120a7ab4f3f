"""Reads any trace: tells the format by its beginning."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from localcloud.simulator.traces.philly import is_philly, read_philly
from localcloud.simulator.traces.record import Trace, TraceError
from localcloud.simulator.traces.slurm import is_sacct, read_sacct
from localcloud.simulator.traces.source import Line, first_text, open_text, rows, separator
from localcloud.simulator.traces.table import read_table

_PAI_STATES = frozenset({"Terminated", "Failed", "Running", "Waiting"})
_PAI_TASKS = (
    "job_name", "task_name", "inst_num", "status", "start_time", "end_time",
    "plan_cpu", "plan_mem", "plan_gpu", "gpu_type",
)  # fmt: skip
_FORMS = (
    ("openb pods", {"gpu_milli", "pod_phase"}),
    ("PAI tasks", {"plan_gpu", "inst_num"}),
    ("Philly table", {"num_gpus", "gpu_time", "cluster"}),
    ("Acme (converted)", {"arrival_s", "duration_s", "gpus"}),
    ("ITP", {"submission_time", "duration", "num_gpu"}),
    ("Acme", {"node_num", "gpu_num", "submit_time", "gpu_time"}),
    ("Helios", {"vc", "gpu_num", "node_num", "submit_time"}),
    ("Quarterdeck", {"job_id", "submit", "accelerators"}),
)


def read_trace(path: Path) -> Trace:
    """Read a trace of any known format, or any table with recognisable columns.

    Raises:
        TraceError: it is none, or a part of it cannot be understood.
    """
    start = first_text(path)
    if start[0] in "[{":
        return _read_json(path)
    header = start.split("\n", 1)[0]
    if is_sacct(header):
        return read_sacct(path)
    with open_text(path) as text:
        body = rows(path, text, separator(header))
        first = next(body, None)
        if first is None:
            raise TraceError(path, "holds no table")
        if len(first.cells) == len(_PAI_TASKS) and first.cells[3] in _PAI_STATES:
            # Published without a header; the names are in a file of their own.
            body = itertools.chain([first], body)
            first = Line(0, list(_PAI_TASKS))
        return read_table(path, _form(first), first, body)


def _form(header: Line) -> str:
    names = {title.strip().lower() for title in header.cells}
    return next((form for form, needed in _FORMS if needed <= names), "table")


def _read_json(path: Path) -> Trace:
    """A list of jobs, or one job a line."""
    with open_text(path) as text:
        whole = text.read()
    try:
        found = json.loads(whole)
    except RecursionError as error:
        raise TraceError(path, "is nested too deeply") from error
    except ValueError as error:
        found = _json_lines(path, whole, error)
    records = found if isinstance(found, list) else found.get("jobs", [found])
    if not isinstance(records, list):
        raise TraceError(path, "jobs is not a list")
    if is_philly(records):
        return read_philly(path, records)
    return read_table(path, "JSON", *_tabled(path, records))


def _json_lines(path: Path, whole: str, first: ValueError) -> list[Any]:
    try:
        return [json.loads(line) for line in whole.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        line = getattr(first, "lineno", None)
        raise TraceError(path, f"is not JSON: {first}", line=line) from first


def _tabled(path: Path, records: list[Any]) -> tuple[Line, Iterator[Line]]:
    titles: dict[str, None] = {}
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise TraceError(path, f"record {number} is not an object")
        titles.update(dict.fromkeys(map(str, record)))
    header = list(titles)

    def body() -> Iterator[Line]:
        for number, record in enumerate(records, start=1):
            values = (record.get(title) for title in header)
            yield Line(number, ["" if value is None else str(value) for value in values])

    return Line(0, header), body()
