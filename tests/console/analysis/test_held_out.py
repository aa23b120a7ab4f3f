"""The diagnosis against logs made by hand, with the truth a careful engineer would give."""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from console.analysis.diagnosis import Diagnoser
from console.analysis.diagnosis_model import Diagnosis
from tests.console.analysis.held_out import SAMPLES, Log, Sample

for _path in sorted(Path(__file__).parent.glob("held_out_*.py")):
    importlib.import_module(f"tests.console.analysis.{_path.stem}")


@dataclass(frozen=True)
class Judged:
    """How the diagnosis of one sample compares with its truth; `None` where there is no cause."""

    sample: Sample
    said: Diagnosis
    outcome: bool
    category: bool | None
    place: bool | None
    family: bool | None


def diagnose(log: Log) -> Diagnosis:
    """As `qd logs diagnose` reads it: file by file."""
    diagnoser = Diagnoser()
    for rank, data in log.data().items():
        diagnoser.feed(data, rank)
    return diagnoser.result(log.facts)


def judge(sample: Sample) -> Judged:
    """Compare."""
    log = sample.log()
    said, truth = diagnose(log), sample.truth
    after = said.after_success.value if said.after_success else None
    outcome = said.outcome.value == truth.outcome and after == truth.after
    if not truth.category:
        none = said.cause is None or truth.outcome == "hung"
        return Judged(sample, said, outcome, None if none else False, None, None)
    cause = said.cause
    if cause is None:
        return Judged(sample, said, outcome, False, False, False)
    places = {(rank if truth.rank is ... else truth.rank, line) for _, line, rank in log.marked}
    family = cause.signature.id.startswith(tuple(truth.family.split("|")))
    category = cause.signature.category in truth.category
    return Judged(sample, said, outcome, category, (cause.rank, cause.line) in places, family)


@cache
def judged() -> tuple[Judged, ...]:
    """All samples."""
    return tuple(map(judge, SAMPLES))


def _misses(kind: str) -> list[str]:
    found = []
    for each in judged():
        if getattr(each, kind) is False:
            cause = each.said.cause
            told = cause and (cause.signature.id, cause.rank, cause.line, cause.text[:80])
            wanted = [(rank, line) for _, line, rank in each.sample.log().marked][:4]
            found.append(
                f"{each.sample.theme}/{each.sample.name}: wanted {each.sample.truth} at {wanted}, "
                f"got {each.said.outcome.value}/{each.said.after_success} {told}"
            )
    return found


def test_there_are_many_samples_of_each_theme() -> None:
    themes = Counter(each.theme for each in SAMPLES)
    assert len(SAMPLES) >= 120
    assert min(themes.values()) >= 10, themes
    assert len({each.name for each in SAMPLES}) == len(SAMPLES)


@pytest.mark.parametrize(
    ("kind", "goal"), [("outcome", 0.95), ("category", 0.90), ("place", 0.80), ("family", 0.85)]
)
def test_rate(kind: str, goal: float) -> None:
    asked = [each for each in judged() if getattr(each, kind) is not None]
    right = sum(bool(getattr(each, kind)) for each in asked)
    rate = right / len(asked)
    print(f"{kind}: {right} of {len(asked)}, {rate:.1%}")
    assert rate >= goal, "\n".join([f"{kind} right in {rate:.1%}", *_misses(kind)])
