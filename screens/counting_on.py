"""Counting that is not done in one slice goes on between two keys."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

from screens.base import View
from screens.followed import PAUSE_SECONDS


class CountingOn:
    """Calls `step` slice by slice until it says that nothing is left, then `done`."""

    def __init__(self, view: View, step: Callable[[], bool], done: Callable[[], None]) -> None:
        self._view, self._step, self._done = view, step, done
        self._timer: Timer | None = None

    def begin(self) -> bool:
        """Count for one slice; true when nothing is left, else the rest follows."""
        if self._step():
            return True
        if self._timer is None:
            self._timer = self._view.set_timer(PAUSE_SECONDS, self._next)
        return False

    def _next(self) -> None:
        self._timer = None
        if self._view.display and self.begin():
            self._done()
