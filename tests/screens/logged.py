"""A tenant whose jobs write logs and are measured, for tests of the job, its log and its form."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from api_client.errors import CloudError, NotFound
from api_client.models.job import Job, JobState, LogChunk, Worker, WorkerState
from api_client.models.telemetry import Point, Series, Window
from tests.console.fakes import T0, StreamingTenant, make_event, make_job

LINES = "".join(f"step {step}/600 loss 2.{step:03}\n" for step in range(1, 401)).encode()


class LoggedTenant(StreamingTenant):
    """Logs by (job, rank, attempt); `reads` are the ranges asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.logs: dict[tuple[str, int, int], bytes] = {}
        self.ended: set[tuple[str, int, int]] = set()
        self.worker_items: dict[str, list[Worker]] = {}
        self.reads: list[tuple[int, int]] = []
        self.log_error: CloudError | None = None
        self.written = asyncio.Event()

    def add(self, job: Job, *attempts: bytes) -> None:
        """A job with two ranks, and what rank 0 wrote in each of its attempts."""
        self.job_items[job.name] = job
        workers = self.worker_items.setdefault(job.name, [])
        for attempt, data in enumerate(attempts):
            over = attempt < len(attempts) - 1 or job.state.ended
            for rank in (0, 1):
                self.logs[job.name, rank, attempt] = data if rank == 0 else b"other rank\n"
                if over:
                    self.ended.add((job.name, rank, attempt))
                workers.append(_worker(job.name, rank, attempt, over=over))

    def write(self, job: str, data: bytes, *, attempt: int = 0) -> None:
        """Rank 0 writes something."""
        self.logs[job, 0, attempt] += data
        self.written.set()

    async def workers(self, name: str, *, all_attempts: bool = False) -> Sequence[Worker]:
        self._called(f"workers {name}")
        return tuple(self.worker_items.get(name, ()))

    def _log(self, job: str, rank: int, attempt: int | None) -> tuple[str, int, int]:
        if self.log_error is not None:
            raise self.log_error
        known = [key for key in self.logs if key[:2] == (job, rank)]
        key = max(known) if attempt is None and known else (job, rank, attempt or 0)
        if key not in self.logs:
            raise NotFound(f"read the log of job {job} rank {rank}")
        return key

    async def read_log(
        self,
        job: str,
        rank: int,
        *,
        attempt: int | None = None,
        start: int = 0,
        length: int = 65_536,
    ) -> LogChunk:
        self.reads.append((start, length))
        key = self._log(job, rank, attempt)
        data = self.logs[key]
        first = max(0, len(data) + start) if start < 0 else start
        piece = data[first : first + length]
        ended = key in self.ended and first + len(piece) >= len(data)
        return LogChunk(start=first, data=piece, total=len(data), end_of_log=ended)

    async def follow_log(
        self, job: str, rank: int, *, attempt: int | None = None, start: int = 0
    ) -> AsyncIterator[LogChunk]:
        key = self._log(job, rank, attempt)
        while True:
            data = self.logs[key]
            if len(data) > start:
                yield LogChunk(start=start, data=data[start:])
                start = len(data)
            if key in self.ended:
                yield LogChunk(start=start, data=b"", total=start, end_of_log=True)
                return
            self.written.clear()
            await self.written.wait()

    async def series(
        self, metric: str, window: Window, *, node: str = "", job: str = ""
    ) -> Sequence[Series]:
        labels = {"accelerator": "node-1/0", "node": "node-1", "job": job}
        points = (Point(time=window.start + timedelta(seconds=1), value=0.42),)
        return (Series(metric=metric, unit="ratio", labels=labels, points=points),)


def _worker(job: str, rank: int, attempt: int, *, over: bool) -> Worker:
    return Worker(
        job=job,
        rank=rank,
        attempt=attempt,
        state=WorkerState.STOPPED if over else WorkerState.RUNNING,
        node=f"node-{rank + 1}",
        accelerators=(0,),
        started=T0,
        log_bytes=10,
    )


def tenant_with(*attempts: bytes, state: JobState = JobState.RUNNING, **more: Any) -> LoggedTenant:
    """One job `demo` whose rank 0 wrote `attempts`."""
    tenant = LoggedTenant()
    job = make_job("demo", state, attempt=max(0, len(attempts) - 1), **more)
    tenant.add(job, *attempts)
    tenant.event_items.append(make_event(1, "demo", "JobCreated"))
    tenant.event_items.append(make_event(2, "demo", "JobRunning"))
    return tenant
