"""Random traces in every format, replayed to the end, against a slow and plain computation."""

from __future__ import annotations

import dataclasses
import gzip
import lzma
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.server.simulated import replayed
from tests.localcloud.simulator.traces.written import (
    KNOWS_STATES,
    NO_STATES,
    Job,
    attempts_log,
    openb,
    span_totals,
    totals,
)

JOB = st.builds(
    Job,
    submit=st.integers(0, 5000),
    wait=st.sampled_from([0, 1, 60, 4000]),
    length=st.one_of(st.integers(0, 50), st.integers(0, 90_000)),
    gpus=st.sampled_from([0, 1, 2, 7, 8, 24, 64]),
    kind=st.sampled_from(["ok", "ok", "fail", "stop", "run", "queue"]),
)
JOBS = st.lists(JOB, min_size=1, max_size=25)
SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "plain": lambda text: text.encode(),
    "mark, CRLF": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "xz, UTF-16": lambda text: lzma.compress(text.encode("utf-16")),
}


def _played(content: bytes) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trace"
        file.write_bytes(content)
        figures = replayed(file, lambda line: None)
    return {key: figures[key] for key in totals([])}


@pytest.mark.parametrize("form", KNOWS_STATES)
@settings(max_examples=12, deadline=None)
@given(jobs=JOBS, spelling=st.sampled_from(sorted(SPELLINGS)))
def test_hours_peak_and_states_of_any_trace(form: str, jobs: Sequence[Job], spelling: str) -> None:
    assert _played(SPELLINGS[spelling](KNOWS_STATES[form](jobs))) == totals(jobs)


@pytest.mark.parametrize("form", NO_STATES)
@settings(max_examples=12, deadline=None)
@given(jobs=JOBS)
def test_a_trace_of_submissions_and_durations(form: str, jobs: Sequence[Job]) -> None:
    said = [dataclasses.replace(job, kind="ok") for job in jobs]
    assert _played(NO_STATES[form](said).encode()) == totals(said, waits=False)


@settings(max_examples=12, deadline=None)
@given(jobs=JOBS)
def test_pods_of_openb(jobs: Sequence[Job]) -> None:
    said = [
        dataclasses.replace(job, kind="fail" if job.kind == "stop" else job.kind) for job in jobs
    ]
    assert _played(openb(said).encode()) == totals(said)


ATTEMPTS = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 5000), st.integers(0, 9)), min_size=1, max_size=4
)


@settings(max_examples=40, deadline=None)
@given(jobs=st.lists(ATTEMPTS, min_size=1, max_size=8), shuffled=st.booleans())
def test_attempts_of_different_sizes(
    jobs: list[list[tuple[int, int, int]]], shuffled: bool
) -> None:
    spans: list[list[tuple[int, int, int]]] = []
    for attempts in jobs:
        at = 0
        spans.append([])
        for wait, length, gpus in attempts:
            spans[-1].append((at + wait, at + wait + length, gpus))
            at += wait + length
    every = [span for job in spans for span in job]
    figures = _played(attempts_log([job[::-1] if shuffled else job for job in spans]).encode())
    assert figures == span_totals(len(jobs), every)
