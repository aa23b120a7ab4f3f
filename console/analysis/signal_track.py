"""Keeps the points of one counter of a run, in bounded memory.

Of many points the smallest and the largest loss of each stretch are kept, and the last ones whole.
Numbers are read out of a kept line when somebody asks, not while the log is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from console.analysis.signal_batch import Batch, Kept, point_of
from console.analysis.signal_model import Point, Segment

_SEGMENTS_KEPT = 1000


_NEARLY, _SOON = 2, 32
"""So many reports behind, and back within so many lines, is a slow rank and no restart."""


@dataclass(slots=True)
class Track:
    """One counter: the steps of a run, its epochs, or a bar.

    Args:
        unit: what it counts.
        most: lines kept of the whole log.
        whole: lines kept at its end.
    """

    unit: str
    most: int = 4000
    whole: int = 400
    points: int = 0
    restarts: int = 0
    segments: deque[Segment] = field(default_factory=lambda: deque(maxlen=_SEGMENTS_KEPT))
    total: float | None = None
    _kept: list[Kept] = field(default_factory=list)
    _tail: deque[tuple[Batch, int, float]] = field(default_factory=deque)
    _tail_lines: int = 0
    _stretch: int = 1
    _base: float | None = None
    """The number of the first epoch: some count from 0, some from 1."""
    _report: float = 1.0
    """Steps from one report to the next."""
    _epoch: float | None = None
    _step: float = 0.0
    _offset: float = 0.0
    """Steps of the epochs before, where each epoch counts anew."""

    @property
    def step(self) -> float | None:
        """The newest step."""
        return self.segments[-1].last if self.segments else None

    @property
    def losses(self) -> int:
        """Points with a loss."""
        return sum(each.losses for each in self.segments)

    @property
    def has_moved(self) -> bool:
        """Whether the step ever went on."""
        return any(each.last > each.first for each in self.segments)

    def add(self, batch: Batch) -> None:
        """Take further lines."""
        if batch.format.per_epoch and batch.epochs and batch.totals:
            batch = self._over_epochs(batch, batch.epochs, batch.totals)
        if batch.steps[0] < self._step or sorted(batch.steps) != batch.steps:
            batch = self._without_stragglers(batch)
        steps, start = batch.steps, 0
        if sorted(steps) != steps:
            for at in range(1, len(steps)):
                if steps[at] < steps[at - 1]:
                    self._add_rising(batch.part(start, at))
                    start = at
        self._add_rising(batch.part(start, len(steps)))

    def _over_epochs(self, batch: Batch, epochs: list[float], lengths: list[float]) -> Batch:
        """Steps of an epoch as steps of the run."""
        if self._base is None:
            # A bar that begins in a later epoch was resumed, and bars count from 0.
            from_one = epochs[0] == 1.0 or (epochs[0] > 1.0 and batch.of_epochs is not None)
            self._base = 1.0 if from_one else 0.0
        base, of = self._base, batch.of_epochs
        steps = [
            step + (epoch - base) * length
            for step, epoch, length in zip(batch.steps, epochs, lengths, strict=True)
        ]
        whole = [count * each for count, each in zip(of, lengths, strict=True)] if of else None
        return replace(batch, steps=steps, totals=whole)

    def _without_stragglers(self, batch: Batch) -> Batch:
        """The lines but those of ranks a moment behind, where no label says whose line it is."""
        steps, numbers, epochs = batch.steps, batch.numbers, batch.epochs
        top = self._step if self.segments else steps[0]
        epoch, kept, report = self._epoch, [], self._report
        for at, step in enumerate(steps):
            near = top - step <= _NEARLY * report and (not epochs or epochs[at] == epoch)
            if step >= top:
                report = step - top or report
            elif near and _returns(steps, numbers, at, top):
                continue
            top, epoch = step, epochs[at] if epochs else epoch
            kept.append(at)
        self._report = report
        return batch if len(kept) in (0, len(steps)) else batch.only(kept)

    def _add_rising(self, batch: Batch) -> None:
        """Lines whose step does not go back among them."""
        first, epochs = batch.steps[0], batch.epochs
        if self.segments and first < self._step:
            if epochs and self._epoch is not None and epochs[0] > self._epoch:
                self._offset += max(self._step, self.total or 0.0)
            else:
                self._offset = 0.0
                # A bar that was full and begins anew is another bar.
                self.restarts += self.unit != "bar" or self._step < (self.total or 0.0)
                self._open(first)
        elif not self.segments:
            self._open(first)
        self._step = batch.steps[-1]
        self._epoch = epochs[-1] if epochs else self._epoch
        self.total = batch.totals[-1] if batch.totals else self.total
        self._measure(batch)
        self._thin(batch)
        self._remember(batch)

    def _open(self, first: float) -> None:
        number = self.segments[-1].number + 1 if self.segments else 0
        self.segments.append(Segment(number, first, first))

    def _measure(self, batch: Batch) -> None:
        segment = self.segments[-1]
        segment.last = batch.steps[-1] + self._offset
        segment.points += len(batch.lines)
        self.points += len(batch.lines)
        losses = batch.losses
        if losses is None:
            return
        segment.losses += len(losses)
        if segment.first_loss is None:
            segment.first_loss = losses[0]
        segment.last_loss = losses[-1]
        least = min(losses)
        # One that is no number is neither less nor more than another.
        if least == least and (segment.least_loss is None or least < segment.least_loss):
            segment.least_loss = least

    def _thin(self, batch: Batch) -> None:
        number, losses = self.segments[-1].number, batch.losses
        count, stretch = len(batch.lines), self._stretch
        for start in range(0, count, stretch):
            end = min(start + stretch, count)
            for at in _extremes(losses, start, end):
                self._kept.append(batch.keep(at, number, self._offset))
        if len(self._kept) > self.most:
            self._stretch *= 2
            self._kept = _thinned(self._kept, self.most // 2)

    def _remember(self, batch: Batch) -> None:
        """Keep the end of the log whole."""
        self._tail.append((batch, self.segments[-1].number, self._offset))
        self._tail_lines += len(batch.lines)
        while self._tail_lines - len(self._tail[0][0].lines) >= self.whole:
            self._tail_lines -= len(self._tail.popleft()[0].lines)
        if len(self._tail) == 1 and self._tail_lines > 4 * self.whole:
            short = batch.part(len(batch.lines) - self.whole, len(batch.lines))
            self._tail[0] = (short, self.segments[-1].number, self._offset)
            self._tail_lines = self.whole

    def newest(self) -> Point | None:
        """The last point, without reading the others."""
        if not self._tail:
            return None
        batch, segment, offset = self._tail[-1]
        return point_of(batch.keep(len(batch.lines) - 1, segment, offset), None)

    def read(self) -> tuple[Point, ...]:
        """The points that are kept, oldest first."""
        last = [
            batch.keep(at, segment, offset)
            for batch, segment, offset in self._tail
            for at in range(len(batch.lines))
        ]
        first = last[0].number if last else 0
        kept = [each for each in self._kept if each.number < first] + last
        points, hint = [], None
        for each in kept:
            point = point_of(each, hint)
            hint = point.time or hint
            points.append(point)
        return tuple(points)


def _returns(steps: list[float], numbers: Sequence[int], at: int, top: float) -> bool:
    """Whether the next few lines are where the lines before were, as far as there are any yet."""
    end = min(at + _SOON, len(steps))
    for later in range(at + 1, end):
        if numbers[later] - numbers[at] > _SOON:
            return False
        if steps[later] >= top:
            return True
    return end == len(steps)


def _extremes(losses: list[float] | None, start: int, end: int) -> tuple[int, ...]:
    """Where the smallest and the largest loss stand; without losses, the last place."""
    if losses is None or end - start == 1:
        return (end - 1,)
    part = losses[start:end]
    low, high = part.index(min(part)) + start, part.index(max(part)) + start
    return (low,) if low == high else (min(low, high), max(low, high))


def _thinned(kept: list[Kept], most: int) -> list[Kept]:
    """About so many of them: the extremes of each stretch of each segment."""
    size = max(2, -(-2 * len(kept) // most))
    thin: list[Kept] = []
    start = 0
    while start < len(kept):
        end = start + 1
        while end < len(kept) and end - start < size and kept[end].segment == kept[start].segment:
            end += 1
        group = [each for each in kept[start:end] if each.loss is not None]
        if group:
            low, high = (pick(group, key=_loss) for pick in (min, max))
            thin.extend(sorted({low.number: low, high.number: high}.values(), key=_number))
        else:
            thin.append(kept[end - 1])
        start = end
    # Very many short segments: the newest ones stay.
    return thin[-most:] if len(thin) > most * 3 // 2 else thin


def _loss(kept: Kept) -> float:
    return kept.loss if kept.loss is not None else 0.0


def _number(kept: Kept) -> int:
    return kept.number
