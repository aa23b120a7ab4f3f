"""Names of many nodes as one short text: `train-a-n[1-64,70]`, as schedulers write them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from console.cells import ELLIPSIS, cell_width, cut

FEW: Final = 3
"""So many names are written out."""

_LAST_NUMBER: Final = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)
_MEANT: Final = frozenset("[],")
"""Signs of the short form: a name that has one is written as it is."""

_Run = tuple[int, int, int]
"""First and last number, and the digits they are filled up to."""


def nodes_text(names: Collection[str], cells: int | None = None) -> str:
    """A few names one by one, many of them compressed; the count follows where it was cut.

    Args:
        cells: how wide the compressed text may be in a terminal; `None` is without bound.
    """
    if len(names) <= FEW:
        return ", ".join(names)
    text = compressed(names)
    if cells is None or cell_width(text) <= cells:
        return text
    return _bounded(names, cells)


def compressed(names: Iterable[str]) -> str:
    """Every name once, those that differ in their last number alone in brackets.

    `n8`, `n9`, `n10` become `n[8-10]`, and `n08`, `n09`, `n10` become `n[08-10]`.
    """
    return ",".join(
        f"{prefix}[{','.join(runs)}]{suffix}" if _many(runs) else f"{prefix}{runs[0]}{suffix}"
        for prefix, runs, suffix in _groups(names)
    )


def _bounded(names: Collection[str], cells: int) -> str:
    """As many runs as fit, whole ones only, and how many names there are."""
    tail = f" ({len(set(names)):,})"
    room = cells - cell_width(tail)
    shown = ""
    for prefix, runs, suffix in _groups(names):
        before = f"{shown}," if shown else ""
        for count in range(min(len(runs), max(1, room)), 0, -1):
            left_out = count < len(runs)
            inner = ",".join(runs[:count]) + (f",{ELLIPSIS}" if left_out else "")
            plain = not left_out and not _many(runs)
            part = f"{prefix}{inner}{suffix}" if plain else f"{prefix}[{inner}]{suffix}"
            ending = "" if left_out else f",{ELLIPSIS}"
            if cell_width(before + part + ending) <= room:
                break
        else:
            break
        shown = before + part
        if left_out:
            return shown + tail
    if shown:
        return f"{shown},{ELLIPSIS}{tail}"
    return cut(compressed(names), room) + tail if room > 0 else cut(tail.strip(), cells)


def _many(runs: list[str]) -> bool:
    return len(runs) > 1 or "-" in runs[0]


def _groups(names: Iterable[str]) -> Iterator[tuple[str, list[str], str]]:
    """What stands before the numbers, the numbers as runs, what stands after them."""
    numbers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        match = None if _MEANT & set(name) else _LAST_NUMBER.fullmatch(name)
        if match is None:
            numbers[name, ""].add("")
        else:
            numbers[match[1], match[3]].add(match[2])
    for (prefix, suffix), digits in sorted(numbers.items()):
        if "" in digits:
            yield prefix, [""], suffix
            digits = digits - {""}
        if digits:
            yield prefix, [_run_text(run) for run in _runs(digits)], suffix


def _runs(digits: set[str]) -> list[_Run]:
    """Runs of numbers of one filling; numbers as long as one that is filled up are filled too."""
    filled = {len(each) for each in digits if each.startswith("0") and len(each) > 1}
    runs: list[_Run] = []
    marked = sorted((len(each) if len(each) in filled else 0, int(each)) for each in digits)
    for width, number in marked:
        if runs and runs[-1][2] == width and runs[-1][1] + 1 == number:
            runs[-1] = (runs[-1][0], number, width)
        else:
            runs.append((number, number, width))
    return runs


def _run_text(run: _Run) -> str:
    first, last, width = run
    start, end = str(first).zfill(width), str(last).zfill(width)
    return start if first == last else f"{start}-{end}"
