"""Lines that many workers say alike, kept once with their ranks."""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from console.analysis.log_labels import labelled, plain
from console.logs.line_keys import moment_of, rank_of
from console.logs.placing import Placed

WINDOW = 10_000_000
"""Microseconds between the first and the last of the lines that are kept once."""
MOST_SAID = 16_384
"""Lines that others may still join or have joined, at most; what was said long ago goes first."""
MOST_BYTES = 2 << 20
"""Bytes of the lines that may still be joined, at most."""
_MOST_ALIKE = 512
"""Times one worker may say the same before the first is forgotten."""
_LONGEST_BLOCK = 400
"""Lines of a block; a longer one goes on as another."""

_OWN = re.compile(
    rb"\b(?:(?:local|global|node|world|data|tensor|pipeline)?[ _-]?rank|pid|tid|process|worker"
    rb"|device|gpu|cuda|npu|node|host|thread|port)[ \t]{0,2}[:=#_-]?[ \t]{0,2}"
    rb"[\[(]?\d+(?:,\d+)*",
    re.IGNORECASE,
)
_PLACE = re.compile(
    rb"0x[0-9a-fA-F]+"
    rb"|\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?:[:<]\d+>?)?"
    rb"|(?<=<)\d+(?=>)"
    rb"|[\w.-]{1,80}:\d+:\d+ \[\d+\]"
)
_NAMES = tuple(b"rank pid tid process worker device gpu cuda npu node host thread port".split())
_LONG_TEXT = 256
_DIGITS = re.compile(rb"\d+")
_TRACE = b"Traceback (most recent call last)"
_INSIDE = (b" ", b"\t", b"frame #", b"^")


def alike(raw: bytes) -> bytes:
    """What a line says, without who says it and when.

    Ranks, process numbers and addresses are left out; what was measured or counted stays.
    """
    words = labelled(plain(raw)).words.rstrip()
    if _DIGITS.search(words) is None:
        return words
    if b"0x" in words or b":" in words or b"<" in words or words.count(b".") > 2:
        words = _PLACE.sub(b"#", words)
    low = words.lower()
    if any(name in low for name in _NAMES):
        words = _OWN.sub(lambda found: _DIGITS.sub(b"#", found[0]), words)
    return words


@dataclass(slots=True, eq=False)
class Fold:
    """A line, or a block such as a traceback, and everybody who said it.

    Attributes:
        lines: as its first rank wrote them, with their keys.
        ranks: who said it, each once.
        members: keys of all its lines, of every rank.
        closed: nobody joins it any more.
    """

    lines: list[Placed]
    ranks: set[int]
    members: list[int] = field(default_factory=list)
    closed: bool = False

    @property
    def key(self) -> int:
        """Where it stands: the key of its first line."""
        return self.lines[0][0]

    @property
    def moment(self) -> int:
        """When it was said first, in microseconds."""
        return moment_of(self.lines[0][0])


class Blocks:
    """Joins the lines of one worker that belong together."""

    def __init__(self) -> None:
        self.lines: list[Placed] = []
        self.texts: list[bytes] = []
        self._in_trace = False

    def add(self, line: Placed) -> tuple[list[Placed], list[bytes]] | None:
        """Take the line that comes next; the block before it, where this one begins another."""
        text = alike(line[1])
        older = bool(self.lines) and line[0] < self.lines[-1][0]
        if not older and self._goes_on(text):
            self.lines.append(line)
            self.texts.append(text)
            return None
        closed = self.close()
        self.lines, self.texts = [line], [text]
        self._in_trace = text.startswith(_TRACE)
        return closed

    def _goes_on(self, text: bytes) -> bool:
        if not self.lines or len(self.lines) >= _LONGEST_BLOCK:
            return False
        if text.startswith(_INSIDE) and text.strip():
            return True
        if self._in_trace:
            # The line that names the exception closes its trace.
            self._in_trace = False
            return bool(text)
        return False

    def close(self) -> tuple[list[Placed], list[bytes]] | None:
        """The block, complete as it is."""
        if not self.lines:
            return None
        closed = self.lines, self.texts
        self.lines, self.texts, self._in_trace = [], [], False
        return closed


