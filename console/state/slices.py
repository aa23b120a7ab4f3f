"""Long work on the event loop, in pieces short enough that nobody feels them."""

from __future__ import annotations

import asyncio
from time import perf_counter

SLICE_SECONDS = 0.004
"""Several pieces of work share the loop: each must stay well under the 16 ms of a frame."""


class Slices:
    """Lets the loop run whenever its owner has held it for long enough.

    Args:
        seconds: how long one slice may be.
    """

    def __init__(self, seconds: float = SLICE_SECONDS) -> None:
        self._seconds = seconds
        self._began = perf_counter()

    def begin(self) -> None:
        """The loop has just been elsewhere: a slice begins."""
        self._began = perf_counter()

    async def breathe(self) -> None:
        """Give the loop away where the slice is used up; call it every few microseconds' work."""
        if perf_counter() - self._began >= self._seconds:
            await asyncio.sleep(0)
            self._began = perf_counter()
