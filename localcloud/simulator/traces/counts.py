"""How many accelerators a cell of a trace speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from localcloud.simulator.traces.columns import Columns
from localcloud.simulator.traces.times import number
from localcloud.simulator.traces.words import is_nothing

_GRES = re.compile(
    r"(?:^|[,/:\s])(?:gres[/:])?(?P<kind>gpu|npu|dcu|mlu|accelerator)"
    r"(?::(?P<model>[^:=,(]+))?[:=](?P<count>\d+)"
)
_LIST = re.compile(r"^\[.*\]$")
_ZERO, _THOUSAND, _HUNDRED = Decimal(0), Decimal(1000), Decimal(100)


class BadCount(ValueError):
    """Not a number of accelerators; the text says why."""

    def __init__(self, role: str, message: str) -> None:
        super().__init__(message)
        self.role = role


def accelerators(row: Sequence[str], columns: Columns) -> Decimal:
    """Accelerators of the whole job; fractions where the trace shares them.

    Raises:
        BadCount: a cell is no such number.
    """
    place = columns.place
    if "percent" in place:
        return _cell(row, place, "percent") / _HUNDRED * _many(row, place, "workers")
    if "accelerators" in place:
        whole = _cell(row, place, "accelerators")
        if "share" not in place or whole == 0:
            return whole
        share = row[place["share"]]
        return whole if is_nothing(share) else whole * _cell(row, place, "share") / _THOUSAND
    if "per_node" in place:
        return _cell(row, place, "per_node") * _many(row, place, "nodes")
    return _cell(row, place, "per_worker") * _many(row, place, "workers")


def counts_accelerators(columns: Columns) -> bool:
    """Whether the table says how many accelerators a job has."""
    return any(role in columns.place for role in ("accelerators", "percent", "per_node")) or (
        "per_worker" in columns.place
    )


def gres_count(text: str) -> Decimal | None:
    """`gpu:a100:8`, `cpu=2,gres/gpu=32,node=4`, `gres/gpu:4`; `None` where no such resource is."""
    typed, bare = _ZERO, None
    for match in _GRES.finditer(text.lower()):
        count = Decimal(match["count"])
        if match["model"]:
            typed += count
        else:
            bare = (bare or _ZERO) + count
    # Slurm says the sum and, where it knows models, each of its parts as well.
    return bare if bare is not None else (typed or None)


def _many(row: Sequence[str], place: dict[str, int], role: str) -> Decimal:
    if role not in place or is_nothing(row[place[role]]):
        return Decimal(1)
    return _cell(row, place, role)


def _cell(row: Sequence[str], place: dict[str, int], role: str) -> Decimal:
    text = row[place[role]]
    found = number(text)
    if found is None:
        if is_nothing(text):
            return _ZERO
        found = gres_count(text)
        if found is None and ("=" in text or ":" in text) and "{" not in text:
            return _ZERO  # Resources are listed, and no accelerator is among them.
        if found is None and _LIST.match(text.strip()) and "{" not in text:
            inner = text.strip()[1:-1].strip()
            return Decimal(len(inner.split(",")) if inner else 0)
    if found is None:
        raise BadCount(role, f"{text[:40]!r} is not a number of accelerators")
    if found < 0:
        raise BadCount(role, f"{text[:40]!r} is below 0")
    return found
