"""The latest of many things by their time, kept while things come, change and go."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestTally(Generic[T]):
    """Things in order of time; those of one moment in order of their names."""

    def __init__(self, when: Callable[[T], tuple[datetime, str]]) -> None:
        self._when = when
        self._order: list[tuple[datetime, str]] = []

    def put(self, item: T) -> None:
        """Take a thing in."""
        insort(self._order, self._when(item))

    def take(self, item: T) -> None:
        """Give it back as it was."""
        moment = self._when(item)
        at = bisect_left(self._order, moment)
        if at < len(self._order) and self._order[at] == moment:
            del self._order[at]

    def latest(self, count: int) -> list[str]:
        """The names of the latest, the newest first."""
        return [name for _, name in reversed(self._order[-count:])] if count > 0 else []
