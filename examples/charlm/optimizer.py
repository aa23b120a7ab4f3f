"""Adam with the gradient's length clipped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.charlm.model import Floats


@dataclass
class Adam:
    """Adam (Kingma and Ba 2015); changes the weights it is given in place."""

    first: Floats
    second: Floats
    rate: float = 3e-3
    clip: float = 1.0

    @classmethod
    def fresh(cls, size: int) -> Adam:
        return cls(np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.float32))

    def update(self, weights: Floats, gradient: Floats, step: int) -> None:
        """Apply the gradient of `step`, counted from 1."""
        length = float(np.sqrt(np.sum(gradient.astype(np.float64) ** 2)))
        if length > self.clip:
            gradient = gradient * np.float32(self.clip / length)
        one = np.float32(1.0)
        keep_first, keep_second = np.float32(0.9), np.float32(0.99)
        self.first *= keep_first
        self.first += (one - keep_first) * gradient
        self.second *= keep_second
        self.second += (one - keep_second) * gradient * gradient
        rate = np.float32(self.rate * np.sqrt(1.0 - 0.99**step) / (1.0 - 0.9**step))
        weights -= rate * self.first / (np.sqrt(self.second) + np.float32(1e-8))
