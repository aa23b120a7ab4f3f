"""Chance without state: the same question has the same answer, whatever was asked before."""

from __future__ import annotations

import math

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def mixed(*parts: int) -> int:
    """64 well mixed bits of some numbers (the finaliser of splitmix64 over each of them)."""
    state = 0
    for part in parts:
        state = (state ^ part) * _GOLDEN & _MASK
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB & _MASK
        state ^= state >> 31
    return state


def uniform(*parts: int) -> float:
    """A number in [0, 1)."""
    return (mixed(*parts) >> 11) / (1 << 53)


def exponential(mean: float, *parts: int) -> float:
    """A waiting time of this mean."""
    return -mean * math.log(1.0 - uniform(*parts))
