"""What happens to a run beside its steps: evaluations, checkpoints, the ends of a benchmark run."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime

from console.analysis.log_times import find_time
from console.analysis.signal_batch import Batch
from console.analysis.signal_model import Evaluation, Run, Saved
from console.analysis.signal_saves import saved_in
from console.analysis.signal_track import Track

_KEPT = 2000
"""Evaluations and checkpoints held; of earlier ones only how many there were."""

_STATUS = re.compile(rb"\"status\": \"(\w+)\"")

_STEP_UNITS = frozenset({"step", "iteration"})
"""Counts of the same thing: a log may call it one here and the other there."""


@dataclass(slots=True)
class Marks:
    """Takes the lines that say so, in order."""

    evaluations: deque[Evaluation] = field(default_factory=lambda: deque(maxlen=_KEPT))
    evaluated: int = 0
    saves: deque[Saved] = field(default_factory=lambda: deque(maxlen=_KEPT))
    saved: int = 0
    run: Run = field(default_factory=Run)
    summary: dict[str, float] = field(default_factory=dict)
    _recorded: bool = False
    """Whether there are benchmark records: other lines only repeat what they say."""
    _time: datetime | None = None

    def summarise(self, batch: Batch) -> None:
        """Figures of the whole run."""
        for name, column in batch.format.fields:
            self.summary[name] = column.read(batch.tokens, batch.format.width)[-1]

    def evaluate(self, batch: Batch, main: Track | None) -> None:
        """Results of validations; `main` is the counter of the training."""
        made, count = batch.format, len(batch.lines)
        if not batch.steps and not batch.epochs and main is None:
            # Nothing was trained yet: somebody prints a setting.
            return
        if made.record and not self._recorded:
            self._recorded = True
            self.evaluations.clear()
            self.evaluated = 0
        elif self._recorded and not made.record:
            return
        columns = {name: column.read(batch.tokens, made.width) for name, column in made.metrics}
        self.evaluated += count
        for at in range(max(0, count - _KEPT), count):
            metrics = {name: values[at] for name, values in columns.items()}
            step, moment = _step_at(batch, at, main), self._moment(batch.lines[at])
            self.evaluations.append(Evaluation(step, metrics, batch.numbers[at], moment))

    def save(self, batch: Batch, main: Track | None) -> None:
        """Checkpoints that were written."""
        for line, number in zip(batch.lines, batch.numbers, strict=True):
            step, path = saved_in(line)
            if step is None and main is not None and main.step is not None:
                step = int(main.step)
            if step is None and not path:
                continue
            last = self.saves[-1] if self.saves else None
            if last is not None and last.step == step:
                # Announced, then done; or said by every rank.
                self.saves[-1] = replace(last, path=last.path or path)
                continue
            self.saved += 1
            self.saves.append(Saved(step, path, number, self._moment(line)))

    def bound(self, event: str, line: bytes) -> None:
        """The start or the end of a benchmark run."""
        moment = self._moment(line)
        if event == "run_start":
            self.run = Run(started=moment)
            return
        status = _STATUS.search(line)
        self.run = replace(self.run, ended=moment, status=status[1].decode() if status else "")

    def _moment(self, line: bytes) -> datetime | None:
        found = find_time(line, self._time)
        self._time = found or self._time
        return found


def _step_at(batch: Batch, at: int, main: Track | None) -> float | None:
    """The step of an evaluation in the unit of the training, as far as it is known."""
    unit = batch.format.unit
    own = batch.steps[at] if batch.steps else None
    if main is None:
        return own if own is not None or not batch.epochs else batch.epochs[at]
    if own is not None and (unit == main.unit or {unit, main.unit} <= _STEP_UNITS):
        return own
    return main.step
