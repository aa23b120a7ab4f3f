"""Job arrays by their names: a common stem, an index each, one owner."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from console.lists.slices import Slices, chunks

LEAST: Final = 3
"""So many members make an array."""

_LONGEST: Final = 512
"""Characters of a name beyond which nobody numbered it by hand."""

_INDEXED = re.compile(r"(.*?[^0-9])([0-9]{1,9})(\]?)\Z", re.DOTALL)


def stem_of(name: str) -> str:
    """What the members of an array share: `sweep-17-` of `sweep-17-003`; else empty."""
    if not name or len(name) > _LONGEST or not ("0" <= name[-1] <= "9" or name[-1] == "]"):
        return ""
    match = _INDEXED.match(name)
    return match[1] if match else ""


class Arrays:
    """Which keys of a list belong to which array."""

    def __init__(self, name: Callable[[str], str], owner: Callable[[str], str]) -> None:
        self._name = name
        self._owner = owner
        self._stems: dict[str, str] = {}

    def found(self, keys: list[str]) -> Slices[dict[str, list[str]]]:
        """Array -> its members in the order given; only arrays of enough members."""
        counts: dict[str, int] = {}
        for chunk in chunks(keys):
            for key in chunk:
                array = self.array_of(key)
                if array:
                    counts[array] = counts.get(array, 0) + 1
            yield
        arrays: dict[str, list[str]] = {}
        for chunk in chunks(keys):
            for key in chunk:
                array = self.array_of(key)
                # Most stems of a long list have one name: they are not worth a list each.
                if array and counts[array] >= LEAST:
                    arrays.setdefault(array, []).append(key)
            yield
        return arrays

    def array_of(self, key: str) -> str:
        """The array a key would belong to: its stem and its owner; empty where it has no index."""
        if key not in self._stems:
            stem = stem_of(self._name(key))
            self._stems[key] = f"{stem}\x1f{self._owner(key)}" if stem else ""
        return self._stems[key]

    def forget(self, keys: Iterable[str]) -> None:
        """Read these again when they are next asked for."""
        for key in keys:
            self._stems.pop(key, None)
