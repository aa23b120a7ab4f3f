"""The log of the Philly clusters as published: a JSON list of jobs with their attempts."""

from __future__ import annotations

import itertools
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
    numbered = list(enumerate(records, start=1))
    last = max((at for number, one in numbered for at in _times(path, number, one)), default=0)
    for number, record in numbered:
        job = _job(path, number, record, last)
        if job is None:
            left += 1
        else:
            jobs.append(job)
    notes = ["times name no zone: taken as UTC"]
    if endless := sum(_endless(path, number, record) for number, record in numbered):
        notes.append(f"{endless} attempts of ended jobs have no end: taken as runs of no length")
    overlap = sum(b.start < a.end for job in jobs for a, b in itertools.pairwise(job.runs))
    if overlap:
        notes.append(f"{overlap} attempts begin before the one before ended")
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


def _times(path: Path, number: int, record: Any) -> list[int]:
    attempts = record.get("attempts") or ()
    keys = ("start_time", "end_time")
    return [_at(path, number, one.get(key)) or 0 for one in attempts for key in keys]


def _endless(path: Path, number: int, record: Any) -> int:
    state = job_state(str(record.get("status") or ""))
    if state is not None and not state.ended:
        return 0
    spans = (
        (_at(path, number, one.get("start_time")), _at(path, number, one.get("end_time")))
        for one in record.get("attempts") or ()
    )
    return sum(start is not None and end is None for start, end in spans)


def _job(path: Path, number: int, record: Any, last: int) -> TraceJob | None:
    attempts = record.get("attempts") or ()
    word = str(record.get("status") or "")
    said = job_state(word)
    until = None if said is None or said.ended else last
    found = (_run(path, number, one, until) for one in attempts)
    runs = tuple(sorted((run for run in found if run is not None), key=lambda run: run.start))
    submit = _at(path, number, record.get("submitted_time"))
    if submit is None:
        if not runs:
            return None
        submit = runs[0].start
    state = said or (JobState.SUCCEEDED if runs else JobState.QUEUED)
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


def _run(path: Path, number: int, attempt: Any, until: int | None) -> TraceRun | None:
    """One attempt; without an end it held its accelerators until then, or for no time."""
    start = _at(path, number, attempt.get("start_time"))
    if start is None:
        return None
    end = _at(path, number, attempt.get("end_time"))
    gpus = sum(len(place.get("gpus") or ()) for place in attempt.get("detail") or ())
    end = until if end is None else end
    return TraceRun(start, max(start if end is None else end, start), Decimal(gpus))


def _at(path: Path, number: int, text: Any) -> int | None:
    if text is None or is_nothing(str(text)):
        return None
    try:
        return moment(str(text), "s")
    except (BadTime, OverflowError) as error:
        raise TraceError(path, f"{str(text)[:40]!r} {error}", record=number) from error
