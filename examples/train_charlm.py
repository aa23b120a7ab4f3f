"""Train a character language model on one process or on a gang of them.

Alone:       python examples/train_charlm.py
As a gang:   each process gets RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as torchrun sets
             them; gradients are averaged over TCP, so every process keeps the same weights.

With CHECKPOINT_DIR (or --checkpoint-dir) the run saves itself and, started again, goes on so
exactly that the last loss and the weights are those of a run that was never interrupted.
SIGTERM saves a checkpoint and exits with 143.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def _one_thread_per_rank() -> None:
    # Ranks share the machine; and a sum split over threads may round differently each time.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def main() -> int:
    """Run the training; returns the exit code."""
    _one_thread_per_rank()
    # Started as a file from any folder: let it find the package it belongs to.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from examples.charlm.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
