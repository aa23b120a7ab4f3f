"""Where the log of a worker lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from localcloud.engine.errors import NotFoundFault
from localcloud.engine.job_views import log_path
from localcloud.store.rows import JobRow
from localcloud.store.store import Store


@dataclass(frozen=True)
class LogFile:
    """Where one worker's log lies."""

    path: Path
    """The file may not exist yet."""
    ended: bool
    """True when the worker has ended and nothing more will be written."""
    attempt: int

    def size(self) -> int:
        """Bytes written so far; 0 before the worker wrote any."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, start: int, end: int) -> bytes:
        """Bytes [start, end), fewer where the file ends before."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            pieces: list[bytes] = []
            while start < end and (piece := os.pread(descriptor, end - start, start)):
                pieces.append(piece)
                start += len(piece)
            return b"".join(pieces)
        finally:
            os.close(descriptor)


def find_log(store: Store, job: JobRow, rank: int, attempt: int | None) -> LogFile:
    """The log of one worker, its latest attempt where none is named; raises `NotFoundFault`."""
    runs = [run for run in store.runs.of_job(job.uid) if run.rank == rank]
    chosen = [run for run in runs if attempt is None or run.attempt == attempt]
    if chosen:
        run = chosen[-1]
        return LogFile(log_path(job, rank, run.attempt), not run.live, run.attempt)
    if runs or not 0 <= rank < job.spec.workers or attempt not in (None, 0):
        which = f"{job.name}/{rank}" + ("" if attempt is None else f" attempt {attempt}")
        raise NotFoundFault("worker", which)
    return LogFile(log_path(job, rank, 0), job.state.ended, 0)
