"""Lines in the order of their keys, with what they take in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from console.logs.placing import Placed

LINE_COST = 200
"""What a line takes in memory besides its bytes."""


class Watcher(Protocol):
    """Is told what a merged log takes and lets go of."""

    def taken(self, lines: Sequence[Placed]) -> None:
        """Lines came, in the order of their keys."""
        ...

    def dropped(self, low: int, high: int) -> None:
        """The lines with keys in [low, high) are no longer held."""
        ...

    def cleared(self) -> None:
        """Nothing is held any more."""
        ...


class LineStore:
    """Lines by key; keys are found by bisection."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.size = 0
        """Bytes of the lines with what each costs besides."""
        self._raws: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, key: int) -> bytes:
        return self._raws[key]

    def index(self, key: int) -> int:
        """The line with that key, or the last one before it."""
        return max(0, bisect_right(self.keys, key) - 1)

    def all(self) -> list[Placed]:
        """Every line in order."""
        return [(key, self._raws[key]) for key in self.keys]

    def put(self, placed: list[Placed]) -> None:
        """Take lines that are in order among themselves."""
        self._raws.update(placed)
        self.size += sum(len(raw) + LINE_COST for _, raw in placed)
        keys = [key for key, _ in placed]
        at = bisect_left(self.keys, keys[0])
        tail = self.keys[at:]
        # Two runs in order: sorting only merges them.
        self.keys[at:] = sorted(tail + keys) if tail else keys

    def count(self, keys: Iterable[int], size: int) -> int:
        """How many of these lines take so many bytes."""
        count = 0
        for key in keys:
            if size <= 0:
                break
            size -= len(self._raws[key]) + LINE_COST
            count += 1
        return count

    def drop_oldest(self, count: int) -> list[Placed]:
        """Let go of the first lines; which they were."""
        gone, self.keys = self.keys[:count], self.keys[count:]
        return self._forget(gone)

    def drop_newest(self, count: int) -> list[Placed]:
        """Let go of the last lines; which they were."""
        gone = self.keys[-count:]
        del self.keys[-count:]
        return self._forget(gone)

    def drop(self, chosen: Callable[[int], bool]) -> list[Placed]:
        """Let go of the lines with such keys; which they were."""
        gone = [key for key in self.keys if chosen(key)]
        if gone:
            self.keys = [key for key in self.keys if not chosen(key)]
        return self._forget(gone)

    def clear(self) -> None:
        """Hold nothing."""
        self.keys, self._raws, self.size = [], {}, 0

    def _forget(self, gone: list[int]) -> list[Placed]:
        lines = [(key, self._raws.pop(key)) for key in gone]
        self.size -= sum(len(raw) + LINE_COST for _, raw in lines)
        return lines
