"""The text as numbers, and the windows each step trains on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from examples.charlm.errors import BadInput
from examples.charlm.model import Ids

DEFAULT_TEXT = Path(__file__).resolve().parent.parent / "data" / "hamlet.txt"
_HELD_OUT = 0.05


@dataclass(frozen=True)
class Corpus:
    """A text cut into a part to train on and a part to judge by."""

    alphabet: str
    train: Ids
    held_out: Ids
    digest: str
    """SHA-256 of the bytes of the text."""

    def text(self, ids: list[int]) -> str:
        return "".join(self.alphabet[i] for i in ids)


def read_corpus(path: Path, context: int) -> Corpus:
    """Read a UTF-8 text.

    Raises:
        BadInput: it cannot be read, is no UTF-8, or is too short for windows of `context`.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise BadInput(f"cannot read the text {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"the text {path} is not UTF-8: byte {error.start}") from error
    cut = int(len(text) * (1.0 - _HELD_OUT))
    if len(text) - cut <= context:
        needed = int((context + 1) / _HELD_OUT) + 1
        raise BadInput(
            f"the text {path} has {len(text)} characters; --context {context} needs {needed}"
        )
    alphabet = "".join(sorted(set(text)))
    number = {character: i for i, character in enumerate(alphabet)}
    ids = np.array([number[character] for character in text], dtype=np.int64)
    return Corpus(alphabet, ids[:cut], ids[cut:], hashlib.sha256(raw).hexdigest())


def windows(ids: Ids, starts: Ids, context: int) -> tuple[Ids, Ids]:
    """Inputs and the characters that follow them, both (context, windows)."""
    cut = ids[starts[None, :] + np.arange(context + 1)[:, None]]
    return cut[:-1], cut[1:]


def draw_windows(
    ids: Ids, rng: np.random.Generator, *, batch: int, context: int, rank: int, world: int
) -> tuple[Ids, Ids]:
    """This rank's windows of one step.

    Every rank draws the starts of all ranks and takes its own, so that one generator state
    describes the whole gang.
    """
    starts = rng.integers(0, len(ids) - context, size=(world, batch))
    return windows(ids, starts[rank], context)


def judging_windows(ids: Ids, context: int, most: int = 64) -> tuple[Ids, Ids]:
    """Windows side by side over the held-out part, always the same."""
    starts = np.arange(0, len(ids) - context, context, dtype=np.int64)[:most]
    return windows(ids, starts, context)
