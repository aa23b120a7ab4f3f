"""A gated recurrent unit over characters: its weights, its loss and the loss's gradient.

The cell is the one of Cho et al. 2014 with the reset gate applied after the recurrent product.
All weights live in one flat vector, so that averaging, Adam and checkpoints need not know them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """Sizes that decide how many weights there are."""

    vocabulary: int
    hidden: int

    def parts(self) -> dict[str, tuple[int, ...]]:
        """Shape of each named weight, in the order of the flat vector."""
        v, h = self.vocabulary, self.hidden
        return {
            "input": (v, 3 * h),
            "input_bias": (3 * h,),
            "recurrent": (h, 3 * h),
            "recurrent_bias": (3 * h,),
            "output": (h, v),
            "output_bias": (v,),
        }

    @property
    def size(self) -> int:
        return sum(int(np.prod(shape)) for shape in self.parts().values())


def views(flat: Floats, shape: Shape) -> dict[str, Floats]:
    """The named weights as windows into the flat vector; writing to one writes to it."""
    out: dict[str, Floats] = {}
    start = 0
    for name, part in shape.parts().items():
        end = start + int(np.prod(part))
        out[name] = flat[start:end].reshape(part)
        start = end
    return out


def initial_weights(shape: Shape, rng: np.random.Generator) -> Floats:
    """Small random matrices and zero biases."""
    flat = np.zeros(shape.size, dtype=np.float32)
    scale = 1.0 / np.sqrt(shape.hidden)
    for name, part in views(flat, shape).items():
        if not name.endswith("bias"):
            part[...] = rng.uniform(-scale, scale, part.shape).astype(np.float32)
    return flat


class _Trace(NamedTuple):
    """What the forward pass leaves for the backward pass; time is the first axis."""

    before: Floats
    after: Floats
    update: Floats
    reset: Floats
    candidate: Floats
    recurrent_candidate: Floats


def _sigmoid(x: Floats) -> Floats:
    half = np.float32(0.5)
    squashed: Floats = half * np.tanh(half * x) + half
    return squashed


def _cell(
    x: Floats, h: Floats, weights: dict[str, Floats]
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """One step: the new state, both gates, the candidate and its recurrent part."""
    width = h.shape[1]
    recurrent = h @ weights["recurrent"] + weights["recurrent_bias"]
    gates = _sigmoid(x[:, : 2 * width] + recurrent[:, : 2 * width])
    update, reset = gates[:, :width], gates[:, width:]
    inner = recurrent[:, 2 * width :]
    candidate = np.tanh(x[:, 2 * width :] + reset * inner)
    return candidate + update * (h - candidate), update, reset, candidate, inner


def _forward(inputs: Ids, weights: dict[str, Floats]) -> _Trace:
    """Run the cell over `inputs` of shape (time, batch) from a zero state."""
    time, batch = inputs.shape
    width = weights["recurrent"].shape[0]
    x = weights["input"][inputs] + weights["input_bias"]
    trace = _Trace(*(np.empty((time, batch, width), dtype=np.float32) for _ in range(6)))
    h = np.zeros((batch, width), dtype=np.float32)
    for t in range(time):
        trace.before[t] = h
        h, trace.update[t], trace.reset[t], trace.candidate[t], trace.recurrent_candidate[t] = (
            _cell(x[t], h, weights)
        )
        trace.after[t] = h
    return trace


def _cross_entropy(
    states: Floats, targets: Ids, weights: dict[str, Floats]
) -> tuple[float, Floats]:
    """Mean loss in nats per character, and the predicted probabilities."""
    logits = states @ weights["output"] + weights["output_bias"]
    logits -= logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    total = odds.sum(axis=1, keepdims=True)
    rows = np.arange(len(targets))
    losses = np.log(total[:, 0]) - logits[rows, targets]
    return float(losses.mean(dtype=np.float64)), odds / total


def loss(flat: Floats, shape: Shape, inputs: Ids, targets: Ids) -> float:
    """Mean loss in nats per character; both arrays are (time, batch)."""
    weights = views(flat, shape)
    states = _forward(inputs, weights).after.reshape(-1, shape.hidden)
    return _cross_entropy(states, targets.reshape(-1), weights)[0]


def loss_and_gradient(
    flat: Floats, shape: Shape, inputs: Ids, targets: Ids
) -> tuple[float, Floats]:
    """Mean loss in nats per character and its gradient, flat like the weights."""
    weights = views(flat, shape)
    trace = _forward(inputs, weights)
    states = trace.after.reshape(-1, shape.hidden)
    value, error = _cross_entropy(states, targets.reshape(-1), weights)
    error[np.arange(error.shape[0]), targets.reshape(-1)] -= np.float32(1.0)
    error /= np.float32(error.shape[0])

    flat_gradient = np.empty_like(flat)
    gradient = views(flat_gradient, shape)
    gradient["output"][...] = states.T @ error
    gradient["output_bias"][...] = error.sum(axis=0)
    into_states = (error @ weights["output"].T).reshape(trace.after.shape)
    to_input, to_recurrent = _backward(trace, into_states, weights["recurrent"])

    one_hot = np.zeros((inputs.size, shape.vocabulary), dtype=np.float32)
    one_hot[np.arange(inputs.size), inputs.reshape(-1)] = 1.0
    gradient["input"][...] = one_hot.T @ to_input
    gradient["input_bias"][...] = to_input.sum(axis=0)
    gradient["recurrent"][...] = trace.before.reshape(-1, shape.hidden).T @ to_recurrent
    gradient["recurrent_bias"][...] = to_recurrent.sum(axis=0)
    return value, flat_gradient


def _backward(trace: _Trace, into_states: Floats, recurrent: Floats) -> tuple[Floats, Floats]:
    """Gradients at the input and the recurrent side of the gates, (time x batch, 3 x width)."""
    time, batch, width = trace.after.shape
    to_input = np.empty((time, batch, 3 * width), dtype=np.float32)
    to_recurrent = np.empty_like(to_input)
    carried = np.zeros((batch, width), dtype=np.float32)
    one = np.float32(1.0)
    back = np.ascontiguousarray(recurrent.T)
    for t in range(time - 1, -1, -1):
        update, reset, candidate = trace.update[t], trace.reset[t], trace.candidate[t]
        at_state = into_states[t] + carried
        at_candidate = at_state * (one - update) * (one - candidate * candidate)
        x, h = to_input[t], to_recurrent[t]
        x[:, :width] = at_state * (trace.before[t] - candidate) * update * (one - update)
        x[:, width : 2 * width] = (
            at_candidate * trace.recurrent_candidate[t] * reset * (one - reset)
        )
        x[:, 2 * width :] = at_candidate
        h[:, : 2 * width] = x[:, : 2 * width]
        h[:, 2 * width :] = at_candidate * reset
        carried = at_state * update + h @ back
    return to_input.reshape(-1, 3 * width), to_recurrent.reshape(-1, 3 * width)


def sample(
    flat: Floats, shape: Shape, start: Ids, length: int, rng: np.random.Generator
) -> list[int]:
    """Continue the characters of `start` by `length` drawn ones; returns the drawn ones."""
    weights = views(flat, shape)
    h = np.zeros((1, shape.hidden), dtype=np.float32)
    drawn: list[int] = []
    queue = [int(i) for i in start]
    while len(drawn) < length:
        current = queue.pop(0) if queue else drawn[-1]
        h = _cell(weights["input"][[current]] + weights["input_bias"], h, weights)[0]
        if not queue:
            logits = (h @ weights["output"] + weights["output_bias"])[0].astype(np.float64)
            odds = np.exp((logits - logits.max()) / 0.8)
            drawn.append(int(rng.choice(shape.vocabulary, p=odds / odds.sum())))
    return drawn
