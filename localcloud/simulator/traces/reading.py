"""Reads any trace: tells the format by its beginning."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from localcloud.simulator.traces.cells import MOMENTS
from localcloud.simulator.traces.columns import read_columns
from localcloud.simulator.traces.objects import read_json
from localcloud.simulator.traces.record import Trace, TraceError
from localcloud.simulator.traces.slurm import Steps, is_sacct, read_sacct
from localcloud.simulator.traces.source import (
    Line,
    first_text,
    header_line,
    open_text,
    rows,
    separator,
)
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
        return read_json(path)
    header = header_line(start)
    if is_sacct(header):
        return read_sacct(path)
    with open_text(path) as text:
        body = rows(path, text, separator(header))
        first = _header(path, body)
        if len(first.cells) == len(_PAI_TASKS) and first.cells[3] in _PAI_STATES:
            # Published without a header; the names are in a file of their own.
            body = itertools.chain([first], body)
            first = Line(0, list(_PAI_TASKS))
        steps = Steps()
        trace = read_table(path, _form(first), first, steps.left_out(path, first, body))
        trace.notes.extend(steps.notes())
        return trace


def _header(path: Path, body: Iterator[Line]) -> Line:
    """The first row; remarks before it begin with `#` and name no times."""
    for line in body:
        if not line.cells[0].startswith("#") or _has_times(line):
            return line
    raise TraceError(path, "holds no table")


def _has_times(line: Line) -> bool:
    return any(role in read_columns(line.cells).place for role in MOMENTS)


def _form(header: Line) -> str:
    names = {title.strip().lower() for title in header.cells}
    return next((form for form, needed in _FORMS if needed <= names), "table")
