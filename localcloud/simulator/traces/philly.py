"""The log of the Philly clusters as published: a JSON list of jobs with their attempts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from api_client.models.job import JobState
from localcloud.simulator.traces.record import Trace, TraceError, TraceJob, TraceRun
from localcloud.simulator.traces.times import BadTime, moment
from localcloud.simulator.traces.words import is_nothing, job_state


def is_philly(records: Sequence[Any]) -> bool:
    """Whether JSON records are jobs with attempts."""
    first = records[0] if records else None
    return isinstance(first, dict) and isinstance(first.get("attempts"), list)


def read_philly(path: Path, records: Sequence[Any]) -> Trace:
    """Read the parsed log.

    Raises:
        TraceError: a record lacks what is needed.
    """
    jobs: list[TraceJob] = []
    left = 0
    for number, record in enumerate(records, start=1):
        _check(path, number, record)
    last = max((at for record in records for at in _times(path, record)), default=0)
    for number, record in enumerate(records, start=1):
        job = _job(path, number, record, last)
        if job is None:
            left += 1
        else:
            jobs.append(job)
    notes = ["times name no zone: taken as UTC"]
    if left:
        notes.append(f"{left} jobs without any time left out")
    return Trace(path, "Philly job log", jobs, notes)


def _check(path: Path, number: int, record: Any) -> None:
    if not isinstance(record, dict):
        raise TraceError(path, f"record {number} is not an object")
    attempts = _objects(path, number, "attempts", record.get("attempts"))
    for attempt in attempts:
        for place in _objects(path, number, "detail", attempt.get("detail")):
            if not isinstance(place.get("gpus") or [], list):
                raise TraceError(path, f"record {number}: gpus is not a list")


def _objects(path: Path, number: int, name: str, found: Any) -> list[dict[str, Any]]:
    found = found or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise TraceError(path, f"record {number}: {name} is not a list of objects")
    return found


def _times(path: Path, record: Any) -> list[int]:
    attempts = record.get("attempts") or ()
    keys = ("start_time", "end_time")
    return [_at(path, one.get(key)) or 0 for one in attempts for key in keys]


def _job(path: Path, number: int, record: Any, last: int) -> TraceJob | None:
    attempts = record.get("attempts") or ()
    word = str(record.get("status") or "")
    runs = tuple(run for one in attempts if (run := _run(path, one, last)) is not None)
    submit = _at(path, record.get("submitted_time"))
    if submit is None:
        if not runs:
            return None
        submit = runs[0].start
    state = job_state(word) or (JobState.SUCCEEDED if runs else JobState.QUEUED)
    ended = max((run.end for run in runs), default=submit) if state.ended else None
    return TraceJob(
        id=str(record.get("jobid") or number),
        submit=min([submit, *(run.start for run in runs)]),
        runs=runs,
        ended=ended,
        state=state,
        accelerators=max((run.accelerators for run in runs), default=Decimal(0)),
        native=word,
        user=str(record.get("user") or ""),
        pool=str(record.get("vc") or ""),
        nodes=max((len(one.get("detail") or ()) for one in attempts), default=0) or None,
    )


def _run(path: Path, attempt: Any, last: int) -> TraceRun | None:
    start = _at(path, attempt.get("start_time"))
    if start is None:
        return None
    end = _at(path, attempt.get("end_time"))
    gpus = sum(len(place.get("gpus") or ()) for place in attempt.get("detail") or ())
    return TraceRun(start, max(last if end is None else end, start), Decimal(gpus))


def _at(path: Path, text: Any) -> int | None:
    if text is None or is_nothing(str(text)):
        return None
    try:
        return moment(str(text), "s")
    except BadTime as error:
        raise TraceError(path, f"{str(text)[:40]!r} {error}") from error
