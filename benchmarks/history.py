"""What earlier runs found, and whether this one is worse."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import Finding, Row, cells

RECORDED = Path(__file__).with_name("recorded.json")
KNOWN_MISSES = Path(__file__).with_name("known_misses.toml")
WORSE = 1.2
"""A ratio this many times the recorded one is a regression."""


@dataclass(frozen=True)
class Regression:
    """A row whose ratio grew: by its median, and by its better quarter of rounds too."""

    key: str
    recorded: float
    ratio: float

    def __str__(self) -> str:
        return f"{self.key}: {self.ratio:.3g} x where {self.recorded:.3g} x was recorded"


def regressions(rows: Sequence[Row], recorded: Mapping[str, float]) -> list[Regression]:
    """The rows that are over 20 % worse than what was recorded for them.

    One busy minute moves a median: only when the lower quartile of the rounds is worse as well has
    the program become slower.
    """
    found = []
    for row in rows:
        before, ratio = recorded.get(row.key), row.ratio
        if before is None or ratio is None:
            continue
        limit = before * WORSE
        if ratio.median > limit and ratio.quartile(25) > limit:
            found.append(Regression(row.key, before, ratio.median))
    return found


def known_misses(path: Path = KNOWN_MISSES) -> dict[str, str]:
    """Budgets that are not met yet, by the row's key, each with what stands in the way."""
    if not path.exists():
        return {}
    return {key: str(reason) for key, reason in tomllib.loads(path.read_text()).items()}


def load(path: Path = RECORDED) -> dict[str, Any]:
    """What is recorded: by version, the machine and the rows."""
    if not path.exists():
        return {}
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def ratios(content: Mapping[str, Any], version: str) -> dict[str, float]:
    """The recorded ratios to compare with: of this version, else of the one recorded last."""
    if not content:
        return {}
    of_version = content.get(version, content[list(content)[-1]])
    rows: Mapping[str, Mapping[str, Any]] = of_version["rows"]
    return {key: row["ratio"] for key, row in rows.items() if row["ratio"] is not None}


def keep(
    findings: Sequence[Finding], version: str, machine: str, path: Path = RECORDED
) -> dict[str, Any]:
    """Record a run; rows that were not run this time stay as they are. Returns all."""
    content = load(path)
    before = content.pop(version, {"rows": {}})
    fresh = {row["key"]: row for row in plain(findings)}
    rows = {**before["rows"], **fresh}
    content[version] = {"machine": machine, "rows": rows}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    return content


def plain(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """The rows as JSON-ready values."""
    return [_plain(finding.title, row) for finding in findings for row in finding.rows]


def _plain(title: str, row: Row) -> dict[str, Any]:
    ratio = row.ratio
    return {
        "key": row.key,
        "bench": title,
        "unit": row.unit,
        "ours": row.ours.median,
        "ours_rounds": row.ours.values,
        "against": None if row.against is None else row.against.name,
        "against_median": None if row.against is None else row.against.median,
        "against_rounds": None if row.against is None else row.against.values,
        "ratio": None if ratio is None or ratio.median == float("inf") else ratio.median,
        "verdict": row.verdict.value,
        "others": {other.name: other.median for other in row.others},
        "cells": cells(row),
    }
