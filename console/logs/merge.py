"""The logs of all workers of a job as one, in the order of time, within a bound of memory."""

from __future__ import annotations

from datetime import datetime

from console.logs.line_keys import (
    attempt_of,
    key_base,
    micros,
    moment_of,
    offset_of,
    rank_of,
    time_of,
)
from console.logs.line_store import LineStore, Watcher
from console.logs.placing import LONGEST, Placed, RankLines, lines_before

MAX_BYTES = 6 * 1024 * 1024
"""Bytes of lines held at most, with what each line costs besides."""


class MergedLog:
    """Lines of many workers, ordered by their time; line-addressable.

    What is furthest from the reader falls off when it is full: `start_of` and `end_of` say from
    where the sources have to be read to have it again, and it comes back under the same keys.
    """

    def __init__(self, limit: int = MAX_BYTES) -> None:
        self.version = 0
        """Counts changes of the lines."""
        self.keep: int | None = None
        """Key of the line in view, which must not fall off; `None`: the newest."""
        self._limit = limit
        self._store = LineStore()
        self._waiting = 0
        self._ends: dict[int, RankLines] = {}
        self._starts: dict[int, int] = {}
        self._first: dict[int, int] = {}
        self._shifts: dict[int, int] = {}
        self._cut: set[int] = set()
        self._watchers: list[Watcher] = []

    # What is read into it.

    def watch(self, watcher: Watcher) -> None:
        """Tell of every change from now on, after the lines that are held."""
        self._watchers.append(watcher)
        watcher.taken(self._store.all())

    def unwatch(self, watcher: Watcher) -> None:
        """Tell it no longer."""
        self._watchers.remove(watcher)

    def set_shift(self, rank: int, microseconds: int) -> None:
        """Add so much to the times of a rank whose clock shows another zone; before its bytes."""
        self._shifts[rank] = microseconds

    def feed(
        self, rank: int, start: int, data: bytes, arrived: datetime, *, attempt: int = 0
    ) -> int:
        """Take the bytes that follow what is held of a rank; how many lines they ended.

        Bytes that are held already are passed over. The first bytes of a rank may come from the
        middle of its log; so may those after a gap, for which everything held of it is let go.
        """
        lines = self._ends.get(rank)
        if lines is None or lines.attempt != attempt or start > lines.end:
            lines = self._begin(rank, attempt, start)
        data = data[lines.end - start :] if start < lines.end else data
        before = lines.waiting
        placed = lines.feed(data, micros(arrived))
        self._waiting += lines.waiting - before
        if self._waiting > self._limit // 4:
            # So many lines without an end: they come in pieces.
            self._waiting -= lines.waiting
            placed += lines.finish(micros(arrived))
        return self._take_end(rank, placed)

    def finish(self, rank: int, arrived: datetime) -> int:
        """The worker ended: its last line counts without a line end."""
        lines = self._ends.get(rank)
        if lines is None:
            return 0
        self._waiting -= lines.waiting
        return self._take_end(rank, lines.finish(micros(arrived)))

    def feed_before(self, rank: int, start: int, data: bytes) -> int:
        """Take bytes that end where what is held of a rank begins; how many lines they hold."""
        lines = self._ends.get(rank)
        if lines is None or start + len(data) != self._starts[rank]:
            return 0
        latest = self._first.get(rank)
        if latest is None:
            return 0
        begin, placed = lines_before(
            data, start, rank, lines.attempt, moment_of(latest), self._shifts.get(rank, 0)
        )
        if not placed:
            return 0
        self._starts[rank], self._first[rank] = begin, placed[0][0]
        self._insert(placed)
        return len(placed)

    def caught_up(self, rank: int) -> None:
        """Everything there is of a rank after its held lines was read."""
        self._cut.discard(rank)

    def forget(self, rank: int) -> None:
        """Hold nothing of a rank: its log was replaced."""
        lines = self._ends.pop(rank, None)
        self._waiting -= lines.waiting if lines else 0
        self._starts.pop(rank, None)
        self._first.pop(rank, None)
        self._cut.discard(rank)
        if self._store.drop(lambda key: rank_of(key) == rank):
            self.version += 1
            for watcher in self._watchers:
                watcher.cleared()
                watcher.taken(self._store.all())

    def clear(self) -> None:
        """Hold nothing."""
        self._store.clear()
        self._waiting = 0
        for known in (self._ends, self._starts, self._first, self._shifts):
            known.clear()
        self._cut.clear()
        self.version += 1
        for watcher in self._watchers:
            watcher.cleared()

    # What is held.

    def start_of(self, rank: int) -> int | None:
        """The byte of a rank's log at which its held lines begin; `None` where none was read."""
        return self._starts.get(rank)

    def end_of(self, rank: int, attempt: int) -> int | None:
        """The byte of that log that is to come next; `None` where none of it was read."""
        lines = self._ends.get(rank)
        return lines.end if lines is not None and lines.attempt == attempt else None

    def last_of(self, rank: int) -> datetime | None:
        """The moment of the last line read of a rank."""
        lines = self._ends.get(rank)
        last = lines.clock.last if lines else None
        return None if last is None else time_of(key_base(last, rank, 0))

    def wants(self, rank: int) -> bool:
        """Whether new lines of a rank can be held without pushing out what is in view."""
        return rank not in self._cut or self.keep is None

    def is_cut(self, rank: int) -> bool:
        """Whether newer lines of a rank fell off; reading on from `end_of` brings them back."""
        return rank in self._cut

    def first_of(self, rank: int) -> int | None:
        """Key of the first line of a rank that was held since its start was last read."""
        return self._first.get(rank)

    @property
    def whole_from(self) -> int:
        """Key from which on no rank's lines are missing; above it some still have to be read."""
        open_starts = [
            self._first[rank]
            for rank, start in self._starts.items()
            if start and rank in self._first
        ]
        return max(open_starts, default=0)

    def keys_of(self, ranks: frozenset[int]) -> list[int]:
        """Keys of the held lines of some ranks."""
        return [key for key in self._store.keys if rank_of(key) in ranks]

    def line(self, key: int) -> bytes:
        """The bytes of a held line, without its line end."""
        return self._store[key].removesuffix(b"\n")

    def __len__(self) -> int:
        return len(self._store)

    def key(self, index: int) -> int:
        return self._store.keys[index]

    def raw(self, index: int) -> bytes:
        return self.line(self._store.keys[index])

    def rank(self, index: int) -> int | None:
        return rank_of(self._store.keys[index])

    def index(self, key: int) -> int:
        return self._store.index(key)

    def time(self, index: int) -> datetime:
        """The moment of a line: its own, or that of the line it belongs to."""
        return time_of(self._store.keys[index])

    def place(self, index: int) -> tuple[int, int, int]:
        """Rank, attempt and byte offset of a line: where its log can be opened alone."""
        key = self._store.keys[index]
        return rank_of(key), attempt_of(key), offset_of(key)

    # How it is held.

    def _begin(self, rank: int, attempt: int, start: int) -> RankLines:
        before = self._ends.get(rank)
        if before is not None and before.attempt == attempt:
            self.forget(rank)
            before = None
        longest = min(LONGEST, self._limit // 64)
        lines = RankLines(
            rank,
            attempt,
            start,
            shift=self._shifts.get(rank, 0),
            longest=longest,
            aligned=start == 0,
        )
        if before is not None:
            self._waiting -= before.waiting
            lines.clock.last = before.clock.last
        self._ends[rank], self._starts[rank] = lines, start
        self._first.pop(rank, None)
        self._cut.discard(rank)
        return lines

    def _take_end(self, rank: int, placed: list[Placed]) -> int:
        if not placed:
            return 0
        if rank not in self._first:
            self._first[rank] = placed[0][0]
            self._starts[rank] = offset_of(placed[0][0])
        self._insert(placed)
        return len(placed)

    def _insert(self, placed: list[Placed]) -> None:
        self._store.put(placed)
        self.version += 1
        for watcher in self._watchers:
            watcher.taken(placed)
        if self._store.size > self._limit:
            self._shrink()

    def _shrink(self) -> None:
        # Some more than has to go, so that this is not done for every line.
        over = self._store.size - self._limit * 15 // 16
        keys = self._store.keys
        in_view = len(keys) - 1 if self.keep is None else self.index(self.keep)
        if in_view >= len(keys) // 2:
            gone = self._store.drop_oldest(min(self._store.count(keys, over), in_view))
            self._note_oldest(gone)
        else:
            count = self._store.count(reversed(keys), over)
            gone = self._store.drop_newest(min(count, len(keys) - in_view - 1))
            self._note_newest(gone)
        if gone:
            self.version += 1
            for watcher in self._watchers:
                watcher.dropped(gone[0][0], gone[-1][0] + 1)

    def _note_oldest(self, gone: list[Placed]) -> None:
        """What precedes has to be read up to these lines' ends."""
        for key, raw in gone:
            rank = rank_of(key)
            if attempt_of(key) == self._ends[rank].attempt:
                self._starts[rank] = offset_of(key) + len(raw)
                self._first[rank] = key

    def _note_newest(self, gone: list[Placed]) -> None:
        """What follows has to be read from these lines on."""
        earliest: dict[int, int] = {}
        for key, _ in reversed(gone):
            earliest[rank_of(key)] = key
        for rank, key in earliest.items():
            self._cut_end(rank, key)

    def _cut_end(self, rank: int, key: int) -> None:
        """What follows has to be read from this line on."""
        lines = RankLines(
            rank,
            attempt_of(key),
            offset_of(key),
            shift=self._shifts.get(rank, 0),
            longest=min(LONGEST, self._limit // 64),
        )
        lines.clock.last = moment_of(key)
        if self._ends[rank].attempt != lines.attempt:
            mine = self.keys_of(frozenset((rank,)))
            held = [each for each in mine if attempt_of(each) == lines.attempt]
            self._first[rank] = held[0] if held else key
            self._starts[rank] = offset_of(self._first[rank])
        self._waiting -= self._ends[rank].waiting
        self._ends[rank] = lines
        self._cut.add(rank)