class _Alike:
    """The open folds of one text; a rank's next line of that text goes into its next fold."""

    def __init__(self) -> None:
        self.folds: deque[Fold] = deque()
        self.said = 0
        self.size = 0
        self._gone = 0
        self._next: dict[int, int] = {}

    def join(self, rank: int, moment: int, window: int) -> Fold | None:
        """The first fold near in time that the rank is no part of."""
        at = max(self._next.get(rank, 0), self._gone)
        while at - self._gone < len(self.folds):
            fold = self.folds[at - self._gone]
            at += 1
            if not fold.closed and abs(fold.moment - moment) <= window:
                self._next[rank] = at
                self.said += 1
                return fold
        return None

    def open(self, rank: int, fold: Fold) -> None:
        """Begin a fold."""
        self.folds.append(fold)
        self.said += 1
        self.size += _size(fold)
        self._next[rank] = self._gone + len(self.folds)
        if len(self.folds) > _MOST_ALIKE:
            self.size -= _size(self.folds.popleft())
            self._gone += 1


def _size(fold: Fold) -> int:
    return sum(len(raw) for _, raw in fold.lines)


class Folder:
    """Keeps what several workers say alike within a short time once.

    A rank is in a fold once: what it says twice stands twice.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._window = window
        self._blocks: dict[int, Blocks] = {}
        self._open: OrderedDict[bytes, _Alike] = OrderedDict()
        self._said = self._size = 0

    def add(self, line: Placed) -> tuple[Fold, bool] | None:
        """Take a line; the fold the block before it is in, and whether that fold is new."""
        blocks = self._blocks.setdefault(rank_of(line[0]), Blocks())
        closed = blocks.add(line)
        return self._put(*closed) if closed else None

    def settle(self, before: int | None = None) -> Iterator[tuple[Fold, bool]]:
        """Close the blocks that began before a moment, or all; see `add`."""
        for blocks in self._blocks.values():
            if blocks.lines and (before is None or moment_of(blocks.lines[0][0]) < before):
                closed = blocks.close()
                if closed:
                    yield self._put(*closed)

    def unsettled(self) -> Iterator[Placed]:
        """The lines of blocks that may go on."""
        for blocks in self._blocks.values():
            yield from blocks.lines

    def clear(self) -> None:
        """Begin anew."""
        self._blocks.clear()
        self._open.clear()
        self._said = self._size = 0

    def _put(self, lines: list[Placed], texts: Sequence[bytes]) -> tuple[Fold, bool]:
        text = b"\n".join(texts)
        if len(text) > _LONG_TEXT:
            text = blake2b(text, digest_size=32).digest()
        rank, moment = rank_of(lines[0][0]), moment_of(lines[0][0])
        same = self._open.get(text)
        if same is None:
            same = self._open[text] = _Alike()
        else:
            self._open.move_to_end(text)
        self._said += 1
        fold = same.join(rank, moment, self._window)
        if fold is not None:
            fold.ranks.add(rank)
            fold.members += [key for key, _ in lines]
            return fold, False
        fold = Fold(lines, {rank}, [key for key, _ in lines])
        before = same.size
        same.open(rank, fold)
        self._size += same.size - before
        self._forget()
        return fold, True

    def _forget(self) -> None:
        while self._said > MOST_SAID or self._size > MOST_BYTES:
            _, same = self._open.popitem(last=False)
            self._said -= same.said
            self._size -= same.size


def folded(lines: Iterable[Placed], window: int = WINDOW) -> list[Fold]:
    """Everything at once, in the order in which each was said first."""
    folder = Folder(window)
    found: list[Fold] = []
    for line in lines:
        done = folder.add(line)
        if done is not None and done[1]:
            found.append(done[0])
    found += [fold for fold, fresh in folder.settle() if fresh]
    return sorted(found, key=lambda fold: fold.key)
