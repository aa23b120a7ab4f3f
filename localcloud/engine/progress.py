"""From the workers' reports to the progress of their jobs."""

from __future__ import annotations

from api_client.models.event import EventReason
from api_client.models.job import Progress
from api_client.models.slim import replace
from localcloud.engine.clock import from_epoch
from localcloud.engine.core import Core
from localcloud.engine.journal import job_ref
from localcloud.engine.protocol import RunReport
from localcloud.store.rows import JobRow, RunRow

_FIGURES = ("step", "total_steps", "loss", "tokens_per_second", "steps_per_second", "updated")


def follow_progress(core: Core, node: str, reports: list[RunReport]) -> None:
    """Update every job with a current run among these reports; inside a transaction."""
    by_job: dict[str, list[RunReport]] = {}
    for report in reports:
        run = core.store.runs.get(report.id)
        if run is not None and run.current and run.node == node:
            by_job.setdefault(run.job_uid, []).append(report)
    for uid, some in by_job.items():
        job = core.store.jobs.by_uid(uid)
        if job is not None and not job.state.ended:
            _follow(core, job, some)


def note_resumed(core: Core, job: JobRow, runs: list[RunRow]) -> None:
    """Close the incident at the first new step; inside a transaction."""
    if not job.incident or not _resumed(job, runs):
        return
    job.incident, job.failures_in_row = False, 0
    core.journal.save_job(job)
    core.journal.event(
        job_ref(job.name),
        EventReason.TRAINING_RESUMED,
        f"{job.name} takes new steps again, at step {job.progress.step}.",
        attempt=job.attempt,
        step=job.progress.step,
    )


def publish_progress(core: Core) -> None:
    """Publish jobs whose progress moved since the last call."""
    waiting, core.live.unpublished = core.live.unpublished, set()
    if waiting:
        with core.journal.transaction():
            for uid in waiting:
                core.journal.touch_job(uid)


def _follow(core: Core, job: JobRow, reports: list[RunReport]) -> None:
    runs = core.store.runs.current([job.uid])[job.uid]
    new = _with_checkpoint(_newest(job, runs), reports)
    if new == job.progress:
        return
    before, job.progress = job.progress.checkpoint_step, new
    if new.checkpoint_step is not None and new.checkpoint_step > (before or -1):
        core.journal.event(
            job_ref(job.name),
            EventReason.CHECKPOINT_SAVED,
            f"{job.name} saved the checkpoint of step {new.checkpoint_step}.",
            attempt=job.attempt,
            checkpoint_step=new.checkpoint_step,
        )
    core.journal.save_job(job, publish=False)
    core.live.unpublished.add(job.uid)


def _newest(job: JobRow, runs: list[RunRow]) -> Progress:
    """The figures of the lowest rank that reports steps; rank 0 in most frameworks."""
    for run in runs:
        if run.progress.step is not None:
            return replace(job.progress, **{name: getattr(run.progress, name) for name in _FIGURES})
    return job.progress


def _with_checkpoint(progress: Progress, reports: list[RunReport]) -> Progress:
    steps = [
        (r.checkpoint_step, r.checkpoint_time) for r in reports if r.checkpoint_step is not None
    ]
    if not steps:
        return progress
    step, moment = max(steps, key=lambda found: found[0])
    return replace(progress, checkpoint_step=step, checkpoint_time=from_epoch(moment))


def _resumed(job: JobRow, runs: list[RunRow]) -> bool:
    """True once a run of the current attempt is past the checkpoint it started from."""
    if job.started is None:
        return False
    for run in runs:
        step, updated = run.progress.step, run.progress.updated
        of_this = run.attempt == job.attempt
        later = updated is not None and updated.timestamp() >= job.started
        past = step is not None and (job.resume_from is None or step > job.resume_from)
        if past and (of_this or later):
            return True
    return False
