"""All runs of one node: takes orders, keeps them on disk, reports what is."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from localcloud.agent.fence import kill_run
from localcloud.agent.measure import Meter
from localcloud.agent.progress import LogProgress, newest_checkpoint
from localcloud.agent.worker import RunRecord, Worker

_MEASURE_SECONDS = 1.0


class Runner:
    """Starts, stops and remembers runs. Orders are idempotent by run id."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "runs.json"
        self._records: dict[str, RunRecord] = {}
        self._workers: dict[str, Worker] = {}
        self._progress: dict[str, LogProgress] = {}
        self._meter = Meter()
        self._measured = 0.0
        self._unsaved = False
        self._load()

    @property
    def busy(self) -> bool:
        """True while a worker runs."""
        return any(record.live for record in self._records.values())

    def apply(self, reply: dict[str, Any]) -> bool:
        """Do what the daemon wants; returns whether anything changed."""
        grace = float(reply["grace_seconds"])
        started = [order for order in reply["start"] if order["id"] not in self._records]
        for order in started:
            self._start(order)
        for run_id in reply["stop"]:
            self.stop(run_id, grace)
        forgotten = [run_id for run_id in reply["forget"] if self._forget(run_id)]
        if forgotten:
            self._save()
        return bool(started or reply["stop"])

    def stop(self, run_id: str, grace_seconds: float) -> None:
        """Stop one run, if it is here."""
        worker = self._workers.get(run_id)
        if worker is not None:
            worker.stop(grace_seconds)

    def stop_all(self, grace_seconds: float) -> None:
        """Stop every run because the agent itself goes away."""
        for worker in self._workers.values():
            worker.stop(grace_seconds, shutdown=True)

    def poll(self) -> None:
        """Record runs that have ended."""
        ended = [worker.poll() for worker in self._workers.values()]
        if any(ended) or self._unsaved:
            self._save()

    def next_deadline(self) -> float | None:
        """Monotonic moment of the next kill that is due."""
        deadlines = [worker.next_deadline() for worker in self._workers.values()]
        return min((moment for moment in deadlines if moment is not None), default=None)

    def reports(self) -> list[dict[str, Any]]:
        """Every run as the heartbeat carries it."""
        self._measure()
        return [self._report(record) for record in self._records.values()]

    def machine_cpu(self) -> float:
        """Fraction 0..1 of the machine's CPU in use."""
        return self._meter.machine()

    def _start(self, order: dict[str, Any]) -> None:
        record = RunRecord(order["id"], order["log_path"], order["checkpoint_dir"])
        self._records[record.id] = record
        # On disk before it runs: an agent killed in between must not start it a second time.
        self._save()
        worker = Worker(record)
        worker.start(order)
        self._workers[record.id] = worker
        self._progress[record.id] = LogProgress(Path(record.log_path))
        self._save()

    def _forget(self, run_id: str) -> bool:
        record = self._records.get(run_id)
        if record is None or record.live:
            return False
        del self._records[run_id]
        self._workers.pop(run_id, None)
        self._progress.pop(run_id, None)
        return True

    def _measure(self) -> None:
        now = time.monotonic()
        if now - self._measured >= _MEASURE_SECONDS:
            self._measured = now
            live = [r.pid for r in self._records.values() if r.live and r.pid is not None]
            self._meter.update(live, now)

    def _report(self, record: RunRecord) -> dict[str, Any]:
        report = record.to_json()
        progress = self._progress.get(record.id)
        if progress is not None:
            progress.update()
            report["progress"] = progress.as_report()
            report["log_bytes"] = progress.size
            report["last_output"] = progress.last_output
        checkpoint = newest_checkpoint(Path(record.checkpoint_dir))
        if checkpoint is not None:
            report["checkpoint_step"], report["checkpoint_time"] = checkpoint
        load = self._meter.loads.get(record.pid or 0) if record.live else None
        if load is not None:
            report["cpu"], report["memory_bytes"] = load.cores, load.memory_bytes
        return report

    def _load(self) -> None:
        """Take over the table of an earlier agent; what it left running ends here."""
        for data in _read(self._path):
            record = RunRecord.from_json(data)
            if record.live:
                kill_run(record.id, record.pid, record.pid_started)
                record.state, record.ended = "LOST", time.time()
            self._records[record.id] = record
        self._save()

    def _save(self) -> None:
        records = [record.to_json() for record in self._records.values()]
        try:
            _replace(self._path, json.dumps(records))
            self._unsaved = False
        except OSError as error:
            # A full disk must not take the node down; the next poll tries again.
            print(f"the run table {self._path} was not written: {error}", file=sys.stderr)
            self._unsaved = True


def _replace(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, path)


def _read(path: Path) -> list[dict[str, Any]]:
    """The stored records; a damaged table is kept aside and counts as empty."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except ValueError as error:
        print(f"the run table {path} is damaged: {error}", file=sys.stderr)
        os.replace(path, path.with_suffix(".damaged"))
        return []
    return [item for item in stored if isinstance(item, dict)] if isinstance(stored, list) else []
