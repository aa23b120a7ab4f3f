"""A merged log in which what many workers say alike stands once; line-addressable."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from console.logs.fold import WINDOW, Fold, Folder
from console.logs.line_keys import moment_of, rank_of
from console.logs.merge import MergedLog
from console.logs.placing import Placed


class FoldedLog:
    """Follows a merged log; its keys are those of the first lines of the folds.

    A line is shown as it comes; once its block is complete it goes into the fold of those who
    said the same, where there is one.
    """

    def __init__(self, merged: MergedLog) -> None:
        self._merged = merged
        self._folder = Folder()
        self._settled = 0
        self._shown: list[int] = []
        self._folds: dict[int, Fold] = {}
        self.version = 0
        """Counts changes of the lines and their ranks."""
        merged.watch(self)

    def close(self) -> None:
        """Follow no longer."""
        self._merged.unwatch(self)

    def ranks(self, index: int) -> frozenset[int]:
        """Who said a line."""
        key = self._shown[index]
        fold = self._folds.get(key)
        return frozenset((rank_of(key),)) if fold is None else frozenset(fold.ranks)

    def count(self, index: int) -> int:
        """How many said a line; the `511` of `x511`."""
        fold = self._folds.get(self._shown[index])
        return 1 if fold is None else len(fold.ranks)

    def __len__(self) -> int:
        return len(self._shown)

    def key(self, index: int) -> int:
        return self._shown[index]

    def raw(self, index: int) -> bytes:
        return self._merged.line(self._shown[index])

    def rank(self, index: int) -> int | None:
        return rank_of(self._shown[index])

    def index(self, key: int) -> int:
        return max(0, bisect_right(self._shown, key) - 1)

    # What the merged log tells.

    def taken(self, lines: Sequence[Placed]) -> None:
        self._show([key for key, _ in lines], set())
        hidden: set[int] = set()
        for line in lines:
            done = self._folder.add(line)
            if done is not None:
                self._sort_in(*done, hidden)
        self._show((), hidden)
        newest = moment_of(max(lines[-1][0], self._settled)) if lines else 0
        if newest - moment_of(self._settled) > WINDOW // 4:
            self._settled = lines[-1][0]
            self.settle(newest - WINDOW // 4)

    def settle(self, before: int | None = None) -> None:
        """Take as complete what began before a moment in microseconds, or all."""
        hidden: set[int] = set()
        for fold, fresh in self._folder.settle(before):
            self._sort_in(fold, fresh, hidden)
        self._show((), hidden)

    def dropped(self, low: int, high: int) -> None:
        at, end = bisect_left(self._shown, low), bisect_left(self._shown, high)
        for key in self._shown[at:end]:
            self._folds.pop(key, None)
        newest = end == len(self._shown) and at > 0
        del self._shown[at:end]
        if newest:
            self._unfold_from(low)
        self.version += 1

    def cleared(self) -> None:
        self._folder.clear()
        self._shown, self._folds = [], {}
        self.version += 1

    def _sort_in(self, fold: Fold, fresh: bool, hidden: set[int]) -> None:
        at = bisect_left(self._shown, fold.key)
        if fresh or at == len(self._shown) or self._shown[at] != fold.key:
            return
        size = len(fold.lines)
        for key, _ in fold.lines:
            self._folds[key] = fold
        hidden.update(fold.members[-size:])

    def _unfold_from(self, low: int) -> None:
        """The newest lines fell off, of folds that stay too; they may come again."""
        self._folder.clear()
        for fold in set(self._folds.values()):
            fold.members = [key for key in fold.members if key < low]
            fold.ranks.intersection_update(map(rank_of, fold.members))

    def _show(self, fresh: Iterable[int], hidden: set[int]) -> None:
        keys = sorted(fresh)
        low = min([*keys[:1], *hidden], default=None)
        if low is None:
            return
        at = bisect_left(self._shown, low)
        tail = sorted(self._shown[at:] + keys)
        self._shown[at:] = [key for key in tail if key not in hidden] if hidden else tail
        self.version += 1
