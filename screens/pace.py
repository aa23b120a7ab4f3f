"""Figures over a whole feed: drawn when something changed, of a long feed not every time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

LONG: Final = 2000
"""Objects from which on figures over all of them wait for their turn."""

WAIT_SECONDS: Final = 5.0


class Pace:
    """Remembers what figures were last drawn from, and when."""

    def __init__(self) -> None:
        self._seen: object = None
        self._at = float("-inf")

    def forget(self) -> None:
        """Draw the next time, whatever is seen."""
        self._seen = None

    def do(self, seen: object, count: int, work: Callable[[], None]) -> None:
        """Work where `seen` is news; over many objects at most every few seconds."""
        if seen == self._seen:
            return
        now = time.monotonic()
        if count >= LONG and now - self._at < WAIT_SECONDS:
            return
        self._seen, self._at = seen, now
        work()
