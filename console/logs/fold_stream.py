"""Folds of lines that pass by once, given on when nobody can join them any more."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from console.logs.fold import WINDOW, Fold, Folder
from console.logs.line_keys import moment_of
from console.logs.placing import Placed

_MOST = 50_000
"""Folds held back at most; beyond, the oldest go on before their time is over."""


class FoldStream:
    """Takes lines in order and gives folds in the order in which each was said first.

    Args:
        window: microseconds between the first and the last line of a fold.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._folder = Folder(window)
        self._settled = 0
        self._waiting: list[tuple[int, Fold]] = []

    def add(self, lines: Iterable[Placed]) -> list[Fold]:
        """Take lines that come next; the folds that are complete by then."""
        ready: list[Fold] = []
        for line in lines:
            moment = moment_of(line[0])
            if moment - self._settled > self._window // 4:
                self._settled = moment
                ready += self._ready(moment - self._window)
            self._note(self._folder.add(line))
        return ready

    def flush(self) -> list[Fold]:
        """Every fold held back, whoever might join it."""
        return self._ready(None)

    def _note(self, done: tuple[Fold, bool] | None) -> None:
        if done is not None and done[1]:
            heappush(self._waiting, (done[0].key, done[0]))

    def _ready(self, before: int | None) -> list[Fold]:
        # In a stream in order a block ends where the time goes on.
        for done in self._folder.settle(None if before is None else self._settled):
            self._note(done)
        ready: list[Fold] = []
        while self._waiting and (
            before is None or len(self._waiting) > _MOST or self._waiting[0][1].moment < before
        ):
            fold = heappop(self._waiting)[1]
            fold.closed = True
            ready.append(fold)
        return ready
