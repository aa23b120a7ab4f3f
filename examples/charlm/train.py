"""The training loop: one step after another, saved so that it can go on after any end."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from examples.charlm import checkpoint as checkpoints
from examples.charlm.allreduce import Gang
from examples.charlm.checkpoint import Checkpoint
from examples.charlm.data import Corpus, draw_windows, judging_windows
from examples.charlm.environment import Place, StopRequest
from examples.charlm.errors import BadInput, PeerLost, RunError, Stopped
from examples.charlm.model import (
    Shape,
    initial_weights,
    loss,
    loss_and_gradient,
    sample,
)
from examples.charlm.optimizer import Adam

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    steps: int
    batch: int
    context: int
    hidden: int
    seed: int
    rate: float
    checkpoint_every: int
    log_every: int
    folder: Path | None

    def lasting(self, corpus: Corpus, place: Place) -> dict[str, str | int | float]:
        """The options every rank must share, and a run that goes on should keep."""
        names = ("batch", "context", "hidden", "seed", "rate")
        kept = {name: value for name, value in asdict(self).items() if name in names}
        return {**kept, "world": place.world, "text": corpus.digest}


class Trainer:
    """One rank's state between two steps."""

    def __init__(
        self, options: Options, corpus: Corpus, place: Place, stop: StopRequest, say: Say, warn: Say
    ) -> None:
        self._options, self._corpus, self._place = options, corpus, place
        self._stop, self._say, self._warn = stop, say, warn
        self._lasting = options.lasting(corpus, place)
        self._shape = Shape(len(corpus.alphabet), options.hidden)
        self._rng = np.random.default_rng(options.seed)
        self._weights = initial_weights(self._shape, self._rng)
        self._adam = Adam.fresh(self._shape.size)
        self._adam.rate = options.rate
        self._rng_state: dict[str, Any] = dict(self._rng.bit_generator.state)
        self._step = 0
        self._loss = float("nan")
        self._saved = -1

    def restore(self, gang: Gang) -> None:
        """Go on from rank 0's newest checkpoint, on every rank.

        Raises:
            BadInput: the checkpoint belongs to a model of another size or another alphabet.
        """
        folder = self._options.folder
        if self._place.rank == 0 and folder is not None:
            checkpoints.prepare(folder)
            found = checkpoints.load_newest(folder, self._warn)
            if found is not None:
                self._take(found)
                name = checkpoints.path_of(folder, found.step).name
                self._say(f"resumed from {name}")
        self._unpack(gang.share(self._pack()))

    def run(self, gang: Gang) -> None:
        """Train to the last step.

        Raises:
            Stopped: somebody asked one of the ranks to stop; the state is saved.
            PeerLost: another rank went away.
        """
        options = self._options
        clock, at = time.perf_counter(), self._step
        while self._step < options.steps:
            stopping = self._advance_or_stop(gang)
            due = self._step % options.log_every == 0 or self._step == options.steps
            if due:
                now = time.perf_counter()
                self._log((self._step - at) / max(now - clock, 1e-9))
                clock, at = now, self._step
            if stopping:
                self._end_early()
            if self._step % options.checkpoint_every == 0 and self._step < options.steps:
                self._save()
        self._save(last=True)

    def close(self) -> None:
        """Say how good the model is and what it writes."""
        if self._place.rank != 0:
            return
        held_out = loss(
            self._weights,
            self._shape,
            *judging_windows(self._corpus.held_out, self._options.context),
        )
        digest = hashlib.sha256(self._weights.tobytes()).hexdigest()[:16]
        self._say(f"finished loss {self._loss:.4f} held-out {held_out:.4f} weights {digest}")
        start = self._corpus.train[: self._options.context]
        rng = np.random.default_rng(self._options.seed)
        drawn = sample(self._weights, self._shape, start, 400, rng)
        self._say("sample:\n" + self._corpus.text(drawn).strip())

    def _advance_or_stop(self, gang: Gang) -> bool:
        try:
            return self._advance(gang)
        except PeerLost:
            # The others may have been ended by the same wish before they could pass it on.
            if self._stop.requested:
                self._end_early()
            raise

    def _end_early(self) -> NoReturn:
        self._save()
        raise Stopped(f"stopped after step {self._step}")

    def _advance(self, gang: Gang) -> bool:
        """One step; true when somebody asked any rank to stop."""
        options, place = self._options, self._place
        inputs, targets = draw_windows(
            self._corpus.train,
            self._rng,
            batch=options.batch,
            context=options.context,
            rank=place.rank,
            world=place.world,
        )
        value, gradient = loss_and_gradient(self._weights, self._shape, inputs, targets)
        # The wish to stop travels with the sums, so that all ranks end after the same step.
        tail = np.array([value, float(self._stop.requested)], dtype=np.float32)
        total = gang.sum(np.concatenate([gradient, tail]))
        self._step += 1
        self._loss = float(total[-2]) / place.world
        # Taken only now: a step the gang broke off has drawn its windows but did not happen.
        self._rng_state = dict(self._rng.bit_generator.state)
        self._adam.update(self._weights, total[:-2] / np.float32(place.world), self._step)
        return bool(total[-1] > 0)

    def _log(self, steps_per_second: float) -> None:
        line = f"step {self._step}/{self._options.steps}"
        if self._place.rank == 0:
            per_step = self._options.batch * self._options.context * self._place.world
            line += f" loss {self._loss:.4f} tokens/s {per_step * steps_per_second:.0f}"
        self._say(line)

    def _save(self, *, last: bool = False) -> None:
        folder = self._options.folder
        if self._place.rank != 0 or folder is None or self._step in (0, self._saved):
            return
        state = Checkpoint(
            step=self._step,
            weights=self._weights,
            first=self._adam.first,
            second=self._adam.second,
            rng=self._rng_state,
            loss=self._loss,
            options=self._lasting,
        )
        try:
            checkpoints.save(folder, state)
        except OSError as error:
            sentence = f"checkpoint of step {self._step} not written: {error.strerror or error}"
            if last:
                raise RunError(sentence) from error
            self._warn(sentence)
            return
        self._saved = self._step

    def _take(self, found: Checkpoint) -> None:
        if found.weights.size != self._shape.size:
            raise BadInput(
                f"the checkpoint of step {found.step} has {found.weights.size} weights and this "
                f"run {self._shape.size}: use the same --hidden and --data, or an empty folder"
            )
        if found.options != self._lasting:
            changed = sorted(k for k in self._lasting if found.options.get(k) != self._lasting[k])
            self._warn(
                f"the checkpoint was made with another {', '.join(changed)}: "
                "losses will differ from an uninterrupted run"
            )
        self._weights = found.weights
        self._adam.first, self._adam.second = found.first, found.second
        self._rng_state = found.rng
        self._step, self._loss, self._saved = found.step, found.loss, found.step

    def _pack(self) -> bytes:
        """What the other ranks need to stand where this one stands."""
        head = {"step": self._step, "loss": self._loss, "rng": self._rng_state}
        numbers = np.concatenate([self._weights, self._adam.first, self._adam.second])
        return json.dumps(head).encode() + b"\n" + numbers.astype("<f4").tobytes()

    def _unpack(self, data: bytes) -> None:
        head, _, rest = data.partition(b"\n")
        about = json.loads(head)
        self._step, self._loss = about["step"], about["loss"]
        self._rng.bit_generator.state = self._rng_state = about["rng"]
        numbers = np.frombuffer(rest, dtype="<f4").astype(np.float32)
        self._weights, self._adam.first, self._adam.second = (
            part.copy() for part in np.split(numbers, 3)
        )
