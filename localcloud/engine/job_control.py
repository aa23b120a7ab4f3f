"""What a person does to jobs: create, stop, restart, delete."""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from api_client.models.event import EventReason
from api_client.models.job import JobSpec, JobState, Progress
from localcloud.engine.core import Core
from localcloud.engine.errors import ConflictFault, InvalidFault, NotFoundFault, StoreError
from localcloud.engine.journal import job_ref
from localcloud.engine.lifecycle import Lifecycle
from localcloud.engine.orders import RESERVED_PREFIX, RESERVED_VARIABLES, job_folder
from localcloud.engine.recovery import restart_gang, stop_gang
from localcloud.store.rows import JobRow

_RESERVED_TAGS = frozenset({"user", "pool", "node", "job", "attempt", "rank"})


class JobControl:
    """Requests about jobs; each is one transaction."""

    def __init__(self, core: Core, lifecycle: Lifecycle) -> None:
        self._core = core
        self._lifecycle = lifecycle

    def get(self, name: str) -> JobRow:
        """Raises `NotFoundFault`."""
        job = self._core.store.jobs.get(name)
        if job is None:
            raise NotFoundFault("job", name)
        return job

    def create(self, spec: JobSpec, owner: str) -> JobRow:
        """Queue a new job; raises `InvalidFault`, `ConflictFault`, `StoreError`."""
        check_spec(spec, self._core.settings.pool)
        if self._core.store.jobs.get(spec.name) is not None:
            raise ConflictFault(
                "name_taken",
                f"There is a job named {spec.name!r} already.",
                "Choose another name, or delete that job once it has ended.",
            )
        job = self._new(spec, owner)
        _make_folders(job, job_folder(self._core, job))
        with self._core.journal.transaction():
            self._core.store.jobs.insert(job)
            self._core.journal.touch_job(job.uid)
            self._event(job, EventReason.JOB_CREATED, f"{owner} created {job.name}.")
            self._event(job, EventReason.JOB_QUEUED, f"{job.name} waits for slots.")
        return self.get(spec.name)

    def stop(self, name: str, reason: str, by: str) -> JobRow:
        """Stop a job; one that is stopping or stopped stays so, another end is a conflict."""
        job = self.get(name)
        if job.state in (JobState.SUCCEEDED, JobState.FAILED):
            raise ConflictFault("job_ended", f"{name} has ended already: {job.state.value}.")
        if job.state in (JobState.STOPPED, JobState.STOPPING):
            return job
        said = f"stopped by {by}" + (f": {reason}" if reason else "")
        with self._core.journal.transaction():
            self._event(job, EventReason.JOB_STOPPING, f"{name} is {said}.", by=by)
            stop_gang(self._core, job, JobState.STOPPED, said)
            if not any(run.live for run in self._core.store.runs.of_job(job.uid)):
                self._lifecycle.end(job, JobState.STOPPED, said)
        return self.get(name)

    def restart(self, name: str, *, from_checkpoint: bool, by: str) -> JobRow:
        """Start a job anew, with its checkpoints or with an empty checkpoint folder."""
        job = self.get(name)
        if job.state is JobState.STOPPING:
            raise ConflictFault("job_stopping", f"{name} is being stopped.", "Wait until it is.")
        if not from_checkpoint:
            job.checkpoint_dir = self._fresh_folder(job)
            job.progress = Progress()
        with self._core.journal.transaction():
            how = "from its checkpoint" if from_checkpoint else "from the beginning"
            self._event(
                job, EventReason.JOB_RESTART_REQUESTED, f"{by} restarts {name} {how}.", by=by
            )
            job.backoff_used = job.failures_in_row = 0
            job.not_before, job.ran_seconds = 0.0, 0.0
            if job.state.ended:
                self._requeue(job)
            elif job.state is JobState.QUEUED:
                self._core.journal.save_job(job)
            else:
                restart_gang(self._core, job, f"restarted by {by}")
        return self.get(name)

    def delete(self, name: str, by: str) -> None:
        """Forget a job that has ended, with its own folder; its charges and events stay."""
        job = self.get(name)
        if not job.state.ended:
            raise ConflictFault(
                "job_not_ended", f"{name} is {job.state.value}.", "Stop it first, then delete it."
            )
        with self._core.journal.transaction():
            self._event(job, "JobDeleted", f"{by} deleted {name}.", by=by)
            self._core.journal.drop_job(job)
        folder = job_folder(self._core, job)
        if folder.exists():
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise StoreError(
                    f"{name} is deleted, but its folder {folder} could not be removed ({error})."
                ) from error

    def _new(self, spec: JobSpec, owner: str) -> JobRow:
        uid = uuid.uuid4().hex
        now = self._core.now()
        folder = self._core.home / "jobs" / uid
        return JobRow(
            uid=uid,
            name=spec.name,
            owner=owner,
            spec=spec,
            created=now,
            queued=now,
            log_dir=str(folder / "logs"),
            checkpoint_dir=spec.checkpoint_dir or str(folder / "checkpoints"),
        )

    def _requeue(self, job: JobRow) -> None:
        job.state, job.reason, job.ending = JobState.QUEUED, "", ""
        job.exit_code = job.ended = None
        job.incident = job.isolating = False
        job.queued = self._core.now()
        self._core.journal.save_job(job)
        self._event(job, EventReason.JOB_QUEUED, f"{job.name} waits for slots.")

    def _fresh_folder(self, job: JobRow) -> str:
        """An empty folder beside the old one, so that no checkpoint is ever deleted."""
        base = job.spec.checkpoint_dir or str(job_folder(self._core, job) / "checkpoints")
        return f"{base.rstrip('/')}-restart-{job.next_attempt}"

    def _event(self, job: JobRow, reason: str, message: str, by: str = "") -> None:
        self._core.journal.event(job_ref(job.name), reason, message, by=by or job.owner)


def check_spec(spec: JobSpec, pool: str) -> None:
    """Refuse what the model allows and this cloud cannot do; raises `InvalidFault`."""
    wrong: dict[str, str] = {}
    if spec.pool != pool:
        wrong["pool"] = f"there is no pool {spec.pool!r}; there is {pool!r}"
    for field in ("working_dir", "checkpoint_dir"):
        folder = getattr(spec, field)
        if folder and not Path(folder).is_absolute():
            wrong[field] = "must be an absolute path"
    for field in ("command", "working_dir", "checkpoint_dir"):
        if problem := _unusable(getattr(spec, field)):
            wrong[field] = problem
    for name, value in spec.env.items():
        if problem := _bad_variable(name, value):
            wrong[f"env.{name}"] = problem
    for tag in _RESERVED_TAGS & spec.tags.keys():
        wrong[f"tags.{tag}"] = "is set by the cloud"
    if wrong:
        raise InvalidFault(wrong)


def _bad_variable(name: str, value: str) -> str:
    if name in RESERVED_VARIABLES or name.startswith(RESERVED_PREFIX):
        return "is set by the cloud for each worker"
    if not name or "=" in name:
        return "is no name for an environment variable"
    return _unusable(name) or _unusable(value)


def _unusable(text: str) -> str:
    if "\0" in text:
        return "holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half a character (a lone surrogate)"
    return ""


def _make_folders(job: JobRow, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        Path(job.log_dir).mkdir(exist_ok=True)
        if not job.spec.checkpoint_dir:
            Path(job.checkpoint_dir).mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} could not be made ({error.strerror}).", "Check the disk."
        ) from error
