"""Keeps memory flat: old jobs are no longer listed, then their charges and events go too."""

from __future__ import annotations

from collections import Counter, deque

from localcloud.simulator.journal import Journal
from localcloud.simulator.ledger import Ledger
from localcloud.simulator.moments import DAY
from localcloud.simulator.plan import Life
from localcloud.simulator.steps import accelerator_millis


class Retention:
    """Ended jobs in the order they ended.

    Args:
        kept: listed jobs that have ended; more are dropped, oldest first.
        days: how long what a dropped job leaves behind is kept.
    """

    def __init__(
        self,
        lives: dict[int, Life],
        by_name: dict[str, Life],
        journal: Journal,
        ledger: Ledger,
        *,
        kept: int,
        days: int,
    ) -> None:
        self._lives, self._by_name = lives, by_name
        self._journal, self._ledger = journal, ledger
        self._kept, self._span = kept, days * DAY
        self._ended: deque[tuple[int, Life]] = deque()
        self._left: deque[tuple[int, Life]] = deque()
        self.listed = 0
        """Listed jobs that have ended."""
        self.lost_millis = 0
        """Accelerator time of lives that are forgotten, in thousandths x milliseconds."""
        self.lost_states: Counter[str] = Counter()
        self.lost_words: Counter[str] = Counter()

    def ended(self, life: Life) -> None:
        """A job has ended now."""
        assert life.ended is not None
        self._ended.append((life.ended, life))
        self.listed += 1
        self._trim()

    def _trim(self) -> None:
        while self.listed > self._kept and self._ended:
            moment, oldest = self._ended.popleft()
            if oldest.ended == moment and not oldest.dropped:
                self.drop(oldest)

    def restarted(self, life: Life) -> None:
        """An ended job runs again."""
        self.listed -= 1

    def drop(self, life: Life) -> None:
        """List an ended job no more; its charges and events stay for a while."""
        assert life.ended is not None
        self._journal.gone(life)
        life.dropped = True
        self.listed -= 1
        self._by_name.pop(life.name, None)
        self._left.append((life.ended, life))

    def prepend(self, older: Retention) -> None:
        """Take in what ended before; the oldest of it may be too much at once."""
        self._ended.extendleft(reversed(older._ended))
        self.listed += older.listed
        self._trim()

    def sweep(self, now: int) -> None:
        """Forget what is older than is kept."""
        before = now - self._span
        while self._left and self._left[0][0] < before:
            _, life = self._left.popleft()
            self._forget(life, now)
        self._journal.forget_before(before)
        self._ledger.forget_before(before)

    def _forget(self, life: Life, now: int) -> None:
        self.lost_millis += accelerator_millis(life, now)
        self.lost_states[life.state.value] += 1
        self.lost_words[life.word] += 1
        self._lives.pop(life.number, None)
