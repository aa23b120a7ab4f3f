"""The lines of a grouped list: heads, and under those that are open, their members."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from console.lists.arrangement import Arrangement
from console.lists.arrays import Arrays
from console.lists.groups import ARRAY, GROUP, MANY_GROUPS, Facts, Grouping, Tally
from console.lists.slices import Slices, chunks


@dataclass(slots=True)
class Head:
    """A line that stands for several objects."""

    key: str
    name: str
    members: list[str]
    folded: bool
    depth: int = 0
    array: str = ""
    """Which array, where it is one."""
    tally: Tally = field(default_factory=Tally)


class Lines:
    """Keys of objects and of heads in the order they are drawn: `count` first, then `lay`."""

    def __init__(self, grouping: Grouping, arrays: Arrays | None) -> None:
        self.keys: list[str] = []
        self.heads: dict[str, Head] = {}
        self._grouping = grouping
        self._arrays = arrays
        self._index: dict[str, int] = {}
        self._depths: dict[str, int] = {}
        self._depth = 0
        self._groups: dict[str, list[str]] = {}
        self._ids: list[str] = []
        self._facts: dict[str, Facts] = {}
        self._tallies: dict[str, Tally] = {}
        self._arrays_in: dict[str, dict[str, list[str]]] = {}

    def copy(self) -> Lines:
        """The same objects, counted but not laid out yet."""
        lines = Lines(self._grouping, self._arrays)
        lines._groups, lines._ids = self._groups, self._ids
        lines._facts, lines._tallies = self._facts, self._tallies
        lines._arrays_in = self._arrays_in
        return lines

    def depth_of(self, key: str) -> int:
        """How deep a line stands."""
        head = self.heads.get(key)
        return head.depth if head is not None else self._depths.get(key, self._depth)

    def position(self, key: str) -> int | None:
        """Where a line is; `None` where it is folded away or gone."""
        return self._index.get(key)

    def head_of(self, key: str) -> Head | None:
        """The head an object stands under; the innermost."""
        facts = self._facts.get(key)
        if facts is None:
            return None
        array = self._arrays.array_of(key) if self._arrays is not None else ""
        return self.heads.get(_array_key(array, facts[0])) or self.heads.get(GROUP + facts[0])

    def update(self, key: str, facts: Facts) -> bool:
        """Take over what an object counts for; true where it belongs into another group now."""
        before = self._facts.get(key)
        if before is None or before == facts:
            return False
        if before[0] != facts[0]:
            return True
        self._facts[key] = facts
        array = self._arrays.array_of(key) if self._arrays is not None else ""
        for head in (GROUP + facts[0], _array_key(array, facts[0])):
            tally = self._tallies.get(head)
            if tally is not None:
                tally.take(before)
                tally.add(facts)
        return False

    # Counting.

    def count(self, ids: list[str], get: Callable[[str], Any]) -> Slices[None]:
        """Find the groups and the arrays of an order, and sum over them."""
        self._ids = ids
        facts, groups, same = self._facts, self._groups, dict[Facts, Facts]()
        facts_of = self._grouping.facts
        for chunk in chunks(ids, 512):
            for key in chunk:
                item = get(key)
                if item is not None:
                    found = facts_of(item)
                    # Many count for the same: one tuple does for all of them.
                    facts[key] = found = same.setdefault(found, found)
                    if found[0] in groups:
                        groups[found[0]].append(key)
                    else:
                        groups[found[0]] = [key]
            yield
        for name, members in groups.items():
            yield from self._sum(GROUP + name, members)
            if self._arrays is not None:
                found_arrays = yield from self._arrays.found(members)
                self._arrays_in[name] = found_arrays
                for array, each in found_arrays.items():
                    yield from self._sum(_array_key(array, name), each)

    def _sum(self, head: str, members: list[str]) -> Slices[None]:
        tally = self._tallies[head] = Tally()
        facts = self._facts
        for chunk in chunks(members):
            # Few combinations of state and amount: each is added once, times its number.
            for each, times in Counter(map(facts.__getitem__, chunk)).items():
                tally.add(each, times)
            yield

    # Laying out.

    def lay(self, arrangement: Arrangement) -> Slices[None]:
        """Put heads and the members of what is open in order."""
        if not arrangement.group:
            yield from self._lay("", self._groups.get("", []), arrangement)
        else:
            self._depth = 1
            turned = arrangement.sort.column == arrangement.group and arrangement.sort.descending
            many = len(self._groups) > MANY_GROUPS
            for name in self._grouping.sorted(self._groups, descending=turned):
                members = self._groups[name]
                folded = arrangement.folds.folded(name, many)
                self._head(Head(GROUP + name, name, members, folded))
                if not folded:
                    yield from self._lay(name, members, arrangement)
        for at, chunk in enumerate(chunks(self.keys, 8192)):
            self._index.update(zip(chunk, range(at * 8192, at * 8192 + len(chunk)), strict=True))
            yield

    def _head(self, head: Head) -> None:
        head.tally = self._tallies[head.key]
        self.heads[head.key] = head
        self.keys.append(head.key)

    def _lay(self, group: str, ids: list[str], arrangement: Arrangement) -> Slices[None]:
        arrays = self._arrays
        found = self._arrays_in.get(group)
        if arrays is None or not found:
            self.keys += ids
            return
        seen: set[str] = set()
        for chunk in chunks(ids):
            for key in chunk:
                array = arrays.array_of(key)
                if array not in found:
                    self.keys.append(key)
                elif array not in seen:
                    # An array stands where its first member would.
                    seen.add(array)
                    self._array(array, group, found[array], arrangement)
            yield

    def _array(self, array: str, group: str, members: list[str], arrangement: Arrangement) -> None:
        folded = arrangement.array_folds.folded(array, True)
        name = array.partition("\x1f")[0]
        key = _array_key(array, group)
        self._head(Head(key, name, members, folded, self._depth, array=array))
        if not folded:
            self.keys += members
            self._depths.update(dict.fromkeys(members, self._depth + 1))


def _array_key(array: str, group: str) -> str:
    return f"{ARRAY}{array}\x1f{group}"
