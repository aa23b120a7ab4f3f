"""What an action will do before it is done: plain facts for the dialog that asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api_client.models.billing import Estimate, PriceList
from api_client.models.compute import NodeSummary
from api_client.models.job import JobState, JobSummary
from console.analysis.rates import held_accelerators, job_rate, spend_rate


class Deed(StrEnum):
    """Actions with consequences; the words are catalogue keys under `facts.effect`."""

    STOP = "stop"
    RESTART = "restart"
    RESTART_SCRATCH = "restart_scratch"
    DELETE = "delete"
    CORDON = "cordon"
    DRAIN = "drain"
    UNCORDON = "uncordon"
    REBOOT = "reboot"


class LossKind(StrEnum):
    """What is known of the work that is lost; the words end catalogue keys `facts.effect.loses`."""

    NOTHING = "nothing"
    STEPS = "steps"
    TIME = "time"
    ALL = "all"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class JobLoss:
    """What one job loses.

    Attributes:
        steps: since the last checkpoint; `None` where unknown.
        seconds: of running since the last checkpoint, or since the start where there is none.
        checkpoint_step: where it can go on from.
    """

    job: str
    owner: str
    state: JobState
    accelerators: int
    kind: LossKind
    steps: int | None = None
    seconds: float | None = None
    checkpoint_step: int | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What happens if the action is done now.

    Attributes:
        subject: the name of the job or node acted on.
        jobs: every job that is affected, with what it loses.
        accelerators_freed: held now and given back; 0 where nothing is.
        rate: what an hour of the affected jobs costs; `None` where unknown or nothing.
        undo: the deed that takes it back; `None` where nothing does.
    """

    deed: Deed
    subject: str
    jobs: tuple[JobLoss, ...] = ()
    accelerators_freed: int = 0
    rate: Estimate | None = None
    undo: Deed | None = None

    @property
    def owners(self) -> tuple[str, ...]:
        """Everybody whose job is affected, once."""
        return tuple(dict.fromkeys(loss.owner for loss in self.jobs))


def job_loss(job: JobSummary, now: datetime, *, from_checkpoint: bool = True) -> JobLoss:
    """What the job loses when its workers stop now."""
    progress = job.progress
    steps: int | None = None
    seconds: float | None = None
    checkpoint = progress.checkpoint_step if from_checkpoint else None
    if not held_accelerators(job):
        kind = LossKind.NOTHING
    elif checkpoint is None and progress.checkpoint_time is not None and from_checkpoint:
        kind, seconds = LossKind.TIME, _since(progress.checkpoint_time, job.started, now)
    elif checkpoint is None:
        kind, seconds = LossKind.ALL, _held_seconds(job)
        if progress.step is None and progress.updated is None and from_checkpoint:
            # A job that says nothing of its steps may well keep checkpoints nobody sees.
            kind = LossKind.UNKNOWN
        steps = progress.step
    else:
        seconds = _since(progress.checkpoint_time, job.started, now)
        steps = None if progress.step is None else max(0, progress.step - checkpoint)
        kind = LossKind.TIME if steps is None and seconds is not None else LossKind.STEPS
        if steps is None and seconds is None:
            kind = LossKind.UNKNOWN
    return JobLoss(
        job=job.name,
        owner=job.owner,
        state=job.state,
        accelerators=held_accelerators(job),
        kind=kind,
        steps=steps,
        seconds=seconds,
        checkpoint_step=checkpoint,
    )


def _since(checkpoint: datetime | None, started: datetime | None, now: datetime) -> float | None:
    """Seconds of work since a checkpoint: an attempt that began later has worked less."""
    if checkpoint is None:
        return None
    begun = max(checkpoint, started) if started is not None else checkpoint
    return max(0.0, (now - begun).total_seconds())


def _held_seconds(job: JobSummary) -> float | None:
    return job.accelerator_seconds / job.accelerators if job.accelerators else None


def stop_consequence(job: JobSummary, prices: PriceList | None, now: datetime) -> Consequence:
    """Stopping a job."""
    held = held_accelerators(job)
    return Consequence(
        deed=Deed.STOP,
        subject=job.name,
        jobs=(job_loss(job, now),),
        accelerators_freed=held,
        rate=job_rate(job, prices) if held else None,
        undo=Deed.RESTART,
    )


def restart_consequence(
    job: JobSummary, prices: PriceList | None, now: datetime, *, from_checkpoint: bool = True
) -> Consequence:
    """Restarting a job, from its checkpoint or from nothing."""
    return Consequence(
        deed=Deed.RESTART if from_checkpoint else Deed.RESTART_SCRATCH,
        subject=job.name,
        jobs=(job_loss(job, now, from_checkpoint=from_checkpoint),),
        rate=job_rate(job, prices),
    )


def delete_consequence(job: JobSummary, prices: PriceList | None, now: datetime) -> Consequence:
    """Deleting a job with its logs."""
    held = held_accelerators(job)
    return Consequence(
        deed=Deed.DELETE,
        subject=job.name,
        jobs=(job_loss(job, now),),
        accelerators_freed=held,
        rate=job_rate(job, prices) if held else None,
    )


def node_consequence(
    deed: Deed,
    node: NodeSummary,
    jobs: Iterable[JobSummary],
    prices: PriceList | None,
    now: datetime,
) -> Consequence:
    """Draining or rebooting stops the gangs on the node; cordoning and its undo touch none."""
    undo = {
        Deed.CORDON: Deed.UNCORDON,
        Deed.DRAIN: Deed.UNCORDON,
        Deed.UNCORDON: Deed.CORDON,
    }.get(deed)
    if deed not in (Deed.DRAIN, Deed.REBOOT):
        return Consequence(deed=deed, subject=node.name, undo=undo)
    hurt = [job for job in jobs if node.name in job.nodes and held_accelerators(job)]
    rates = spend_rate(hurt, prices)
    return Consequence(
        deed=deed,
        subject=node.name,
        jobs=tuple(job_loss(job, now) for job in hurt),
        accelerators_freed=node.allocated,
        rate=rates[0] if len(rates) == 1 and not rates[0].left_out else None,
        undo=undo,
    )
