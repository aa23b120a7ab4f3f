"""Words found in blocks of bytes as fast as the standard library can."""

from __future__ import annotations

from collections.abc import Sequence

_SAMPLE = 32 * 1024
_SELDOM = 32
"""A byte met less often in a sample leads to a word faster than the word itself."""

_LEARN_EVERY = 16
"""Blocks after which what is seldom may be something else."""

Span = tuple[int, int]


def _sample(text: bytes) -> bytes:
    middle = len(text) // 2
    return text[max(0, middle - _SAMPLE // 2) : middle + _SAMPLE // 2]


class Finder:
    """Finds a word by its most seldom byte: looking for one byte is several times as fast."""

    def __init__(self, word: bytes) -> None:
        self.word = word
        self._byte, self._place = b"", 0
        self._blocks = 0

    def learn(self, text: bytes) -> None:
        """See which byte is seldom, now and then; to be told of each block."""
        self._blocks += 1
        if self._blocks % _LEARN_EVERY != 1:
            return
        sample = _sample(text)
        count, byte = min((sample.count(each), each) for each in sorted(set(self.word)))
        self._byte = bytes([byte]) if count < _SELDOM and len(self.word) > 1 else b""
        self._place = self.word.find(self._byte)

    def find(self, text: bytes, start: int = 0) -> int:
        """Where the word is first met from `start` on; -1 where it is not."""
        word, byte, place = self.word, self._byte, self._place
        if not byte:
            return text.find(word, start)
        at = text.find(byte, start + place)
        while at >= 0:
            if text.startswith(word, at - place):
                return at - place
            at = text.find(byte, at + 1)
        return -1


class ClassRun:
    """Finds a row of classes of bytes, where the classes are apart from each other.

    Each byte is replaced by the letter of its class, and the letters are looked for as a word:
    several times as fast as trying an expression at each place.
    """

    def __init__(self, run: Sequence[frozenset[int]]) -> None:
        names = {members: 65 + number for number, members in enumerate(dict.fromkeys(run))}
        table = bytearray(b"." * 256)
        table[10] = 10
        for members, name in names.items():
            for each in members:
                table[each] = name
        self._table = bytes(table)
        self.finder = Finder(bytes(names[members] for members in run))

    @staticmethod
    def of(run: Sequence[frozenset[int]]) -> ClassRun | None:
        """The longest part of a row whose classes are apart: no byte is of two."""
        parts = (
            run[start:end]
            for length in range(len(run), 1, -1)
            for start in range(len(run) - length + 1)
            for end in (start + length,)
        )
        return next((ClassRun(part) for part in parts if _apart(part)), None)

    def letters(self, text: bytes) -> bytes:
        """The text with the letters of the classes, its line ends as they were."""
        return text.translate(self._table)


def _apart(run: Sequence[frozenset[int]]) -> bool:
    classes = set(run)
    return sum(map(len, classes)) == len(frozenset[int]().union(*classes))


class LineFinder:
    """Finds the lines that have a word of each of some sets, or else a row of classes of bytes.

    Args:
        sets: words, of each set of which one must be there.
        run: the classes of bytes that must stand one after the other.
        ascii_run: they do so in text that is all ASCII; about other text `run` says nothing.
    """

    def __init__(
        self,
        sets: Sequence[frozenset[bytes]],
        run: Sequence[frozenset[int]] = (),
        *,
        ascii_run: bool = False,
    ) -> None:
        self._sets = sets
        self._run = ClassRun.of(run)
        self._ascii_run = ascii_run
        self._by_run = False
        self._finders: list[Finder] = []
        self._others: Sequence[frozenset[bytes]] = []
        self._blocks = 0

    def lines(self, text: bytes, most: int) -> list[Span] | None:
        """Where these lines begin and end; `None` where there are more than `most`, or may be."""
        self._learn(text, most)
        if self._by_run and self._run is not None:
            if self._ascii_run and not text.isascii():
                return None
            found = _lines_with([self._run.finder], self._run.letters(text), most)
        else:
            found = _lines_with(self._finders, text, most) if self._finders else None
        if found is None:
            return None
        for words in self._others:
            found = [
                (start, end)
                for start, end in found
                if any(text.find(word, start, end) >= 0 for word in words)
            ]
        return found

    def _learn(self, text: bytes, most: int) -> None:
        """Which way leads to the fewest lines, now and then."""
        self._blocks += 1
        if self._blocks % _LEARN_EVERY != 1:
            return
        sample = _sample(text)
        chosen = min(self._sets, key=lambda words: sum(map(sample.count, words)), default=None)
        self._finders = [Finder(word) for word in sorted(chosen or ())]
        self._others = [words for words in self._sets if words is not chosen]
        if self._run is not None:
            often = len(sample) * most // max(1, len(text))
            known = sum(map(sample.count, chosen)) if chosen else often + 1
            rows = self._run.letters(sample).count(self._run.finder.word)
            self._by_run = known > often >= rows
            self._others = self._sets if self._by_run else self._others


def _lines_with(finders: Sequence[Finder], text: bytes, most: int) -> list[Span] | None:
    found: list[Span] = []
    for finder in finders:
        finder.learn(text)
        at = finder.find(text)
        while at >= 0:
            end = text.find(b"\n", at)
            end = len(text) if end < 0 else end
            found.append((text.rfind(b"\n", 0, at) + 1, end))
            if len(found) > most:
                return None
            at = finder.find(text, end)
    return sorted(set(found)) if len(finders) > 1 else found
