"""Keys in order of what they sort by, changed in proportion to what changed."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.lists.keys import SortKey
from console.lists.slices import Slices, chunks, sorted_slices

Tie = Callable[[str], Any]
"""What tells keys apart that sort alike; distinct for every key, and it rises."""

_NUMBERS, _WORDS, _MISSING = range(3)


class Order:
    """Keys sorted by a value each. Numbers, words and the missing are bands of their own.

    Args:
        values: the value of every key; the order keeps it and writes into it.
        descending: both the values and the bands run the other way; the missing stay last.
    """

    def __init__(self, values: dict[str, SortKey], tie: Tie, *, descending: bool = False) -> None:
        self.values = values
        self.ids: list[str] = []
        self._tie = tie
        self._descending = descending
        self._bands: list[list[str]] = [[], [], []]

    # Making it.

    def build(self, ids: list[str], *, tied: bool = True) -> Slices[None]:
        """Put keys in order; `values` has all of them.

        Args:
            ids: the keys, in the order of their ties where `tied`.
        """
        bands: list[list[str]] = [[], [], []]
        values = self.values
        for chunk in chunks(ids, 4096):
            kinds = set(map(type, map(values.__getitem__, chunk)))
            if len(kinds) == 1:
                bands[self._band(values[chunk[0]])] += chunk
            else:
                for key in chunk:
                    bands[self._band(values[key])].append(key)
            yield
        for band in (_NUMBERS, _WORDS):
            given = bands[band]
            if self._descending:
                given.reverse()
            bands[band] = yield from sorted_slices(given, values.__getitem__)
            if self._descending:
                bands[band].reverse()
            if not tied:
                yield from self._by_ties(bands[band])
        self._bands = bands
        self._join()

    def _by_ties(self, band: list[str]) -> Slices[None]:
        """Put keys of one value in the order of their ties."""
        get = self.values.__getitem__
        start = 0
        for at in range(1, len(band) + 1):
            if at == len(band) or get(band[at]) != get(band[start]):
                if at - start > 1:
                    band[start:at] = yield from sorted_slices(band[start:at], self._tie)
                start = at
            if at % 4096 == 0:
                yield

    def _join(self) -> None:
        first, second = (_WORDS, _NUMBERS) if self._descending else (_NUMBERS, _WORDS)
        filled = [band for at in (first, second, _MISSING) if (band := self._bands[at])]
        # One band is the usual case: nothing is copied then.
        self.ids = filled[0] if len(filled) == 1 else [key for band in filled for key in band]

    # Looking.

    def position(self, key: str) -> int | None:
        """Where a key is; `None` where it is not in the list."""
        if key not in self.values:
            return None
        band = self._band(self.values[key])
        held = self._bands[band]
        at = self._place(held, key, self.values)
        if at >= len(held) or held[at] != key:
            # Its tie has changed and it has not been moved yet.
            at = held.index(key)
        ahead: tuple[int, ...] = (_WORDS,) if self._descending else (_NUMBERS,)
        if band == _MISSING:
            ahead = (_NUMBERS, _WORDS)
        return at + sum(len(self._bands[each]) for each in ahead if each != band)

    @staticmethod
    def _band(value: SortKey) -> int:
        return _MISSING if value is None else _WORDS if isinstance(value, str) else _NUMBERS

    def _place(self, band: list[str], key: str, values: Mapping[str, SortKey], low: int = 0) -> int:
        """The first position in a band from `low` whose key does not come before this one."""
        value = values[key]
        if value is None:
            return bisect_left(band, self._tie(key), lo=low, key=self._tie)
        start, end = self._equals(band, value, values, low)
        if start == end:
            return start
        return bisect_left(band, self._tie(key), lo=start, hi=end, key=self._tie)

    def _equals(
        self, band: list[str], value: Any, values: Mapping[str, Any], low: int
    ) -> tuple[int, int]:
        """Where the keys of that value start and end."""
        get = values.__getitem__
        if not self._descending:
            start = bisect_left(band, value, lo=low, key=get)
            if start == len(band) or get(band[start]) != value:
                return start, start
            return start, bisect_right(band, value, lo=start, key=get)
        start = bisect_left(band, True, lo=low, key=lambda each: get(each) <= value)
        if start == len(band) or get(band[start]) != value:
            return start, start
        return start, bisect_left(band, True, lo=start, key=lambda each: get(each) < value)

    # Changing it.

    def merge(self, gone: Iterable[str], changed: Mapping[str, SortKey]) -> Slices[None]:
        """Take keys away, and put those that are new or moved where they belong now.

        What was there stays in force until the end, when everything is exchanged at once.
        """
        values = dict(self.values)
        yield
        leave = {key for key in (*gone, *changed) if key in values}
        touched = {self._band(values.pop(key)) for key in leave}
        yield
        coming: list[list[str]] = [[], [], []]
        for key in sorted(changed, key=self._tie):
            coming[self._band(changed[key])].append(key)
        values.update(changed)
        yield
        bands = list(self._bands)
        for band, keys in enumerate(coming):
            if band in touched or keys:
                kept: list[str] = []
                for chunk in chunks(bands[band], 16_384):
                    kept += [key for key in chunk if key not in leave] if leave else chunk
                    yield
                bands[band] = yield from self._with(kept, keys, values)
        self.values, self._bands = values, bands
        self._join()

    def _with(
        self, band: list[str], coming: list[str], values: dict[str, SortKey]
    ) -> Slices[list[str]]:
        """A band with more keys, which come in the order of their ties."""
        get: Callable[[str], Any] = values.__getitem__
        if coming and get(coming[0]) is not None:
            coming.sort(key=get, reverse=self._descending)
        merged: list[str] = []
        done = 0
        for count, key in enumerate(coming, start=1):
            at = self._place(band, key, values, done)
            merged += band[done:at]
            merged.append(key)
            done = at
            if count % 256 == 0:
                yield
        return merged + band[done:]
