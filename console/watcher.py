"""Notices about jobs somebody cares about: they ended, failed, or began to recover."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from api_client.models.job import JobState, JobSummary
from console import paths
from console.message import Message, say
from console.present.table import Tone
from console.state.feed import utc_now
from console.state.snapshot import Snapshot
from console.state.store import Store, Unsubscribe
from console.toml_file import write_atomic

_LOG = logging.getLogger(__name__)

_NEWS = {
    JobState.SUCCEEDED: ("notice.succeeded", Tone.OK),
    JobState.FAILED: ("notice.failed", Tone.FAILED),
    JobState.STOPPED: ("notice.stopped", Tone.WARNING),
    JobState.RECOVERING: ("notice.recovering", Tone.RECOVERING),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person wants to hear of."""

    time: datetime
    job: str
    message: Message
    tone: Tone


class Pins:
    """Names of the jobs somebody pinned or submitted here, kept per profile on disk."""

    def __init__(self, profile: str, file: Path | None = None) -> None:
        self._file = file or paths.state_dir() / "pins" / f"{profile}.json"
        self._names = self._load()

    def _load(self) -> dict[str, None]:
        try:
            names = json.loads(self._file.read_text(encoding="utf-8"))
            return dict.fromkeys(str(name) for name in names)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError):
            _LOG.warning("the kept pins in %s cannot be read; starting without", self._file)
            return {}

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def names(self) -> tuple[str, ...]:
        """All of them, oldest first."""
        return tuple(self._names)

    def add(self, name: str) -> None:
        """Pin a job.

        Raises:
            OSError: it cannot be kept; it is pinned for this run all the same.
        """
        self._names[name] = None
        self._save()

    def remove(self, name: str) -> None:
        """Pin it no more.

        Raises:
            OSError: as for `add`.
        """
        self._names.pop(name, None)
        self._save()

    def toggle(self, name: str) -> bool:
        """Pin or unpin; true where it is pinned now."""
        (self.remove if name in self._names else self.add)(name)
        return name in self._names

    def _save(self) -> None:
        write_atomic(self._file, json.dumps(list(self._names)).encode())


class JobWatcher:
    """Tells of pinned jobs when they end or begin to recover.

    What is true when it first sees a job is not news; a state from disk is no news either.

    Args:
        tell: called once for each notice.
    """

    def __init__(
        self,
        store: Store,
        pins: Collection[str] | Pins,
        tell: Callable[[Notice], None],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._pins = pins
        self._tell = tell
        self._clock = clock
        self._last: dict[str, tuple[str, JobState]] = {}
        # Between RECOVERING and RUNNING a job may be seen as STARTING.
        self._recovering: set[str] = set()
        self._unsubscribe: Unsubscribe | None = None

    def start(self) -> None:
        """Begin to look at the list of jobs."""
        self._changed("jobs", self._store.snapshot("jobs"))
        self._unsubscribe = self._store.subscribe("jobs", self._changed)

    def stop(self) -> None:
        """Look no more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _changed(self, key: str, snapshot: Snapshot[Any]) -> None:
        if snapshot.from_disk:
            return
        for name in self._names():
            job: JobSummary | None = snapshot.items.get(name)
            if job is not None:
                self._look(job)

    def _names(self) -> Collection[str]:
        return self._pins.names() if isinstance(self._pins, Pins) else tuple(self._pins)

    def _look(self, job: JobSummary) -> None:
        before = self._last.get(job.name)
        self._last[job.name] = (job.uid, job.state)
        if before is None or before[0] != job.uid or before[1] is job.state:
            return
        if job.state in _NEWS:
            key, tone = _NEWS[job.state]
            message = say(key, name=job.name, why=job.reason)
            self._tell(Notice(self._clock(), job.name, message, tone))
        elif job.state is JobState.RUNNING and job.name in self._recovering:
            message = say("notice.recovered", name=job.name, restarts=job.restarts)
            self._tell(Notice(self._clock(), job.name, message, Tone.OK))
        if job.state is JobState.RECOVERING:
            self._recovering.add(job.name)
        elif job.state is not JobState.STARTING:
            self._recovering.discard(job.name)
