"""The generated part of `docs/benchmarks.md`: one table for each version."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import HEADINGS, Verdict

DOCUMENT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BEGIN = "<!-- results: begin (written by `make bench RECORD=1`) -->"
END = "<!-- results: end -->"


def write(content: Mapping[str, Any], misses: Mapping[str, str], path: Path = DOCUMENT) -> None:
    """Put the tables of all recorded versions, the newest first, between the markers.

    Raises:
        ValueError: the document has no markers.
    """
    text = path.read_text()
    if BEGIN not in text or END not in text:
        raise ValueError(f"{path} has no place for the results")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    path.write_text(f"{head}{BEGIN}\n{tables(content, misses)}\n{END}{tail}")


def tables(content: Mapping[str, Any], misses: Mapping[str, str]) -> str:
    """The recorded versions as Markdown."""
    parts = []
    for version in reversed(list(content)):
        recorded = content[version]
        parts.append(f"\n## Version {version}\n\n{recorded['machine']}\n")
        parts.append(f"\n{_sum(list(recorded['rows'].values()))}\n")
        by_bench: dict[str, list[Mapping[str, Any]]] = {}
        for row in recorded["rows"].values():
            by_bench.setdefault(row["bench"], []).append(row)
        for title, rows in by_bench.items():
            parts.append(f"\n### {title}\n\n{_table(rows, misses)}\n")
    return "".join(parts)


def _sum(rows: list[Mapping[str, Any]]) -> str:
    judged = [row for row in rows if row["verdict"] in (Verdict.KEPT, Verdict.MISSED)]
    missed = [row for row in judged if row["verdict"] == Verdict.MISSED]
    said = f"{len(judged) - len(missed)} of {len(judged)} budgets are kept."
    if not missed:
        return said
    lines = [
        f"- {scenario}: {ours} {unit} beside {beside} {theirs}, {ratio}; budget {budget}"
        for scenario, unit, ours, beside, theirs, ratio, budget, _ in (
            row["cells"] for row in missed
        )
    ]
    return "\n".join([f"{said} Missed:", "", *lines])


def _table(rows: list[Mapping[str, Any]], misses: Mapping[str, str]) -> str:
    lines = [_line(HEADINGS), _line(tuple("---" for _ in HEADINGS))]
    notes = []
    for row in rows:
        shown = tuple(row["cells"])
        reason = misses.get(row["key"])
        if reason is not None and shown[-1] == Verdict.MISSED.value:
            shown = (*shown[:-1], Verdict.KNOWN.value)
            notes.append(f"- {row['cells'][0]}: {reason}")
        lines.append(_line(shown))
        if row["others"]:
            also = ", ".join(f"{name} {value:.3g}" for name, value in row["others"].items())
            notes.append(f"- {row['cells'][0]}: also {also} {row['unit']}")
    return "\n".join([*lines, "", *notes]).rstrip()


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
