"""What a training run says about itself in its log: where it is, how well it does, how fast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Point:
    """One report of progress.

    Attributes:
        step: steps done, in the unit of its run; over all epochs where a run counts within each.
        line: number of the line, from 1.
        segment: which start of the run it belongs to, from 0.
        total: steps there will be.
        epoch: which epoch, with a fraction where the log has one.
        loss: of training; NaN where the log says so.
        tokens_per_second: of the whole run, as reported.
        samples_per_second: of the whole run, as reported.
        step_seconds: what a step takes, as reported.
        elapsed_seconds: how long it has trained, as reported.
        time: the moment the line names.
    """

    step: float
    line: int
    segment: int = 0
    total: float | None = None
    epoch: float | None = None
    loss: float | None = None
    learning_rate: float | None = None
    tokens_per_second: float | None = None
    samples_per_second: float | None = None
    step_seconds: float | None = None
    elapsed_seconds: float | None = None
    grad_norm: float | None = None
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of a validation; `step` is `None` where no step was known yet."""

    step: float | None
    metrics: Mapping[str, float]
    line: int
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """A checkpoint that was written; `path` is empty where the line names none."""

    step: int | None
    path: str
    line: int
    time: datetime | None = None


@dataclass(slots=True)
class Segment:
    """Steps that went on without going back: a run is cut into these by restarts."""

    number: int
    first: float
    last: float
    points: int = 0
    losses: int = 0
    first_loss: float | None = None
    last_loss: float | None = None
    least_loss: float | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A benchmark run as its records bound it."""

    started: datetime | None = None
    ended: datetime | None = None
    status: str = ""

    @property
    def seconds(self) -> float | None:
        """How long it took, where both ends are known."""
        if self.started is None or self.ended is None:
            return None
        return (self.ended - self.started).total_seconds()


@dataclass(frozen=True, slots=True)
class Signals:
    """What was read so far.

    Attributes:
        unit: what `step` counts: step, iteration, epoch, samples, or a bar.
        points: oldest first; of a long log a selection with the extremes of the loss, and the
            last ones whole.
        segments: the starts of the run; the oldest ones are dropped of very many.
        restarts: how often the step went back.
        evaluations: the last ones.
        evaluation_count: how many there were.
        checkpoints: the last ones.
        checkpoint_count: how many there were.
        summary: figures a framework gives for the whole run at its end.
        ranks: by rank, the points of each where one log holds several.
    """

    unit: str = ""
    points: tuple[Point, ...] = ()
    segments: tuple[Segment, ...] = ()
    restarts: int = 0
    evaluations: tuple[Evaluation, ...] = ()
    evaluation_count: int = 0
    checkpoints: tuple[Saved, ...] = ()
    checkpoint_count: int = 0
    run: Run = field(default_factory=Run)
    summary: Mapping[str, float] = field(default_factory=dict)
    ranks: Mapping[int, tuple[Point, ...]] = field(default_factory=dict)

    @property
    def last(self) -> Point | None:
        """The newest point."""
        return self.points[-1] if self.points else None

    @property
    def total(self) -> float | None:
        """Steps there will be."""
        last = self.last
        known = next((each.total for each in reversed(self.points[-50:]) if each.total), None)
        return known if last is not None and known is not None and known >= last.step else None

    @property
    def losses(self) -> int:
        """How many points of the log had a loss."""
        return sum(each.losses for each in self.segments)
