"""Sorting that can pause: no single step takes longer than a few milliseconds."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Generator
from typing import Any, TypeVar

R = TypeVar("R")

Slices = Generator[None, None, R]
"""Work that pauses at every `yield` and answers at its end."""

CHUNK = 4096
"""Objects sorted in one step."""

_SAMPLE = 32


def chunks(ids: list[str], size: int = 1024) -> Generator[list[str], None, None]:
    """A list in pieces."""
    for at in range(0, len(ids), size):
        yield ids[at : at + size]


def sorted_slices(ids: list[str], key: Callable[[str], Any]) -> Slices[list[str]]:
    """`sorted(ids, key=key)`: runs are sorted, cut at common pivots, and each piece merged.

    Keys must compare with each other.
    """
    runs: list[list[str]] = []
    for run in chunks(ids, CHUNK):
        run.sort(key=key)
        runs.append(run)
        yield
    if len(runs) <= 1:
        return runs[0] if runs else []
    ordered: list[str] = []
    starts = [0] * len(runs)
    for pivot in (*_pivots(runs, key), None):
        piece: list[str] = []
        mixed = False
        for at, run in enumerate(runs):
            start = starts[at]
            end = len(run) if pivot is None else bisect_right(run, pivot, lo=start, key=key)
            if end > start:
                mixed = mixed or bool(piece) and key(piece[-1]) > key(run[start])
                piece += run[start:end]
                starts[at] = end
        if mixed:
            piece.sort(key=key)
        ordered += piece
        yield
    return ordered


def _pivots(runs: list[list[str]], key: Callable[[str], Any]) -> list[Any]:
    """Keys that cut all runs together into pieces of about one chunk."""
    stride = max(1, CHUNK // _SAMPLE)
    sample = sorted(key(each) for run in runs for each in run[::stride])
    return list(dict.fromkeys(sample[_SAMPLE::_SAMPLE]))
