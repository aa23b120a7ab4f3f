"""Random jobs, written as each public format has them, and what their totals are."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any

EPOCH = datetime(2023, 3, 1, tzinfo=UTC)
PLUS_EIGHT = timezone(timedelta(hours=8))


@dataclass(frozen=True)
class Job:
    """One job as it was; times are seconds since `EPOCH`."""

    submit: int
    wait: int
    length: int
    gpus: int
    kind: str
    """`ok`, `fail`, `stop`, `run` (still going when the trace was written), `queue`."""

    @property
    def start(self) -> int:
        return self.submit + self.wait

    @property
    def end(self) -> int:
        return self.start + self.length


WORDS = {
    "ok": "SUCCEEDED",
    "fail": "FAILED",
    "stop": "STOPPED",
    "run": "RUNNING",
    "queue": "QUEUED",
}


def totals(jobs: Sequence[Job], *, waits: bool = True) -> dict[str, Any]:
    """Hours, peak and states, second by second: slow and plain.

    Args:
        waits: the format knows when jobs started; else they start at submission.
    """
    spans = []
    for job in jobs:
        if job.kind != "queue":
            start = job.start if waits else job.submit
            spans.append((start, start + job.length, job.gpus))
    states = dict(sorted(Counter(WORDS[job.kind] for job in jobs).items()))
    return span_totals(len(jobs), spans) | {"states": states}


def span_totals(jobs: int, spans: Sequence[tuple[int, int, int]]) -> dict[str, Any]:
    """Totals of what was held: start, end, accelerators."""
    moments = {start for start, end, _ in spans if end > start}
    held = (sum(g for s, e, g in spans if s <= at < e) for at in moments)
    return {
        "jobs": jobs,
        "accelerator_hours": round(Fraction(sum((e - s) * g for s, e, g in spans), 3600) * 1000)
        / 1000,
        "peak_accelerators": max(held, default=0),
        "states": {"SUCCEEDED": jobs},
    }


def _iso(at: int, zone: timezone | None = UTC, tail: str = "+") -> str:
    moment = (EPOCH + timedelta(seconds=at)).astimezone(zone or UTC)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    return text if zone is None else text + (moment.strftime("%z") if tail == "+" else tail)


def _table(header: str, rows: list[list[Any]], between: str = ",") -> str:
    text = io.StringIO()
    table = csv.writer(text, delimiter=between)
    table.writerow(header.split(","))
    table.writerows(rows)
    return text.getvalue()


def _seen(job: Job, start: Any, end: Any) -> list[Any]:
    """Start and end as far as the trace saw them."""
    return ["", ""] if job.kind == "queue" else [start, end]


def ours(jobs: Sequence[Job]) -> str:
    """Our own columns."""
    return _table(
        "job_id,submit,start,end,accelerators,state",
        [
            [n, _iso(j.submit), *_seen(j, _iso(j.start), _iso(j.end)), j.gpus, WORDS[j.kind]]
            for n, j in enumerate(jobs)
        ],
    )


def epoch_ms(jobs: Sequence[Job]) -> str:
    """Milliseconds since 1970 in columns of other names, parted by semicolons."""
    base = int(EPOCH.timestamp())
    rows = [
        [
            f"job {n}; {j.kind}",
            j.gpus,
            WORDS[j.kind].lower(),
            (base + j.submit) * 1000,
            *_seen(j, (base + j.start) * 1000, (base + j.end) * 1000),
        ]
        for n, j in enumerate(jobs)
    ]
    return _table("Job Name,Num GPUs,Status,createdAt,startedAt,finishedAt", rows, ";")


def itp(jobs: Sequence[Job]) -> str:
    """Submission and duration only."""
    rows = [[f"id-{n}", j.submit, j.length, j.gpus] for n, j in enumerate(jobs)]
    return _table("job_id,submission_time,duration,num_gpu", rows)


def philly_table(jobs: Sequence[Job]) -> str:
    """One row a job, times without zone."""
    rows = [[_iso(j.submit, None), f"{j.length}.0", j.gpus, 0, "6214e9"] for j in jobs]
    return _table("timestamp,duration,num_gpus,gpu_time,cluster", rows)


_ACME = {"ok": "COMPLETED", "fail": "NODE_FAIL", "stop": "CANCELLED", "run": "RUNNING"}


def acme(jobs: Sequence[Job]) -> str:
    """Seren: zones, a column of waiting called queue."""
    rows = [
        [
            f"d{n}", "u1", 1, j.gpus, 8, "SFT",
            _ACME.get(j.kind, "PENDING"),
            _iso(j.submit, PLUS_EIGHT),
            *_seen(j, _iso(j.start, PLUS_EIGHT), _iso(j.end, PLUS_EIGHT)),
            0 if j.kind == "queue" else float(j.length),
            j.wait,
            j.length * j.gpus,
        ]
        for n, j in enumerate(jobs)
    ]  # fmt: skip
    return _table(
        "job_id,user,node_num,gpu_num,cpu_num,type,state,submit_time,start_time,end_time,"
        "duration,queue,gpu_time",
        rows,
    )


def openb(jobs: Sequence[Job]) -> str:
    """Pods; halves of accelerators where there is one."""
    phase = {"ok": "Succeeded", "fail": "Failed", "run": "Running", "queue": "Pending"}
    rows = [
        [
            f"openb-pod-{n:04}", 1, 1, j.gpus, 1000, "", "LS", phase.get(j.kind, "Failed"),
            j.submit, j.end, "" if j.kind == "queue" else j.start,
        ]
        for n, j in enumerate(jobs)
    ]  # fmt: skip
    return _table(
        "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
        "deletion_time,scheduled_time",
        rows,
    )


def sacct(jobs: Sequence[Job]) -> str:
    """`sacct -P` with steps between the allocations."""
    lines = ["JobID|JobName|State|Submit|Start|End|ElapsedRaw|AllocTRES"]
    words = {"ok": "COMPLETED", "fail": "TIMEOUT", "stop": "CANCELLED by 0", "run": "RUNNING"}
    for n, j in enumerate(jobs, start=1):
        times = [_iso(at, None).replace(" ", "T") for at in (j.submit, j.start, j.end)]
        if j.kind == "queue":
            lines.append(f"{n}|x|PENDING|{times[0]}|Unknown|Unknown|0|")
            continue
        tres = f"billing=8,cpu=8,gres/gpu:a100={j.gpus},gres/gpu={j.gpus},node=1"
        rest = f"{words[j.kind]}|{'|'.join(times)}|{j.length}|{tres}"
        lines += [f"{n}|a \\ b|{rest}", f"{n}.batch|batch|{rest}", f"{n}.0|srun|{rest}"]
    return "\n".join(lines) + "\n"


def philly_log(jobs: Sequence[Job]) -> str:
    """The JSON log: every attempt with its machines."""
    words = {"ok": "Pass", "fail": "Failed", "stop": "Killed", "run": "Running", "queue": "Queued"}
    records = []
    for n, j in enumerate(jobs):
        gpus = [{"ip": "m1", "gpus": [f"gpu{g}" for g in range(j.gpus)]}]
        run = {"start_time": _iso(j.start, None), "end_time": _iso(j.end, None), "detail": gpus}
        records.append(
            {
                "status": words[j.kind],
                "vc": "v",
                "jobid": f"application_{n}",
                "attempts": [] if j.kind == "queue" else [run],
                "submitted_time": _iso(j.submit, None),
                "user": "u",
            }
        )
    return json.dumps(records)


def attempts_log(jobs: Sequence[Sequence[tuple[int, int, int]]]) -> str:
    """The JSON log of jobs with several attempts: start, end, accelerators."""
    return json.dumps(
        [
            {
                "status": "Pass",
                "jobid": f"application_{n}",
                "submitted_time": _iso(0, None),
                "attempts": [
                    {
                        "start_time": _iso(start, None),
                        "end_time": _iso(end, None),
                        "detail": [{"ip": "m", "gpus": [f"gpu{g}" for g in range(gpus)]}],
                    }
                    for start, end, gpus in attempts
                ],
            }
            for n, attempts in enumerate(jobs)
        ]
    )


def json_lines(jobs: Sequence[Job]) -> str:
    """One object a line, times in an object of their own."""
    lines = []
    for n, j in enumerate(jobs):
        time: dict[str, Any] = {"submit": _iso(j.submit, UTC, "Z")}
        if j.kind != "queue":
            time |= {"start": _iso(j.start, UTC, "Z"), "end": _iso(j.end, UTC, "Z")}
        lines.append(
            json.dumps({"id": f"作业 {n}", "gpus": j.gpus, "time": time, "state": WORDS[j.kind]})
        )
    return "\n\n".join(lines)


KNOWS_STATES: dict[str, Callable[[Sequence[Job]], str]] = {
    "ours": ours,
    "epoch ms": epoch_ms,
    "acme": acme,
    "sacct": sacct,
    "philly log": philly_log,
    "json lines": json_lines,
}
"""Formats with start and state."""
NO_STATES: dict[str, Callable[[Sequence[Job]], str]] = {"itp": itp, "philly table": philly_table}
"""Formats in which everything starts at submission and ends well."""
