"""Checkpoints: a whole one or none, the newest good one is found again."""

from __future__ import annotations

import json
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from examples.charlm.errors import BadInput
from examples.charlm.model import Floats

_NAME = re.compile(r"^step-(\d{6,})\.npz$")
_KEEP = 3

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Checkpoint:
    """Everything the next step depends on."""

    step: int
    weights: Floats
    first: Floats
    second: Floats
    rng: dict[str, Any]
    """State of the generator that draws the windows."""
    loss: float
    """Loss of `step`, as it was logged."""
    options: dict[str, str | int | float]
    """What the run was started with."""


def path_of(folder: Path, step: int) -> Path:
    return folder / f"step-{step:06d}.npz"


def save(folder: Path, checkpoint: Checkpoint) -> Path:
    """Write a checkpoint so that it is there whole or not at all, and drop the oldest.

    Raises:
        OSError: the disk does not take it; nothing is left behind.
    """
    final = path_of(folder, checkpoint.step)
    # A leading dot: whoever looks for checkpoints must not find an unfinished one.
    draft = folder / f".{final.name}.tmp"
    about = {"rng": checkpoint.rng, "options": checkpoint.options, "loss": checkpoint.loss}
    try:
        with draft.open("wb") as file:
            np.savez(
                file,
                step=np.int64(checkpoint.step),
                weights=checkpoint.weights,
                first=checkpoint.first,
                second=checkpoint.second,
                about=np.array(json.dumps(about)),
            )
            file.flush()
            os.fsync(file.fileno())
        draft.replace(final)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _sync_folder(folder)
    for old in _found(folder)[_KEEP:]:
        old.unlink(missing_ok=True)
    return final


def load_newest(folder: Path, warn: Warn) -> Checkpoint | None:
    """The newest checkpoint that can be read; a damaged one is named and skipped."""
    for path in _found(folder):
        try:
            return _load(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            warn(f"skipping the damaged checkpoint {path.name}: {error or type(error).__name__}")
    return None


def prepare(folder: Path) -> None:
    """Make the folder and clear drafts an earlier run left when it was killed.

    Raises:
        BadInput: the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for draft in folder.glob(".step-*.npz.tmp"):
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"cannot keep checkpoints in {folder}: {error.strerror}") from error


def _found(folder: Path) -> list[Path]:
    """Checkpoint files, newest first."""
    steps = [(int(m[1]), p) for p in folder.iterdir() if (m := _NAME.match(p.name))]
    return [path for _, path in sorted(steps, reverse=True)]


def _load(path: Path) -> Checkpoint:
    # allow_pickle stays off: a checkpoint is data and must not be able to run code.
    with np.load(path) as archive:
        about = json.loads(str(archive["about"]))
        found = Checkpoint(
            step=int(archive["step"]),
            weights=archive["weights"],
            first=archive["first"],
            second=archive["second"],
            rng=about["rng"],
            loss=float(about["loss"]),
            options=about["options"],
        )
    if not found.weights.shape == found.first.shape == found.second.shape:
        raise ValueError("its parts do not belong together")
    return found


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
