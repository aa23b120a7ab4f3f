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


class LineFinder:
    """Finds the lines that have a word of each of some sets.

    Args:
        sets: words, of each set of which one must be there.
    """

    def __init__(self, sets: Sequence[frozenset[bytes]]) -> None:
        self._sets = sets
        self._finders: list[Finder] = []
        self._others: list[frozenset[bytes]] = []
        self._blocks = 0

    def lines(self, text: bytes, most: int) -> list[Span] | None:
        """Where these lines begin and end; `None` where there are more than `most`, or may be."""
        if not self._sets:
            return None
        self._learn(text)
        found: list[Span] = []
        for finder in self._finders:
            finder.learn(text)
            at = finder.find(text)
            while at >= 0:
                end = text.find(b"\n", at)
                end = len(text) if end < 0 else end
                found.append((text.rfind(b"\n", 0, at) + 1, end))
                if len(found) > most:
                    return None
                at = finder.find(text, end)
        if len(self._finders) > 1:
            found = sorted(set(found))
        for words in self._others:
            found = [
                (start, end)
                for start, end in found
                if any(text.find(word, start, end) >= 0 for word in words)
            ]
        return found

    def _learn(self, text: bytes) -> None:
        """Which set leads to the fewest lines, now and then."""
        self._blocks += 1
        if self._blocks % _LEARN_EVERY != 1:
            return
        sample = _sample(text)
        chosen = min(self._sets, key=lambda words: sum(map(sample.count, words)))
        self._finders = [Finder(word) for word in sorted(chosen)]
        self._others = [words for words in self._sets if words is not chosen]
